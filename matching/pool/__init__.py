"""The candidate pool: people and shifts in columns, ranked exactly as the oracle ranks them."""

from matching.pool.answers import Answers
from matching.pool.bulk_detail import Papers
from matching.pool.questions import Question
from matching.pool.ready import prepare
from matching.pool.shift_rows import ShiftRows
from matching.pool.shifts import ShiftPool
from matching.pool.workers import WorkerPool

__all__ = ["Answers", "Papers", "Question", "ShiftPool", "ShiftRows", "WorkerPool", "prepare"]
