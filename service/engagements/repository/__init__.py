"""Seats, their hours and pages, and hires by sight, in rows."""

from service.engagements.repository.hires import HireRepository
from service.engagements.repository.ledger import LedgerRepository
from service.engagements.repository.pages import EngagementPagesRepository
from service.engagements.repository.seats import EngagementRepository

__all__ = ["EngagementPagesRepository", "EngagementRepository", "HireRepository", "LedgerRepository"]
