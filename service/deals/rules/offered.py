"""A deal out of what the firms have published: which terms follow from it, and whether the deal fits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from service.errors import Conflict, FieldError, Refused

FIRM_OF = {"surplus": "lender", "shortage": "borrower"}
PEOPLE_MOST = 1000  # of one deal
NEEDED = ("city_code", "address", "trade", "headcount", "first_day", "last_day", "pay_fen")


@dataclass(frozen=True, slots=True)
class Offered:
    """A surplus or shortage that is offered now; `left` people are not spoken for, `pay_fen` is a day."""

    id: UUID
    side: str
    employer_id: UUID
    trade: str
    first_day: date
    last_day: date
    left: int
    pay_fen: int | None
    city_code: str
    district_code: str | None
    address: str | None
    unwanted: frozenset[UUID] = frozenset()


def filled(terms: Mapping[str, Any], surplus: Offered | None, shortage: Offered | None, today: date) -> dict[str, Any]:
    """The terms with what was left out as the balances say it: the shortage where both do; the days and people that
    both have. The place of work is the shortage's."""
    said = dict(terms)
    known = [each for each in (shortage, surplus) if each is not None]
    if known:
        _fill(said, "trade", known[0].trade)
        _fill(said, "first_day", max(today, *(each.first_day for each in known)))
        _fill(said, "last_day", min(each.last_day for each in known))
        _fill(said, "headcount", min(PEOPLE_MOST, *(each.left for each in known)))
        _fill_pay(said, known)
    if shortage is not None and said.get("city_code") is None:
        said |= {"city_code": shortage.city_code, "district_code": shortage.district_code}
        _fill(said, "address", shortage.address)
    return said | {"pay_unit": said.get("pay_unit") or "month"}


def check_whole(said: Mapping[str, Any]) -> None:
    """Raises Refused `field_missing` with everything that neither the terms nor the balances say, `end_before_start`:
    nothing else can be asked of such terms."""
    missing = tuple(FieldError(f"/{name}", "field_missing") for name in NEEDED if said.get(name) is None)
    if missing:
        raise Refused("field_missing", errors=missing)
    if said["last_day"] < said["first_day"]:
        raise Refused("end_before_start", field="/last_day", first_day=said["first_day"])


def check_offered(
    offered: Offered | None, side: str, *, firm_id: UUID, other_id: UUID, suits: bool, terms: Mapping[str, Any]
) -> None:
    """Whether a deal of a firm with another one can be out of its balance; `suits`: the trade does.

    Raises Conflict `balance_gone` (also where the other firm is not wanted: it reads as if nobody were left, and who
    compares it with what another firm is answered can infer it), `balance_short`, Refused `balance_other_firm`,
    `balance_trade_unfit`, `balance_days_unfit`.
    """
    field = f"/{side}_id"
    if offered is None or other_id in offered.unwanted:
        raise Conflict("balance_gone", side=side)
    if offered.employer_id != firm_id or offered.side != side:
        raise Refused("balance_other_firm", field=field)
    if not suits:
        raise Refused("balance_trade_unfit", field="/trade", trade=offered.trade)
    if terms["first_day"] < offered.first_day or terms["last_day"] > offered.last_day:
        first, last = offered.first_day, offered.last_day
        raise Refused("balance_days_unfit", field="/first_day", first_day=first, last_day=last)
    if terms["headcount"] > offered.left:
        raise Conflict("balance_short", left=offered.left, asked=terms["headcount"])


def _fill(said: dict[str, Any], name: str, value: Any) -> None:
    if said.get(name) is None:
        said[name] = value


def _fill_pay(said: dict[str, Any], known: list[Offered]) -> None:
    """Balances say pay a day, so that another unit without an amount is not filled."""
    paid = [each.pay_fen for each in known if each.pay_fen is not None]
    if paid and said.get("pay_fen") is None and said.get("pay_unit") in (None, "day"):
        said |= {"pay_fen": paid[0], "pay_unit": "day"}
