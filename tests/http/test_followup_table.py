"""Every answer that can be given, by either side: what it opens stands in the table here, and it is opened once.

The table is that of the design (follow-ups, cases): unpaid is a wage case, a charge a fee case, papers withheld are
urgent, an injury a safety case, terms that differ a check of the posting, wishes are needs.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from service.actor import SYSTEM
from service.context import Context
from service.followups.lifecycle import TASK
from service.followups.steps import reconcile
from service.invariants import breaches as invariants
from tests.builders import city
from tests.builders.applications import NOON, rows_of, set_time

Client = httpx2.AsyncClient
URGENT, CALM = True, False
# (question, answer) -> what is opened, whether an officer hears of it at once, what else it leads to.
TABLE: dict[tuple[str, str], tuple[str, bool, str | None]] = {
    ("paid", "part"): ("wage_arrears", URGENT, "case"),
    ("paid", "none"): ("wage_arrears", URGENT, "case"),
    ("settled", "no"): ("wage_arrears", URGENT, "case"),
    ("paid_by_own_employer", "no"): ("wage_arrears", URGENT, "case"),
    ("fee_asked", "yes"): ("fee_or_deposit", URGENT, "case"),
    ("papers_kept", "yes"): ("id_withheld", URGENT, "case"),
    ("hurt", "yes"): ("injury", URGENT, "case"),
    ("harassed", "yes"): ("harassment_safety", URGENT, "case"),
    ("treated_fairly", "no"): ("discrimination", CALM, "case"),
    ("agreement_given", "no"): ("no_agreement", CALM, "case"),
    ("terms_as_posted", "no"): ("posting_check", CALM, "review"),
    ("as_agreed", "no"): ("posting_check", CALM, "review"),
    ("wants_work", "yes"): ("need_work", CALM, "need"),
    ("wants_training", "yes"): ("need_training", CALM, "need"),
    ("wants_advice", "yes"): ("need_advice", CALM, "need"),
    ("needs_people", "yes"): ("need_people", CALM, "need"),
    ("rights_equal", "no"): ("labour_rights", CALM, None),  # no complaint is of this kind: officers see to the issue
    ("used_as_agreed", "no"): ("labour_rights", CALM, None),
    ("back_at_post", "no"): ("labour_rights", CALM, None),
}
FORMS = ("M1", "M2", "M3", "M4", "M5", "M6", "M6_short", "M7", "M8", "S1", "S2", "S3", "S4")
UNTOUCHED = "select id from followup_tasks where id = :id and (urgent or state <> 'open')"
OPENED = "select code, urgent, noun, subject_id, question, answer from followup_issues where task_id = :id"


@dataclass
class Asked:
    """A story of which both sides are asked the same moment; what the API offers them to answer."""

    client: Client
    ctx: Context
    worker: Any
    posting: Any
    seat: Any
    headers: dict[str, dict[str, str]]
    tasks: dict[str, UUID]

    async def offered(self, side: str) -> dict[str, list[str]]:
        """By question, the codes that may be given; empty for a number."""
        shown = await self.client.get(f"/v1/followups/{self.tasks[side]}", headers=self.headers[side])
        assert shown.status_code == 200, shown.text
        return {each["code"]: [answer["code"] for answer in each["answers"]] for each in shown.json()["questions"]}

    async def say(self, side: str, answers: dict[str, Any], *, task: UUID | None = None, times: int = 3) -> list[int]:
        """Sent so often at once; the codes that came back, in order."""
        path = f"/v1/followups/{task or self.tasks[side]}/answer"
        sent = (self.client.post(path, json={"answers": answers}, headers=self.headers[side]) for _ in range(times))
        return sorted(each.status_code for each in await asyncio.gather(*sent))

    async def opened(self, side: str) -> list[Any]:
        """The issues of a side's task."""
        return [tuple(row) for row in await rows_of(self.ctx, OPENED, id=self.tasks[side])]


