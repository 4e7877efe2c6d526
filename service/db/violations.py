"""What the database refused, in the words of the business: constraint names become coded conflicts.

A database that is away, starting, full or slow is one refusal for every doorway: Unready, come again.
"""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlalchemy.orm.exc import StaleDataError

from service.errors import Conflict, DomainError, Refused, Unready

CONFLICTS = {"23P01", "23505"}
WRONG_VALUES = {"23514", "22003", "22021", "22P05", "22008"}
TRY_AGAIN = {"40001", "40P01"}
BUSY = {"57014", "55P03", "25P03"}
AWAY = ("08", "53", "57P")  # connection, resources, the operator's hand (shut down, starting up)


class TryAgain(Exception):
    """A deadlock or serialisation failure: the same request may simply be run again."""


class NoConnection(ConnectionError):
    """Nobody answers where the database should be."""


def sqlstate(error: BaseException) -> str:
    """The five-character code of PostgreSQL, or an empty string."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""


def constraint_of(error: BaseException) -> str:
    """The name of the violated constraint, or an empty string."""
    cause = getattr(getattr(error, "orig", None), "__cause__", None)
    return getattr(cause, "constraint_name", None) or ""


def translate(error: DBAPIError | StaleDataError, known: Mapping[str, str]) -> Exception | None:
    """The refusal that a database error stands for; None when it is a defect of ours."""
    if isinstance(error, StaleDataError):
        return Conflict("changed_meanwhile")
    state = sqlstate(error)
    if state in TRY_AGAIN:
        return TryAgain(state)
    if state in CONFLICTS and constraint_of(error) in known:
        return Conflict(known[constraint_of(error)])
    return _by_state(state, error)


def unready(error: BaseException) -> Unready | None:
    """The refusal of a database that cannot be reached or does not answer in time; None for anything else."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or isinstance(error, NoConnection | PoolEmpty) or _is_closed(error) or _is_away(sqlstate(error)):
        return Unready("database_busy", retry_after=1)
    return None


def _is_away(state: str) -> bool:
    return state in BUSY or state.startswith(AWAY)


def _is_closed(error: BaseException) -> bool:
    """The driver's complaint about a connection or pool that was closed under it; its other ones are defects."""
    return isinstance(error, asyncpg.InterfaceError) and "clos" in str(error)


def _by_state(state: str, error: DBAPIError) -> DomainError | None:
    if state in CONFLICTS:
        return Conflict("conflict")
    if state in WRONG_VALUES:
        return Refused("value_out_of_range")
    return unready(error)
