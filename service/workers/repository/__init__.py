"""What is kept of workers and found again: profiles, who waits, crews, blocks, codes, records of work."""

from service.workers.repository.blocks import BlocksRepository
from service.workers.repository.codes import WorkerCodesRepository
from service.workers.repository.crews import CrewsRepository
from service.workers.repository.merging import MergingRepository
from service.workers.repository.profiles import WorkersRepository
from service.workers.repository.records import WorkRecordsRepository
from service.workers.repository.waiting import WaitingsRepository

__all__ = [
    "BlocksRepository",
    "CrewsRepository",
    "MergingRepository",
    "WaitingsRepository",
    "WorkRecordsRepository",
    "WorkerCodesRepository",
    "WorkersRepository",
]
