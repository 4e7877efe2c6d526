"""Cases as officers, complainants and holders of a receipt see them; lists and figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.cases.asked import CaseFilter
from service.cases.ending import closing_at
from service.cases.helping import help_of, hotlines_of
from service.cases.rules.deadlines import median, working_days_between
from service.cases.usecases.seeing import seen
from service.cases.views import (
    CaseLine,
    CaseView,
    ReceiptView,
    case_view,
    deadline_part,
    handover_part,
    kind_name,
    line_view,
    next_due,
    note_part,
    question_view,
)
from service.cases.ways import all_ways, charges, kinds, ways_for
from service.errors import Refused
from service.pages import After, Page, page_of
from service.reference.catalogue import regions as known_regions
from service.reference.data.reader import on
from service.reference.rules import named
from service.worktime import at_local, end_of_day, local_day

if TYPE_CHECKING:
    from service.cases.tables import CaseRow
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

FOR_COMPLAINANT = ("asked", "informed")
NEVER = date(9999, 12, 31)
MOST_DAYS = 1100
LIMIT = ("code", "unit", "count", "extension", "after", "by", "source")
ANYWHERE = "100000"  # no region: what applies everywhere


async def view_of(uow: Uow, row: CaseRow, by: Caller) -> CaseView:
    """A case with everything beside it, for who may see it."""
    await uow.flush()
    officer = by.role in STAFF
    parts = await _parts(uow, row, officer=officer)
    if officer:
        parts |= await _for_officers(uow, row)
    return case_view(row, parts, uow.ctx.language, officer=officer, mine=by.account_id)


async def _parts(uow: Uow, row: CaseRow, *, officer: bool) -> dict[str, Any]:
    language, today = uow.ctx.language, local_day(await uow.now())
    deadlines = await uow.case_deadlines.of_case(row.id)
    pauses = await uow.case_deadlines.pauses(*(each.id for each in deadlines))
    notes = [each for each in await uow.case_files.notes(row.id) if officer or each.kind in FOR_COMPLAINANT]
    appeal = await uow.decision_appeals.of_case(row.id) if row.kind == "platform_decision" else None
    return {
        "deadlines": [
            deadline_part(each, [pause for pause in pauses if pause.deadline_id == each.id], language)
            for each in deadlines
        ],
        "handovers": [handover_part(each, language) for each in await uow.case_files.handovers(row.id)],
        "notes": [note_part(each) for each in notes],
        "help": help_of(row, deadlines, today, await _closes_on(uow, row), language),
        "hotlines": hotlines_of(row, today, language),
        "due_on": next_due(deadlines),
        "against_name": await uow.case_files.employer_name(row.against_id),
        "decision_appeal_id": appeal.id if appeal is not None else None,
    }


async def _closes_on(uow: Uow, row: CaseRow) -> date | None:
    """The last day on which a case with its result stands open by itself."""
    return local_day(closing_at(uow, row) - timedelta(minutes=1)) if row.state == "result" else None


async def _for_officers(uow: Uow, row: CaseRow) -> dict[str, Any]:
    """Names are masked, as everywhere; a number that was left is opened by itself, and that leaves a line."""
    name = None
    if row.complainant_id is not None:
        name = uow.people.masked_name(await uow.people.get(row.complainant_id))
    questions = [question_view(each) for each in await uow.case_files.questions(row.id)]
    return {"complainant_name": name, "questions": questions}


async def receipt_of(uow: Uow, row: CaseRow, receipt: str | None) -> ReceiptView:
    """A case as who has its receipt sees it."""
    await uow.flush()
    parts = await _parts(uow, row, officer=False)
    names = ("number", "state", "kind", "result", "declined_reason", "sentence", "closed_at")
    return ReceiptView(
        **{name: getattr(row, name) for name in names},
        **{name: parts[name] for name in ("handovers", "help", "hotlines")},
        receipt=receipt,
        kind_name=kind_name(row, uow.ctx.language),
        opened_at=row.created_at,
    )


async def get_case(ctx: Context, case_id: UUID, *, by: Caller) -> CaseView:
    """One. Raises Missing for everybody but who brought it and the officers of the place."""
    async with ctx.uow() as uow:
        row = await seen(uow, case_id, by)
        return await view_of(uow, row, by)


async def list_cases(
    ctx: Context, wanted: CaseFilter, *, mine: bool, by: Caller, after: After, limit: int
) -> Page[CaseLine]:
    """Of the caller's regions, what is due first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        today = local_day(now)
        wanted = replace(wanted, regions=by.served, claimed_by=by.account_id if mine else wanted.claimed_by)
        rows = await uow.case_lists.page(wanted, today, after(now), limit + 1)
        lines = [line_view(row, due_on, today, ctx.language) for row, due_on in rows]
        return page_of(lines, limit, now, lambda line: [(line.due_on or NEVER).isoformat(), str(line.id)])


