"""What follow-ups decide on plain values: when whom to ask, what to ask, what an answer opens."""
