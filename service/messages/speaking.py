"""Who speaks in a reply by SMS: the person of the phone, as a caller of that channel."""

from __future__ import annotations

from uuid import UUID

from service.http.caller import WORKER, Caller


def speaker(person_id: UUID) -> Caller:
    """The person as a worker who answers by SMS; nothing else can be done from there."""
    return Caller(role=WORKER, account_id=person_id, person_id=person_id, worker_id=person_id, channel="sms")
