"""Pure decisions on what others say they charge: from whom never, when a change may begin, what holds on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.contacts import leads_out
from service.errors import FieldError, Refused
from service.fees.payers import from_workers
from service.guard import Rulebook, findings_in_passing

AGENCY, PLATFORM = "agency", "platform"
CAPACITIES: Mapping[str, tuple[str, ...]] = {
    "hr_agency": (AGENCY, PLATFORM),
    "enterprise": (PLATFORM,),
    "sole_trader": (PLATFORM,),
}
WORKER = "worker"
WORKERS_PAY = "C01"  # the guard's rule about fees and deposits
SHARE = "share_of_price"  # the one basis that is a share, in thousandths
COMING, IN_FORCE, PAST = "coming", "in_force", "past"
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """One disclosure of a capacity: its number in the row of them, and from which day it holds."""

    number: int
    valid_from: date


def check_capacity(kind: str, capacity: str) -> None:
    """Raises Refused fees_not_for_kind unless an employer of this kind can act as that."""
    if capacity not in CAPACITIES.get(kind, ()):
        raise Refused("fees_not_for_kind", field="/capacity", possible=list(CAPACITIES.get(kind, ())))


def check_items(items: Sequence[Item], *, worker_charge_allowed: bool, basis: str) -> None:
    """Raises Refused: fee_from_worker with its legal basis, fee_amount_or_share, fee_words_needed, fee_item_twice,
    words_contact."""
    wrong: list[FieldError] = []
    seen: set[tuple[Any, ...]] = set()
    for number, item in enumerate(items):
        at = f"/items/{number}"
        if item["payer"] == WORKER and _worth(item) and not worker_charge_allowed:
            raise Refused("fee_from_worker", field=f"{at}/payer", basis=basis)
        if (item["basis"] == SHARE) != (item["amount_fen"] is None) or (item["amount_fen"] is None) == (
            item["permille"] is None
        ):
            wrong.append(FieldError(f"{at}/basis", "fee_amount_or_share"))
        if item["words"] is not None and leads_out(item["words"]):
            wrong.append(FieldError(f"{at}/words", "words_contact"))
        if item["what"] == "other" and item["words"] is None:
            wrong.append(FieldError(f"{at}/words", "fee_words_needed"))
        if _key(item) in seen:
            wrong.append(FieldError(at, "fee_item_twice"))
        seen.add(_key(item))
    if wrong:
        raise Refused(wrong[0].code, errors=tuple(wrong))


def check_words(statement: str | None, items: Sequence[Item], rules: Rulebook, day: date, *, basis: str) -> None:
    """Charges of workers are not told in words either. Raises Refused fee_from_worker."""
    said = [("/statement", statement, None)]
    said += [
        (f"/items/{at}/words", item["words"], item["payer"] if _worth(item) else None) for at, item in enumerate(items)
    ]
    for pointer, words, payer in said:
        hits = [facts for _, facts in findings_in_passing({pointer: words}, rules, day)]
        if any(facts["rule"] == WORKERS_PAY and from_workers(words or "", facts, payer) for facts in hits):
            raise Refused("fee_from_worker", field=pointer, basis=basis)


def check_statement(statement: str | None) -> None:
    """Raises Refused words_contact: what an agency charges is told here, how to go round the service is not."""
    if statement is not None and leads_out(statement):
        raise Refused("words_contact", field="/statement")


def is_dearer(before: Sequence[Item], after: Sequence[Item]) -> bool:
    """Whether anybody pays more, or for something new; fewer and lower charges are not dearer."""
    known = {_key(item): _worth(item) for item in before}
    return any(_worth(item) > known.get(_key(item), 0) for item in after)


def begins(wanted: date | None, today: date, notice_days: int, *, dearer: bool, last: date | None) -> date:
    """The day from which a disclosure holds: as wanted, else as early as it may.

    What is dearer begins after the notice; nothing begins in the past, nor before what was announced last.
    Raises Refused fee_too_early with the first day that is possible.
    """
    first = today + timedelta(days=notice_days) if dearer else today
    first = max(first, last) if last is not None else first
    if wanted is not None and wanted < first:
        raise Refused("fee_too_early", field="/valid_from", first=first.isoformat(), days=notice_days)
    return wanted or first


def standings(versions: Sequence[Version], today: date) -> dict[int, str]:
    """coming, in_force or past, by number. Where two hold from one day, the later one does."""
    begun = [version for version in versions if version.valid_from <= today]
    present = max(begun, key=lambda version: (version.valid_from, version.number), default=None)
    return {
        version.number: COMING if version.valid_from > today else IN_FORCE if version == present else PAST
        for version in versions
    }


def _key(item: Item) -> tuple[Any, ...]:
    """What makes two items the same charge at different prices."""
    return item["what"], item["payer"], item["basis"], item["words"]


def _worth(item: Item) -> int:
    return int(item["amount_fen"] or item["permille"] or 0)
