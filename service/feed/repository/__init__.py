"""Queries of the open-data feed: the truth beside it, the log of what was published, what copiers read."""

from __future__ import annotations

from service.feed.repository.building import FeedBuilding
from service.feed.repository.counting import FeedCounting
from service.feed.repository.keeping import FeedKeeping
from service.feed.repository.reading import FeedReading
from service.feed.repository.seats import FeedSeats
from service.feed.repository.truth import FeedTruth


class FeedRepository(FeedBuilding, FeedTruth, FeedReading, FeedKeeping, FeedSeats, FeedCounting):
    """`uow.feed`."""


__all__ = ["FeedRepository"]
