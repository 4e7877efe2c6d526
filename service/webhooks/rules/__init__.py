"""Pure decisions on webhooks: which event a change is and whose, where a webhook may lead, when it is tried again."""
