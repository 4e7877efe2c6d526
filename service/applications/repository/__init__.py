"""What leads to a seat, in rows: applications, their pages, and the cases that the gates look at."""

from service.applications.repository.applications import ApplicationRepository
from service.applications.repository.cases import CaseRepository
from service.applications.repository.pages import ApplicationPagesRepository

__all__ = ["ApplicationPagesRepository", "ApplicationRepository", "CaseRepository"]
