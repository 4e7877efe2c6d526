"""From the log to the receivers: events are written out to subscriptions, claimed, sent, and what came of it kept."""
