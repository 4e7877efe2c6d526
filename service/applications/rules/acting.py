"""Who may act for whom: callers, workers and employers, decided on plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.employers.rules import DECIDERS
from service.errors import Conflict, Forbidden, Missing, Refused

if TYPE_CHECKING:
    from service.actor import Actor
    from service.http.caller import Caller

NOT_OFFERED = ("draft", "submitted", "rejected")


def check_shown(by: Caller, *, private: bool, posting_state: str, city_code: str) -> None:
    """What a caller may not see is missing: a deal by sight, another region's, a posting not offered yet."""
    unseen = posting_state in NOT_OFFERED if by.role == "worker" else not by.serves(city_code)
    if private or unseen:
        raise Missing


def act_for(by: Caller, worker_id: UUID, on_behalf: str | None) -> Actor:
    """How the log names who moves for a worker: the worker himself, or staff with his yes on record.

    `on_behalf` says how the yes was given. Raises Missing for anybody else, Refused `on_behalf_needed`.
    """
    if by.role == "worker" and by.person_id == worker_id:
        return by.actor
    if by.role not in STAFF:
        raise Missing
    return by.actor.with_yes_of(worker_id, on_behalf)


def worker_meant(by: Caller, worker_id: UUID | None) -> UUID:
    """Whom a request is about: the caller, or the person whom staff names. Raises Refused `worker_needed`."""
    if by.role == "worker":
        if by.worker_id is None:
            raise Refused("profile_needed")
        if worker_id not in (None, by.worker_id):
            raise Missing
        return by.worker_id
    if worker_id is None:
        raise Refused("worker_needed", field="/worker_id")
    return worker_id


def check_not_own(by: Caller, worker_id: UUID) -> None:
    """Nobody says yes as the employer to what he says as the worker. Raises Forbidden `own_seat`."""
    if by.role == "member" and by.person_id == worker_id:
        raise Forbidden("own_seat")


def check_decides(by: Caller, employer_id: UUID) -> None:
    """Owners and managers decide for their employer. Raises Missing for others' objects, Forbidden for clerks."""
    if by.role != "member" or by.employer_id != employer_id:
        raise Missing
    if by.member_role not in DECIDERS:
        raise Forbidden("member_role_lacks_operation")


def check_terms(seen: int | None, present: int) -> None:
    """The yes is to the terms in force. Raises Conflict `terms_changed`; None (by SMS, at the counter) passes."""
    if seen is not None and seen != present:
        raise Conflict("terms_changed", present=present)