def due_key(key: list[Any]) -> tuple[date, UUID]:
    """The key of the officers' list."""
    return date.fromisoformat(key[0]), UUID(key[1])


async def list_own(ctx: Context, *, by: Caller, after: After, limit: int) -> Page[CaseLine]:
    """What the caller has brought, the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        today = local_day(now)
        if by.person_id is None:
            return Page((), None, now)
        rows = await uow.case_lists.own(by.person_id, by.employer_id, after(now), limit + 1)
        lines = []
        for row in rows:
            due_on = next_due(await uow.case_deadlines.of_case(row.id))
            lines.append(replace(line_view(row, due_on, today, ctx.language), claimed_by=None, escalated_at=None))
        return page_of(lines, limit, now, lambda line: [str(line.id)])


async def count_cases(ctx: Context, *, since: date | None, until: date | None, by: Caller) -> dict[str, Any]:
    """Received, ended, open, overdue and the median of working days, by kind and in all; 30 days where none are named.

    Raises Refused `case_period`.
    """
    async with ctx.uow() as uow:
        today = local_day(await uow.now())
        last = until or today
        first = since or last - timedelta(days=29)
        if not first <= last <= first + timedelta(days=MOST_DAYS):
            raise Refused("case_period", field="query:since", most=MOST_DAYS)
        span = at_local(first, 0), end_of_day(last)
        rows = await uow.case_lists.figures(by.served, *span, today)
        spans = await _lengths(uow, await uow.case_lists.spans(by.served, *span))
        by_kind = [dict(row) | {"median_working_days": median(spans.get(row["kind"], []))} for row in rows]
        names = ("received", "closed", "open", "overdue")
        total: dict[str, Any] = {name: sum(row[name] for row in rows) for name in names}
        total["median_working_days"] = median([each for lengths in spans.values() for each in lengths])
        return {"since": first, "until": last, "total": total, "by_kind": by_kind}


async def _lengths(uow: Uow, spans: list[tuple[str, datetime, datetime]]) -> dict[str, list[int]]:
    is_worked = (await uow.reference.catalogue()).is_working_day
    made: dict[str, list[int]] = {}
    for kind, opened, closed in spans:
        made.setdefault(kind, []).append(working_days_between(local_day(opened), local_day(closed), is_worked))
    return made


async def list_ways(ctx: Context, *, kind: str | None, city_code: str | None) -> dict[str, Any]:
    """Kinds, charges and the ways that a kind may go in a place, with limits, bodies and sources, as they are today.

    Raises Refused `case_kind_unknown`, `region_unknown`.
    """
    async with ctx.uow() as uow:
        day, language = local_day(await uow.now()), ctx.language
    if city_code is not None and city_code not in known_regions():
        raise Refused("region_unknown", field="query:city_code")
    known = kinds(day)
    if kind is not None and kind not in known:
        raise Refused("case_kind_unknown", field="query:kind", expected=", ".join(known))
    place = city_code or ANYWHERE
    rows = ways_for(kind, place, day) if kind is not None else on(day, all_ways())
    flags = ("code", "urgent", "shielded", "mediation", "charge", "public")
    return {
        "kinds": [
            {name: getattr(each, name) for name in flags} | {"name": named(each, language), "call": list(each.call)}
            for each in known.values()
            if kind in (None, each.code)
        ],
        "charges": [{"code": code, "name": named(each, language)} for code, each in charges().items()],
        "ways": [
            {
                "code": way.code,
                "name": named(way, language),
                "hotline": way.hotline,
                "formal": way.formal,
                "bodies": [named(body, language) for body in way.bodies_in(place)],
                "limits": [
                    {name: getattr(each, name) for name in LIMIT} | {"name": named(each, language)}
                    for each in way.limits
                ],
            }
            for way in rows
        ],
    }
