"""Pure decisions on brokers: which agency may act for people."""

from __future__ import annotations

from service.errors import Forbidden

KIND = "hr_agency"


def check_broker(kind: str, state: str, licence_number: str | None) -> None:
    """A licensed agency whose papers an officer has compared. Raises Forbidden `broker_licence_needed`."""
    if kind != KIND or state != "verified" or not licence_number:
        raise Forbidden("broker_licence_needed", state=state)
