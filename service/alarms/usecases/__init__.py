"""What both sides and the officers do with an alarm."""