async def an_asked(ctx: Context, client: Client, form: str) -> Asked:
    """A seat that was worked, and both sides' open task, of this milestone."""
    employer = await city.an_employer(ctx)
    posting, worker = await city.a_posting(ctx, employer), await city.a_worker(ctx)
    seat = await city.an_engagement(ctx, worker, await city.a_shift(ctx, posting), posting)
    headers = {
        "worker": await city.as_worker(ctx, worker),
        "employer": await city.as_member(ctx, await city.a_member(ctx, employer)),
    }
    async with ctx.uow() as uow:
        await reconcile(uow, posting.id, worker.id)
        plan = await uow.followups.lock_plan(posting.id, worker.id)
        assert plan is not None
        tasks = {row.side: row for row in await uow.followups.lock_tasks(plan.id)}
        now = await uow.now()
        for row in tasks.values():
            await uow.move(row, TASK, "open", by=SYSTEM, at=now, opened_at=now, next_attempt_at=now)
        ids = {side: row.id for side, row in tasks.items()}
    milestone, _, short = form.partition("_")
    change = "update followup_tasks set milestone = :milestone, short = :short where id = any(:ids)"
    async with ctx.database.sessions() as session, session.begin():
        facts = {"milestone": milestone, "short": bool(short), "ids": list(ids.values())}
        await session.execute(text(change), facts)
    return Asked(client, ctx, worker, posting, seat, headers, ids)


def sides_of(form: str) -> tuple[str, ...]:
    """Of a posting that is over only the employer is asked, of who is released only the person."""
    return {"M8": ("employer",), "S4": ("worker",)}.get(form, ("worker", "employer"))


@pytest.mark.parametrize("form", FORMS)
async def test_each_answer_opens_what_the_table_says_once(ctx: Context, client: Client, form: str) -> None:
    """Every code that the API offers to either side, each sent three times at once: one is taken, and opens its own."""
    await set_time(ctx, NOON)
    for side in sides_of(form):
        scene = await an_asked(ctx, client, form)
        offered = await scene.offered(side)
        harmless = [(question, answer) for question, codes in offered.items() for answer in codes or [3]]
        opening = [each for each in harmless if each in TABLE]
        harmless = [each for each in harmless if each not in TABLE]
        await _open_nothing(scene, side, harmless)
        for question, answer in opening:
            one = await an_asked(ctx, client, form)
            assert await one.say(side, {question: answer}) == [200, 409, 409]
            await _check(one, side, question, str(answer))
    assert await invariants(ctx) == []


async def _open_nothing(scene: Asked, side: str, harmless: list[tuple[str, Any]]) -> None:
    """Each said to a question of its own of the same story."""
    async with scene.ctx.uow() as uow:
        plan = await uow.followups.lock_plan(scene.posting.id, scene.worker.id)
        assert plan is not None
        task = next(row for row in await uow.followups.lock_tasks(plan.id) if row.side == side)
        copied = {name: getattr(task, name) for name in ("milestone", "side", "short", "due_at")}
        others = (task.about_at + timedelta(seconds=number) for number in range(1, len(harmless) + 1))
        copies = [uow.followups.new_task(plan, about_at=other, **copied) for other in others]
        for copy in copies:
            await uow.add(copy, by=SYSTEM, action="plan")
    for copy, (question, answer) in zip(copies, harmless, strict=True):
        assert await scene.say(side, {question: answer}, task=copy.id, times=1) == [200], (question, answer)
    of_plan = "select count(*) from followup_issues i join followup_tasks t on t.id = i.task_id where t.worker_id = :id"
    assert await rows_of(scene.ctx, of_plan, id=scene.worker.id) == [(0,)], harmless


