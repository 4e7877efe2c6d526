"""What deals tell of somebody who is lent for the evidence pack: the firms, the terms, the papers, each move of the
person, and of the deal only what happened to everybody alike. Nothing of anybody else who is lent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from service.proof import Fact, LentSide, Personal
from service.vault import SealBroken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from service.deals.tables import DealRow, LentRow
    from service.uow import Uow

LENT = (
    "first_day", "last_day", "contract_end", "terms_version", "consented_at", "longer_until", "started_at", "left_on",
    "back_by", "end_reason", "injured_at", "injury_said_by",
)  # fmt: skip
OWN = ("left_for",)  # what only the person reads
DEAL = ("last_day", "end_reason", "lender_insolvency", "borrower_insolvency")
DEAL_MOVES = frozenset(
    f"deal.{action}"
    for action in (
        "sign",
        "start",
        "extend",
        "return",
        "breach",
        "settle",
        "close",
        "cancel",
        "lapse",
        "confirm_insolvency",
        "deny_insolvency",
    )
)
CONSENT = "lending_consent"
BY_PAPERS = frozenset({"lent.consent", "lent.stay_longer"})  # by the last signature, whoseever it is
PAPER = ("kind", "edition", "hash", "signed_at")
UNTOLD = frozenset({"lent.forget", "lent.hand_over", "agreement.hand_over"})  # who it was, not what happened


async def tell_lending(uow: Uow, deal: DealRow, lent: LentRow, side: LentSide) -> list[Fact]:
    """The person reads the own name, number and identity number; a firm the masked name for as long as it is known."""
    firms = await sides_of(uow, deal)
    facts = [await _firm(uow, deal, "lender"), await _firm(uow, deal, "borrower")]
    facts += await _person(uow, lent, side)
    facts.append(_terms(deal, lent))
    moves = await uow.evidence.told(deal, columns=DEAL, firms=firms)
    facts += [fact for fact in moves if fact.what in DEAL_MOVES]
    own = dict.fromkeys(OWN, lent.worker_id) if side == "worker" and lent.worker_id is not None else {}
    told = await uow.evidence.told(lent, columns=LENT, words=own, firms=firms)
    facts += [replace(fact, side="service") if fact.what in BY_PAPERS else fact for fact in told]
    for paper in reversed(await uow.agreements.editions(CONSENT, lent.id, lent.worker_id)):
        facts += [_renamed(fact) for fact in await uow.evidence.told(paper, columns=PAPER, firms=firms)]
    return [fact for fact in facts if fact.what not in UNTOLD]


def _renamed(fact: Fact) -> Fact:
    """The kind of a document under a name of its own: a firm has a kind too."""
    return replace(fact, facts={"paper" if name == "kind" else name: value for name, value in fact.facts.items()})


async def sides_of(uow: Uow, deal: DealRow) -> Mapping[UUID, str]:
    """Which firm's side the members of both are on, by the person."""
    sides = {deal.lender_id: "lender", deal.borrower_id: "borrower"}
    return {person: sides[firm] for person, firm in (await uow.evidence.firms_of(sides)).items()}


async def _firm(uow: Uow, deal: DealRow, side: LentSide) -> Fact:
    firm = await uow.employers.get(deal.lender_id if side == "lender" else deal.borrower_id)
    told = {"kind": firm.kind, "credit_code": firm.credit_code, "name": firm.name}
    return Fact(f"party:{side}", deal.created_at, side, f"party.{side}", told)


async def _person(uow: Uow, lent: LentRow, side: LentSide) -> list[Fact]:
    if lent.worker_id is None or lent.consented_at is None:
        return []
    person = await uow.people.get(lent.worker_id)
    people = uow.people
    known: dict[str, Callable[[Any], str | None]] = {"name": lambda _: uow.lent.shown(lent)[0]}
    if side == "worker":
        known = {"name": people.name_of, "phone": people.phone_of, "id_number": people.id_number_of}
    personal = {}
    for name, opened in known.items():
        try:
            value = opened(person)
        except SealBroken:  # the key is gone: erased
            value = None
        if value:
            personal[name] = Personal(value, person.id)
    return [Fact("party:worker", lent.consented_at, "worker", "party.worker", {}, personal)]


def _terms(deal: DealRow, lent: LentRow) -> Fact:
    """What the person has said yes to, and when the wages come: what the firms settle is in their own agreement."""
    told = {
        "deal_number": deal.number,
        "terms_version": deal.terms_version,
        "trade": deal.trade,
        "work": deal.work,
        "address": deal.address,
        "day_from": f"{lent.day_from:%H:%M}",
        "day_until": f"{lent.day_until:%H:%M}",
        "break_minutes": deal.break_minutes,
        "days_a_week": len(lent.weekdays),
        "pay_fen": deal.pay_fen,
        "pay_unit": deal.pay_unit,
        "pay_day": deal.pay_day,
    }
    at = lent.consented_at or lent.created_at
    return Fact(f"deal_terms:{deal.id}:{deal.terms_version}", at, "service", "deal.terms", told)
