"""What leads to a seat, in rows: applications, their pages, and the cases that the gates look at."""

from service.applications.repository.applications import ApplicationRepository
from service.applications.repository.pages import ApplicationPagesRepository
from service.applications.repository.seat_cases import SeatCaseRepository

__all__ = ["ApplicationPagesRepository", "ApplicationRepository", "SeatCaseRepository"]