async def _check(one: Asked, side: str, question: str, answer: str) -> None:
    """The issue, what it led to, and nothing else."""
    code, urgent, noun = TABLE[question, answer]
    (found,) = await one.opened(side)
    assert (found[0], found[1], found[2], found[4:]) == (code, urgent, noun, (question, answer))
    of_worker = {"id": one.worker.id}
    cases = await rows_of(
        one.ctx,
        "select id, kind, noun, subject_id, against_id, source from cases where complainant_id = :id",
        **of_worker,
    )
    reviews = await rows_of(
        one.ctx, "select id, noun from reviews where subject_id = :id and kind = 'report'", id=one.posting.id
    )
    needs = await rows_of(
        one.ctx,
        "select id, kind, worker_id, employer_id from needs where worker_id = :id or employer_id = :employer",
        employer=one.posting.employer_id, **of_worker,
    )  # fmt: skip
    assert (len(cases), len(reviews), len(needs)) == (noun == "case", noun == "review", noun == "need")
    if noun == "case":
        ((case, *what),) = cases
        source = f"followup:{one.tasks[side]}"
        assert (case, what) == (found[3], [code, "engagement", one.seat.id, one.posting.employer_id, source])
        await _check_extract(one, case)
    elif noun == "review":
        assert reviews == [(found[3], "posting")]
    elif noun == "need":
        whose = (None, one.posting.employer_id) if code == "need_people" else (one.worker.id, None)
        assert needs == [(found[3], code, *whose)]
    other = {"worker": "employer", "employer": "worker"}[side]
    assert await rows_of(one.ctx, UNTOUCHED, id=one.tasks[other]) == [], "the other side's question tells of the answer"


async def _check_extract(one: Asked, case: UUID) -> None:
    """The worker takes along what the ledger says of the seat that the case is about."""
    shown = await one.client.get(f"/v1/cases/{case}/extract", headers=one.headers["worker"])
    assert shown.status_code == 200, shown.text
    assert len(shown.json()["seats"]) == 1
    assert str(one.seat.id) in shown.text


async def test_every_row_of_the_table_can_be_said(ctx: Context, client: Client) -> None:
    """No answer of the table stands in a question that nobody is asked."""
    await set_time(ctx, NOON)
    said: set[tuple[str, str]] = set()
    for form in FORMS:
        scene = await an_asked(ctx, client, form)
        for side in sides_of(form):
            said |= {(question, answer) for question, codes in (await scene.offered(side)).items() for answer in codes}
    assert TABLE.keys() - said == set()


@pytest.mark.parametrize(
    ("form", "worker", "employer"),
    [
        ("M1", {"reached": "yes"}, {"reached": "no"}),
        ("M2", {"went": "yes"}, {"came": "no"}),
        ("M5", {"paid": "none"}, {"paid": "all"}),
        ("M6_short", {"paid": "all"}, {"paid": "part"}),
        ("M6_short", {"as_agreed": "yes"}, {"as_agreed": "no"}),
        ("S1", {"used_as_agreed": "no"}, {"used_as_agreed": "yes"}),
        ("S2", {"used_as_agreed": "yes"}, {"used_as_agreed": "no"}),
        ("S3", {"back_at_post": "no"}, {"back_at_post": "yes"}),
    ],
)
async def test_sides_that_differ_are_one_issue_more(
    ctx: Context, client: Client, form: str, worker: dict[str, str], employer: dict[str, str]
) -> None:
    """Both answer in the same moment, each twice: what each opens by the table, and once that they differ."""
    await set_time(ctx, NOON)
    scene = await an_asked(ctx, client, form)
    both = await asyncio.gather(scene.say("worker", worker, times=2), scene.say("employer", employer, times=2))
    assert both == [[200, 409], [200, 409]]
    opened = sorted(each[0] for each in [*await scene.opened("worker"), *await scene.opened("employer")])
    by_table = [TABLE[each][0] for each in [*worker.items(), *employer.items()] if each in TABLE]
    assert opened == sorted(["answers_differ", *by_table])
    assert await invariants(ctx) == []


async def test_both_sides_saying_the_same_bad_thing_is_one_case(ctx: Context, client: Client) -> None:
    """Unpaid, said by both at once: an issue of each, one case of the person with one note more, and no difference."""
    await set_time(ctx, NOON)
    scene = await an_asked(ctx, client, "M6_short")
    bad = {"paid": "none", "as_agreed": "no"}
    both = await asyncio.gather(scene.say("worker", bad, times=2), scene.say("employer", bad, times=2))
    assert both == [[200, 409], [200, 409]]
    linked = [await scene.opened(side) for side in ("worker", "employer")]
    assert [sorted(each[0] for each in side) for side in linked] == [["posting_check", "wage_arrears"]] * 2
    assert len({(each[0], each[3]) for side in linked for each in side}) == 2
    assert await rows_of(ctx, "select kind from cases where complainant_id = :id", id=scene.worker.id) == [
        ("wage_arrears",)
    ]
    assert await invariants(ctx) == []
