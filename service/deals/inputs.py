"""What was sent of a deal, as its columns: places, kinds, words and declarations are checked on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import TYPE_CHECKING, Any

from service.deals.data import clauses, is_empty
from service.deals.rules.costs import IN_KIND
from service.deals.rules.facts import BROKER, DECLARES
from service.deals.rules.words import check_words
from service.errors import Refused
from service.guard.quoting import check_quoted
from service.reference.catalogue import enums, trades
from service.reference.rules import settle_place
from service.worktime import local_day

if TYPE_CHECKING:
    from service.deals.tables import DealRow
    from service.uow import Uow

NOTICE = re.compile(r"[1-9][0-9]?")  # days
WORDS = ("work", "injury_clause")


def check_declares(side: str, declares: list[str]) -> None:
    """Raises Refused declaration_unknown; broker_declares: each firm speaks for itself."""
    if side == BROKER and declares:
        raise Refused("broker_declares", field="/declares")
    for at, code in enumerate(declares):
        known = DECLARES.get(side, ())
        if code not in known:
            raise Refused("declaration_unknown", field=f"/declares/{at}", expected=", ".join(known))


async def columns_of(uow: Uow, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of what was sent. Raises Refused trade_unknown, cost_kind_unknown, deal_words and of places."""
    fields = dict(terms)
    if fields["trade"] not in trades():
        raise Refused("trade_unknown", field="/trade", more="/v1/reference/trade")
    day = local_day(await uow.now())
    known = (await uow.reference.catalogue()).regions(day)
    city, district = settle_place(known, fields["city_code"], fields.get("district_code"))
    fields |= {"city_code": city, "district_code": district, "weekdays": sorted(set(fields["weekdays"]))}
    for at, kind in enumerate(fields["given"]):
        if kind not in IN_KIND:
            raise Refused("given_unknown", field=f"/given/{at}", expected=", ".join(IN_KIND))
    fields |= {each: time.fromisoformat(str(fields[each])) for each in ("day_from", "day_until")}
    fields["given"] = sorted(set(fields["given"]))
    if fields["settle_day"] > fields["pay_day"]:
        raise Refused("settled_after_paid", field="/settle_day")
    name = enums()["job_kind"]["shared_labour"].zh
    _check_clauses(fields["clauses"])
    texts = {f"/{pointer}": fields.get(pointer) for pointer in WORDS}
    texts |= {f"/clauses/{code}": words for code, words in fields["clauses"].items()}
    rules, language = uow.ctx.rulebook(), uow.ctx.language
    check_quoted("/address", fields["address"], rules, day, language)
    check_words(texts | {"/address": fields["address"]}, name, rules, day, language)
    for pointer, words in texts.items():
        check_quoted(pointer, words, rules, day, language, judged=True)
    return fields


def _check_clauses(said: Mapping[str, str]) -> None:
    for code in said:
        if code not in clauses():
            raise Refused("clause_unknown", field=f"/clauses/{code}", expected=", ".join(sorted(clauses())))
        if is_empty(code, said[code]):
            raise Refused("clause_says_nothing", field=f"/clauses/{code}")
    if not NOTICE.fullmatch(said.get("notice_days", "1")):
        raise Refused("notice_days_unfit", field="/clauses/notice_days")


def terms_of(row: DealRow) -> dict[str, Any]:
    """What a proposal says, as it could be sent again."""
    names = (
        "city_code", "district_code", "address", "trade", "work", "headcount", "first_day", "last_day", "day_from",
        "day_until", "break_minutes", "weekdays", "pay_fen", "pay_unit", "pay_day", "settle_day", "costs", "given",
        "injury_clause", "clauses", "own_staff", "surplus_id", "shortage_id",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}
