"""How deals and lent people are shown to whoever asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from service.deals import ground, spoken
from service.deals.lifecycle import BEFORE_AGREED, DEAL, LENT, LISTING
from service.deals.rules.facts import BROKER, SIDES, later
from service.deals.rules.guards import AGREE, EXTEND, SIGN, START, objections
from service.deals.views import DealView, LentView
from service.errors import DomainError, Missing
from service.moves import open_to
from service.text import fold_tight

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from service.deals.tables import DealRow, LentRow
    from service.http.caller import Caller
    from service.uow import Uow

# Whose moves of a person they are, and the operation by which each is made; the others follow.
MOVES_OF = {"lender": ("drop", "end", "take_back"), "borrower": ("end",), "worker": ("refuse", "withdraw", "end")}
VERBS = {"take_back": "take-back"}
OWN_VERBS = {"withdraw": "refuse", "end": "refuse"}  # the person's no, at every time
OF_DEAL = {"withdraw": "cancel", "extend": "longer"}
NEXT = {"proposed": AGREE, "consents_collecting": SIGN, "signed": START}
_SAME = (
    "id", "version", "number", "state", "lender_id", "borrower_id", "broker_id", "surplus_id", "shortage_id", "taken",
    "lender_agreed_at", "borrower_agreed_at", "proposed_by", "city_code", "district_code",
    "lender_city_code", "address", "trade", "work", "headcount", "first_day", "last_day",
    "break_minutes", "weekdays", "pay_fen", "pay_unit", "pay_day", "settle_day", "costs", "given", "clauses",
    "injury_clause", "own_staff", "lender_declares", "borrower_declares", "terms_version", "answer_by", "agreed_at",
    "signed_at", "signed_until", "started_at", "ended_at", "end_reason", "longer_until", "longer_by",
    "lender_insolvency", "borrower_insolvency",
)  # fmt: skip
_LENT_SAME = (
    "id", "version", "state", "deal_id", "contract_open_ended", "contract_end", "first_day", "last_day",
    "weekdays", "answer_by", "consented_at", "started_at", "longer_until", "left_on", "back_by", "ended_at",
    "injured_at", "injured_before", "replaces_id",
)  # fmt: skip


async def view_of(uow: Uow, row: DealRow, by: Caller) -> DealView:
    """A deal; why an officer looks at it is for officers and for the firms it is asked of, and nothing about its people
    for an agency. Raises Missing."""
    side = ground.side_of(row, by)
    if side is None and not ground.is_served(row, by):
        raise Missing
    await uow.flush()
    people = await uow.lent.of(row.id)
    broker = [row.broker_id] if row.broker_id is not None else []
    names = await uow.deals.names((row.lender_id, row.borrower_id, *broker))
    against: list[str] = []
    if row.state in NEXT:  # the yes that a proposal waits for is its next step itself
        deal = replace(await ground.facts_of(uow, row, people), yes=frozenset(SIDES))
        policy = ground.policy_of(uow, deal.today, row.city_code)
        found = [each.code for each in objections(deal, NEXT[row.state], policy)]
        against = list(dict.fromkeys([*found, *await _unoffered(uow, row)]))
    elif row.longer_until is not None:
        deal = later(await ground.facts_of(uow, row, people), row.longer_until)
        found = [each.code for each in objections(deal, EXTEND, ground.policy_of(uow, deal.today, row.city_code))]
        against = list(dict.fromkeys(found))
    return DealView(
        **{name: getattr(row, name) for name in _SAME},
        day_from=f"{row.day_from:%H:%M}",
        day_until=f"{row.day_until:%H:%M}",
        side=side,
        lender_name=names[row.lender_id],
        borrower_name=names[row.borrower_id],
        broker_name=names[row.broker_id] if row.broker_id is not None else None,
        review=row.review,
        review_signs=row.review_signs if side != BROKER else [],
        review_note=row.review_note if side != BROKER else None,
        insolvency_note=row.insolvency_note if side != BROKER else None,
        people=dict(Counter(each.state for each in people)) if side != BROKER else {},
        agreement_id=await agreement_of(uow, "deal", row.id) if side != BROKER else None,
        stands_against=against,
        possible=[*_possible(row, side, by), *_next(row, side, people), *await _unsigned(uow, row, side)],
    )


async def _unoffered(uow: Uow, row: DealRow) -> list[str]:
    """What stands against the yes because its balances are not offered any more, or not so."""
    if row.state == "proposed":
        try:
            await spoken.check_fits(uow, row)
        except DomainError as refused:
            return [refused.code]
    return []


def _possible(row: DealRow, side: str | None, by: Caller) -> list[str]:
    """The operations that are open to this reader: an agency takes its proposal back, and nobody else does; a firm
    answers what it has not said yes to; an officer decides on what is looked at, and breaks off what runs."""
    found = open_to(by.role, DEAL.name, DEAL.possible(row.state))
    if side is None:
        return [*(["review"] if row.review == "open" else []), *(each for each in found if each == "breach")]
    if side == BROKER:
        found = [each for each in found if each == "withdraw"]
    else:
        others = {"decline"} if row.proposed_by == side else {"withdraw"}
        others |= {"extend"} if row.longer_until is not None else set()
        others |= {"agree"} if getattr(row, f"{side}_agreed_at") is not None else set()
        found = [each for each in found if each not in others]
    return [OF_DEAL.get(each, each) for each in found]


def _next(row: DealRow, side: str | None, people: Sequence[LentRow]) -> list[str]:
    """What moves the deal on without a move of its own: terms changed, people asked, the list closed, and an answer to
    a later day."""
    if side not in SIDES or row.review == "barred":
        return []
    found = ["change"] if row.state in BEFORE_AGREED else []
    if side == "lender" and row.state in LISTING and not ground.is_full(row, people):
        found.append("people")
    states = {each.state for each in people}
    if side == "lender" and row.state == "consents_collecting" and "asked" not in states and "consented" in states:
        found.append("list")
    if row.longer_until is not None:
        found += ["longer/decline"] if row.longer_by == side else ["longer/agree", "longer/decline"]
    return found


async def _unsigned(uow: Uow, row: DealRow, side: str | None) -> list[str]:
    """The lender draws anew what lies before nobody though it is to be signed."""
    return ["list"] if side == "lender" and await ground.is_unsigned(uow, row) else []


async def lent_view(uow: Uow, deal: DealRow, row: LentRow, by: Caller) -> LentView:
    """Somebody lent, as the caller may see it."""
    await uow.flush()
    names = await uow.deals.names((deal.lender_id, deal.borrower_id))
    name, phone = uow.lent.shown(row)
    known = by.role != "member" or row.consented_at is not None
    return LentView(
        **{each: getattr(row, each) for each in _LENT_SAME},
        day_from=f"{row.day_from:%H:%M}",
        day_until=f"{row.day_until:%H:%M}",
        number=deal.number,
        lender_name=names[deal.lender_id],
        borrower_name=names[deal.borrower_id],
        work=deal.work,
        address=deal.address,
        pay_fen=deal.pay_fen,
        pay_unit=deal.pay_unit,
        name=name,
        phone=phone if ground.side_of(deal, by) != "borrower" else None,
        end_reason=row.end_reason if by.role == "member" else row.left_for or row.end_reason,
        worker_id=row.worker_id if known else None,
        agreement_id=await agreement_of(uow, "lent", row.id) if by.role != "member" or known else None,
        name_differs=await name_differs(uow, row) if row.consented_at is not None or by.role == "worker" else None,
        possible=_possible_of(row, ground.side_of(deal, by), by),
    )


def _possible_of(row: LentRow, side: str | None, by: Caller) -> list[str]:
    """The operations by which a firm can do something about somebody, or the person can; staff act in the person's
    name."""
    own = side if side is not None else "worker"
    found = [each for each in LENT.possible(row.state) if each in MOVES_OF.get(own, ())]
    if own != "worker":
        return [VERBS.get(each, each) for each in found]
    look = ["open"] if row.state == "asked" else []
    return [*look, *dict.fromkeys(OWN_VERBS.get(each, each) for each in found)]


async def name_differs(uow: Uow, row: LentRow) -> bool | None:
    """Whether the lender has asked for somebody of another name: a number mistyped, a number passed on. None while it
    is not known who it is, and once it is forgotten."""
    given = uow.lent.name_of(row)
    if row.worker_id is None or given is None:
        return None
    return fold_tight(uow.people.name_of(await uow.people.get(row.worker_id)) or "") != fold_tight(given)


async def agreement_of(uow: Uow, noun: str, subject_id: UUID) -> UUID | None:
    """The paper that is drawn or signed now."""
    live = await uow.ctx.wiring.ports["agreements.signed"](uow, (noun, subject_id))
    return live[-1].id if live else None  # what is to be signed before what is signed already
