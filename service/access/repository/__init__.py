"""What access keeps and finds: challenges, sessions, tries, accounts of staff and machines."""

from service.access.repository.accounts import AccountsRepository
from service.access.repository.challenges import Ticket
from service.access.repository.sessions import AccessRepository
from service.access.repository.tries import TriesRepository

__all__ = ["AccessRepository", "AccountsRepository", "Ticket", "TriesRepository"]
