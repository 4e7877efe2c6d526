"""An officer's day: what is due, overdue, escalated, to be called; issues and needs; how it goes."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Missing, Refused
from service.followups.lifecycle import ISSUE, NEED
from service.followups.rules.figures import shares
from service.followups.rules.schedule import on
from service.followups.views import CountsView, FiguresView, MarketCountsView, OfficerCountsView
from service.followups.wording import with_questions
from service.pages import After, Page, page_of
from service.worktime import local_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.context import Context
    from service.followups.tables import IssueRow, NeedRow
    from service.followups.views import TaskView
    from service.http.caller import Caller

MOST_DAYS = 366
MOST_LINES = 500  # markets or officers in one answer, those with the most first


async def list_tasks(
    ctx: Context,
    *,
    view: str,
    mine: bool,
    officer_id: UUID | None,
    venue_id: UUID | None,
    after: After,
    limit: int,
    by: Caller,
) -> Page[TaskView]:
    """`due`, `overdue`, `escalated`, today's `calls`, or who was `unreachable` or `left_out`; longest due first.

    Of an officer: what that one has taken, or wrote down last where it is over. Calls of a market: those that it drew.
    """
    async with ctx.uow() as uow:
        now = await uow.now()
        narrow: dict[str, dict[str, Any]] = {
            "due": {"states": ("open",)},
            "overdue": {"states": ("open",), "overdue_at": now},
            "escalated": {"states": ("open",), "escalated": True},
            "calls": {"states": ("open",), "called_on": local_day(now)},
            "unreachable": {"states": ("unreachable",)},
            "left_out": {"states": ("left_out",)},
        }
        rows = await uow.followups.page(
            regions=by.served, claimed_by=by.account_id if mine else None, officer_id=officer_id, venue_id=venue_id,
            after=after(now), limit=limit + 1, **narrow[view],
        )  # fmt: skip
        shown = [with_questions(row, ctx.language) for row in rows]
        return page_of(shown, limit, now, lambda row: [row.due_at.isoformat(), str(row.id)])


async def list_issues(
    ctx: Context, *, state: str | None, urgent: bool | None, after: After, limit: int, by: Caller
) -> Page[IssueRow]:
    """What answers opened, the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.followups.issues(
            regions=by.served, state=state, urgent=urgent, after=after(now), limit=limit + 1
        )
        return page_of(rows, limit, now, lambda row: [str(row.id)])


async def close_issue(ctx: Context, issue_id: UUID, *, by: Caller) -> IssueRow:
    """Seen to. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await uow.followups.lock_issue(issue_id)
        if not by.serves(row.city_code):
            raise Missing
        now = await uow.now()
        await uow.move(row, ISSUE, "close", by=by.actor, at=now, closed_at=now, closed_by=by.account_id)
        return uow.answer(row)


async def list_needs(
    ctx: Context, *, state: str | None, kind: str | None, after: After, limit: int, by: Caller
) -> Page[NeedRow]:
    """Who needs work, training, advice, people; the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.followups.needs(regions=by.served, state=state, kind=kind, after=after(now), limit=limit + 1)
        return page_of(rows, limit, now, lambda row: [str(row.id)])


async def end_need(ctx: Context, need_id: UUID, *, outcome: str, by: Caller) -> NeedRow:
    """Met, or no longer there. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await uow.followups.lock_need(need_id)
        if not by.serves(row.city_code):
            raise Missing
        now = await uow.now()
        await uow.move(row, NEED, outcome, by=by.actor, at=now, ended_at=now)
        return uow.answer(row)


async def figures(
    ctx: Context, *, since: date, until: date, venue_id: UUID | None, officer_id: UUID | None, by: Caller
) -> FiguresView:
    """Over what was due from one day to another, both counted, in one's regions; also market by market and officer by
    officer, those with the most first. Raises Refused followup_days."""
    if not since <= until <= since + timedelta(days=MOST_DAYS):
        raise Refused("followup_days", field="query:until", most=MOST_DAYS)
    async with ctx.uow() as uow:
        midnight = time(0)
        counted = await uow.followups.figures(
            regions=by.served, since=on(since, midnight), until=on(until + timedelta(days=1), midnight),
            now=await uow.now(), venue_id=venue_id, officer_id=officer_id, most=MOST_LINES,
        )  # fmt: skip
        (all_of_it,) = counted.whole
        return FiguresView(
            **_columns(all_of_it),
            by_market=[
                MarketCountsView(city_code=each["city_code"], venue_id=each["venue_id"], **_columns(each))
                for each in counted.by_market
            ],
            by_officer=[
                OfficerCountsView(officer_id=each["officer_id"], **_columns(each)) for each in counted.by_officer
            ],
        )


def _columns(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Counts with their shares."""
    return {name: counts[name] for name in CountsView.__slots__ if name in counts} | shares(counts)
