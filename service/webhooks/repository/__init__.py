"""Queries on subscriptions, their deliveries, and the log that both come from."""

from service.webhooks.repository.deliveries import DeliveriesRepository
from service.webhooks.repository.reading import ReadingRepository
from service.webhooks.repository.subscriptions import SubscriptionsRepository

__all__ = ["DeliveriesRepository", "ReadingRepository", "SubscriptionsRepository"]
