"""What relation some work is: asked by anybody without a trace, or kept by an employer for a posting of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.agreements.data import Triage, triage
from service.agreements.views import TriageView, triage_view, verdict_view
from service.applications.rules import check_decides
from service.errors import Missing

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


def questions() -> Triage:
    """The questions of the day, with rules and results."""
    return triage()


def try_triage(answers: Mapping[str, bool], employer_kind: str | None, job_kind: str | None = None) -> TriageView:
    """The result of these answers; nothing is kept. Raises Refused."""
    data = triage()
    verdict = data.judge(answers, employer_kind)
    return verdict_view(verdict, answers, job_kind)


async def store_triage(ctx: Context, posting_id: UUID, *, answers: Mapping[str, bool], by: Caller) -> TriageView:
    """The result for an own posting; it replaces the one before. A household's work is civil whatever is answered.

    Raises Missing, Forbidden, Refused `triage_incomplete`, `triage_unknown_question`, `triage_child_labour`.
    """
    async with ctx.uow() as uow:
        posting = await uow.agreements.posting_of(posting_id)
        check_decides(by, posting.employer_id)
        posting = await uow.postings.lock(posting_id)
        employer = await uow.employers.get(posting.employer_id)
        data = triage()
        verdict = data.judge(answers, employer.kind)
        result = data.result(verdict.result)
        now = await uow.now()
        before = await uow.agreements.live_triage(posting_id, locked=True)
        if before is not None:
            await uow.edit(before, by=by.actor, at=now, action="replace", replaced_at=now)
            await uow.flush()
        row = uow.agreements.new_triage(
            posting_id=posting.id,
            employer_id=posting.employer_id,
            city_code=posting.city_code,
            questions_version=data.version,
            answers=dict(answers),
            result=verdict.result,
            rule=verdict.rule,
            findings=[each.question for each in verdict.findings],
            kind=result.kind_of(posting.job_kind),
            needed=result.when,
        )
        await uow.add(row, by=by.actor, action="decide", result=row.result, rule=row.rule)
        return uow.answer(triage_view(row))


async def get_triage(ctx: Context, posting_id: UUID, *, by: Caller) -> TriageView:
    """The one that counts for a posting: for its employer, and officers of the place. Raises Missing."""
    async with ctx.uow() as uow:
        posting = await uow.agreements.posting_of(posting_id)
        row = await uow.agreements.live_triage(posting_id)
        theirs = by.role == "member" and by.employer_id == posting.employer_id
        if row is None or not (theirs or (by.role in STAFF and by.serves(posting.city_code))):
            raise Missing
        return triage_view(row)
