"""Talks (对接洽谈): arranged by either side or an officer, moved, called off, and what came of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.applications import rules as acting
from service.errors import Missing
from service.guard.quoting import check_quoted
from service.referrals import rules
from service.referrals.lifecycle import TALK
from service.referrals.steps import (
    ANSWER_TIMER,
    TALK_TIMER,
    end_talk,
    fire,
    hold_talk,
    policy_of,
    starts_at,
    tell_employer,
    tell_of_talk,
    tell_worker,
)
from service.referrals.views import ReferralView
from service.worktime import day_begin, local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.referrals.tables import ReferralRow


async def schedule_talk(
    ctx: Context, referral_id: UUID, *, kind: str, at: datetime, place: str | None, by: Caller
) -> ReferralView:
    """Arrange it, or move it to another time; both sides are told, and again before it.

    Raises Missing, Refused talk_time, talk_after_start, talk_place_needed and what words may not say,
    Conflict talks_enough_today, wrong_state.
    """
    async with ctx.uow() as uow:
        row = await uow.referrals.lock(referral_id)
        side = _side(row, by)
        now = await uow.now()
        policy = policy_of(uow, now, row.city_code)
        rules.check_talk_time(at, now, await starts_at(uow, row), policy)
        rules.check_talk_place(kind, place)
        if by.role not in STAFF:
            rules.check_talks_today(await uow.referrals.talks_since(row.id, day_begin(now)), policy)
        check_quoted("/place", place, ctx.rulebook(), local_day(now), ctx.language)
        moved = await end_talk(uow, row.id, by=by.actor, reason="moved")
        await uow.flush()
        until = at + timedelta(minutes=policy.talk_result_minutes)
        await fire(uow, row, "schedule_talk", by=by.actor, answer_by=until)
        talk = uow.referrals.new_talk(referral_id=row.id, kind=kind, place=place, at=at, arranged_by=side)
        await uow.add(talk, by=by.actor, action="schedule")
        await uow.schedule(ANSWER_TIMER, row.id, until)
        await uow.schedule(TALK_TIMER, talk.id, max(at - timedelta(minutes=policy.talk_remind_minutes), now))
        await tell_of_talk(uow, row, "referral.talk_moved" if moved else "referral.talk", talk)
        await uow.flush()
        return uow.answer(await uow.referral_pages.view(row.id))


async def record_talk(ctx: Context, talk_id: UUID, *, came: str, by: Caller) -> ReferralView:
    """Who came: both, or only one side, or neither. Raises Missing, Conflict wrong_state, Refused talk_ahead."""
    async with ctx.uow() as uow:
        row = await uow.referrals.lock((await uow.referrals.talk_of(talk_id)).referral_id)
        _side(row, by)
        talk = await uow.referrals.lock_talk(talk_id)
        now = await uow.now()
        rules.check_talk_begun(talk.at, now)
        if came == "both":
            await hold_talk(uow, row, talk, by=by.actor)
        else:
            until = now + timedelta(minutes=policy_of(uow, now, row.city_code).talk_result_minutes)
            await uow.schedule(ANSWER_TIMER, row.id, until)
            missed_by = rules.MISSED_BY[came]
            await uow.move(talk, TALK, "miss", by=by.actor, at=now, missed_by=missed_by, ended_at=now)
            await fire(uow, row, "miss_talk", by=by.actor, answer_by=until)
            await tell_worker(uow, row, "referral.talk_missed")
            await tell_employer(uow, row, "referral.talk_missed")
        await uow.flush()
        return uow.answer(await uow.referral_pages.view(row.id))


async def cancel_talk(ctx: Context, talk_id: UUID, *, by: Caller) -> ReferralView:
    """Called off by either side or an officer; the referral stays. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await uow.referrals.lock((await uow.referrals.talk_of(talk_id)).referral_id)
        side = _side(row, by)
        talk = await uow.referrals.lock_talk(talk_id)
        now = await uow.now()
        await uow.move(talk, TALK, "cancel", by=by.actor, at=now, reason=side, ended_at=now)
        policy = policy_of(uow, now, row.city_code)
        until = rules.answer_by("employer", quick=row.quick, starts_at=None, now=now, policy=policy)
        await uow.schedule(ANSWER_TIMER, row.id, until)
        await fire(uow, row, "cancel_talk", by=by.actor, answer_by=until)
        await tell_worker(uow, row, "referral.talk_off", at=talk.at)
        await tell_employer(uow, row, "referral.talk_off", at=talk.at)
        await uow.flush()
        return uow.answer(await uow.referral_pages.view(row.id))


def _side(row: ReferralRow, by: Caller) -> str:
    """Who is acting: worker, employer or officer. Raises Missing for everybody else, Forbidden for clerks."""
    if by.role == "worker" and by.person_id == row.worker_id:
        return "worker"
    if by.role == "member":
        acting.check_decides(by, row.employer_id)
        acting.check_not_own(by, row.worker_id)
        return "employer"
    if by.role in STAFF and by.serves(row.city_code):
        return "officer"
    raise Missing
