"""An agreement for ordinary work, from what the seat itself says and what its employer adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.agreements.contracting import Contract, form_of, given_facts
from service.agreements.data import template_of
from service.agreements.rules import Party, differences
from service.agreements.saying import facts_of_seat, said_facts
from service.agreements.steps import draw
from service.agreements.usecases.sides import shown
from service.agreements.views import DocumentView
from service.applications.rules import check_decides, check_not_own
from service.engagements.lifecycle import ENGAGEMENT
from service.errors import Conflict, Refused
from service.worktime import local_day

if TYPE_CHECKING:
    from service.agreements.data import Template
    from service.context import Context
    from service.http.caller import Caller

DRAWN_IN = ("confirmed", "on_duty", "completed", "ended_early")


async def draw_for_engagement(
    ctx: Context,
    engagement_id: UUID,
    *,
    facts: Mapping[str, str],
    by: Caller,
    kind: str | None = None,
    contract: Contract | None = None,
) -> DocumentView:
    """Of the kind that the posting's triage asks for; a labour relation may always have the full contract.
    What the employer writes stands in for what the seat says, but for names, numbers and times; each term that reads
    differently by it is shown to the worker.

    Raises Missing, Forbidden, Conflict `triage_first`, `wrong_state`, Refused `agreement_full_contract`,
    `agreement_kind_unfit`, `agreement_fact_fixed`, `agreement_terms_missing`, and what `given_facts` and
    `check_lawful` raise.
    """
    async with ctx.uow() as uow:
        seat = await uow.engagements.get(engagement_id)
        check_decides(by, seat.employer_id)
        check_not_own(by, seat.worker_id)
        await uow.locks.workers([seat.worker_id])
        await uow.locks.places([seat.shift_id])
        seat = await uow.engagements.lock(engagement_id)
        if seat.state not in DRAWN_IN:
            raise ENGAGEMENT.refusal(seat.state, "start")
        triage = await uow.agreements.live_triage(seat.posting_id)
        if triage is None:
            raise Conflict("triage_first")
        form = form_of(triage, seat.job_kind, kind)
        now = await uow.now()
        template = template_of(form, local_day(now))
        worker = await uow.people.get(seat.worker_id)
        sheet = await uow.engagement_pages.terms(seat)
        told = facts_of_seat(
            seat,
            await uow.agreements.shift_of(seat),
            await uow.agreements.posting_of(seat.posting_id),
            await uow.employers.get(seat.employer_id),
            sheet.terms,
        ) | {"worker_name": uow.people.name_of(worker), "worker_id_number": uow.people.id_number_of(worker)}
        own = said_facts(_fitting(told, template, sheet.terms))
        check_not_on_record(facts, template, own)
        given = await given_facts(uow, seat, template, dict(facts), contract, told, now)
        row = await draw(
            uow,
            form,
            ("engagement", seat.id),
            [Party("employer", employer_id=seat.employer_id), Party("worker", person_id=seat.worker_id)],
            {**own, **given},
            differences(template.terms, own, {**own, **said_facts(given)}),
            by=by.actor,
            at=now,
            city_code=seat.city_code,
            posting=(seat.posting_id, seat.terms_version),
        )
        return uow.answer(await shown(uow, row, by))


def check_not_on_record(facts: Mapping[str, str], template: Template, own: Mapping[str, str]) -> None:
    """Names, numbers and times that are on record are not sent. Raises Refused `agreement_fact_fixed`."""
    for each in template.blanks:
        if each.filled == "record_first" and each.code in facts and each.code in own:
            raise Refused("agreement_fact_fixed", field=f"/facts/{each.code}")


def _fitting(told: dict[str, Any], template: Template, terms: Mapping[str, Any]) -> dict[str, Any]:
    """Without a cover that the template cannot name: commercial insurance and own words are none of a labour
    contract's."""
    cover = (terms.get("conditions") or {}).get("injury_cover")
    blank = next(each for each in template.blanks if each.code == "injury_insurance")
    covers = {each.code for each in blank.choices_of(template.code)}
    fits = cover in covers or (cover is None and "commercial" in covers)
    return told if fits else told | {"injury_insurance": None}
