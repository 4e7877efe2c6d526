"""Who may say that a firm is insolvent: a firm's word ends a deal, only an officer's finding releases and claims."""

from __future__ import annotations

from collections.abc import Mapping

from service.errors import Conflict

SAID, CONFIRMED, DENIED = "said", "confirmed", "denied"
STANDS = (SAID, CONFIRMED, DENIED)
FOUND = (CONFIRMED, DENIED)  # by an officer
FAILED: Mapping[str, str] = {"lender_insolvent": "lender", "borrower_insolvent": "borrower"}  # reasons of a breach


def said(reason: str, *, by_officer: bool) -> dict[str, str]:
    """What a breach for a reason says of a firm: nobody is released and no money given up on a firm's word alone."""
    side = FAILED.get(reason)
    return {f"{side}_insolvency": CONFIRMED if by_officer else SAID} if side is not None else {}


def check_found(before: str | None, outcome: str) -> None:
    """What an officer finds of a firm of a broken deal; a finding that was wrong is taken back by the other one.
    Raises Conflict insolvency_found (the same again), insolvency_not_said (nobody has said so)."""
    if before == outcome:
        raise Conflict("insolvency_found")
    if outcome == DENIED and before is None:
        raise Conflict("insolvency_not_said")
