"""Whose a surplus and an intent are, and how an intent is shown to whoever asks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.employers.rules import check_may
from service.errors import Missing
from service.intents.lifecycle import INTENT
from service.intents.rules import shown_to_firm
from service.intents.steps import words_of
from service.intents.views import IntentView, WordsView
from service.moves import open_to

if TYPE_CHECKING:
    from service.actor import Actor
    from service.balances.tables import BalanceRow
    from service.http.caller import Caller
    from service.intents.tables import IntentRow
    from service.uow import Uow


async def own(uow: Uow, row: BalanceRow, by: Caller, action: str) -> None:
    """For members of the firm whose people they are; its agency is none. Raises Missing, Forbidden."""
    if by.role != "member" or by.employer_id != row.employer_id or row.side != "surplus":
        raise Missing
    role = await uow.members.role_of(row.employer_id, by.person_id)
    if role is None:
        raise Missing
    check_may(role, action)


async def see(uow: Uow, row: BalanceRow, by: Caller) -> None:
    """For the firm and officers of the place. Raises Missing, Forbidden."""
    if by.role not in STAFF:
        await own(uow, row, by, "decide")
    elif row.side != "surplus" or not serves(row, by):
        raise Missing


def serves(row: BalanceRow, by: Caller) -> bool:
    """Whether the caller is an officer of the place."""
    return by.role in STAFF and by.serves_any(row.city_code, *filter(None, (row.district_code,)))


async def is_asked(uow: Uow, row: IntentRow, by: Caller) -> bool:
    """Whether the caller is the person: by the record, or by the number that was proved."""
    if by.role != "worker" or by.person_id is None:
        return False
    if row.worker_id is not None or row.phone_hash is None:
        return row.worker_id == by.person_id
    return row.phone_hash == await uow.members.proven_phone(by.person_id)


async def person(uow: Uow, row: IntentRow, by: Caller, on_behalf: str | None) -> tuple[UUID, Actor]:
    """Who acts: the person who was asked, or staff with the yes of one who is known to them. Raises Missing,
    Refused on_behalf_needed."""
    if by.role in STAFF:
        known = [row.worker_id] if row.worker_id else list(await uow.lent.known_people(row.phone_hash or b""))
        if len(known) != 1 or not await uow.people.is_seen(known[0], by):
            raise Missing
        return known[0], by.actor.with_yes_of(known[0], on_behalf)
    if by.person_id is None or not await is_asked(uow, row, by):
        raise Missing
    return by.person_id, by.actor


async def view_of(uow: Uow, row: IntentRow, balance: BalanceRow, by: Caller) -> IntentView:
    """An intent; what was said with the yes is for the person only."""
    await uow.flush()
    now, firm = await uow.now(), await uow.employers.get(balance.employer_id)
    same: dict[str, Any] = {
        "id": row.id, "balance_id": balance.id, "firm_name": firm.name, "trade": balance.trade,
        "city_code": balance.city_code, "first_day": balance.first_day, "last_day": balance.last_day,
        "answer_by": row.answer_by, "agreed_at": row.agreed_at, "wording": row.wording,
    }  # fmt: skip
    name, phone = uow.intents.shown(row)
    if by.role == "worker":
        words = await _words(uow) if row.state == "asked" else None
        said: dict[str, Any] = {
            "home_district_code": row.home_district_code, "radius_m": row.radius_m, "accepts": row.accepts,
            "days_off": [date.fromisoformat(each) for each in row.days_off],
        }  # fmt: skip
        possible = open_to(by.role, INTENT.name, INTENT.possible(row.state))
        return IntentView(
            **same, **said, state=row.state, name=name, phone=phone, words=words, ended_at=row.ended_at,
            possible=possible,
        )  # fmt: skip
    state = shown_to_firm(row.state, row.answer_by, now, surplus_over=balance.state == "closed")
    ended = row.ended_at if state in ("withdrawn", "ended") else None
    if state == "withdrawn" and by.role not in STAFF:  # the firm reads that somebody did, without a name
        name = phone = None
        same |= dict.fromkeys(("agreed_at", "wording"))
    unsaid: dict[str, Any] = dict.fromkeys(("words", "home_district_code", "radius_m", "accepts", "days_off"))
    return IntentView(**same, **unsaid, state=state, name=name, phone=phone, ended_at=ended, possible=[])


async def _words(uow: Uow) -> WordsView:
    text = await words_of(uow)
    return WordsView(text.version, text.in_language(uow.ctx.language))
