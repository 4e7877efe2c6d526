"""Fairs in rows: the fairs, their booths, who comes to them, and what figures propose."""

from service.fairs.repository.booths import FairBoothRepository
from service.fairs.repository.entries import FairEntryRepository
from service.fairs.repository.fairs import FairRowRepository
from service.fairs.repository.proposals import FairProposalRepository


class FairRepository(FairRowRepository, FairBoothRepository, FairEntryRepository, FairProposalRepository):
    """Locks: a proposal, then the fair's row, then booths and entries."""


__all__ = ["FairRepository"]
