"""Queries on cases, their deadlines, and what evidence the ledger gives."""

from service.cases.repository.deadlines import CaseDeadlineRepository
from service.cases.repository.decisions import DecisionRepository
from service.cases.repository.extracts import ExtractRepository
from service.cases.repository.files import CaseFileRepository
from service.cases.repository.lists import CaseListRepository

__all__ = [
    "CaseDeadlineRepository",
    "CaseFileRepository",
    "CaseListRepository",
    "DecisionRepository",
    "ExtractRepository",
]
