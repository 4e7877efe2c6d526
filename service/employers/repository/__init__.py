"""Queries on employers and what belongs to them."""

from service.employers.repository.employers import EmployersRepository
from service.employers.repository.members import InvitationsRepository, MembersRepository
from service.employers.repository.pools import PoolsRepository
from service.employers.repository.sites import SitesRepository

__all__ = [
    "EmployersRepository",
    "InvitationsRepository",
    "MembersRepository",
    "PoolsRepository",
    "SitesRepository",
]
