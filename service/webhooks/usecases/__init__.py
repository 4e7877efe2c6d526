"""What can be done with webhooks: subscribe, keep the subscription, look at deliveries and send them again."""
