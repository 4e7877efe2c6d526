"""Agreements on a real database: every kind drawn through its port and printed, races, what the database guarantees."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID

import pypdf
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.actor import SYSTEM
from service.agreements.data import all_templates, template_of
from service.agreements.lifecycle import KINDS
from service.agreements.printing import pdf_of
from service.agreements.rules import Difference, Party
from service.agreements.rules.filling import blanks_of
from service.agreements.tables import AgreementRow
from service.agreements.usecases import drawing, looking, signing
from service.attendance import usecases as attendance
from service.attendance.usecases.arrival import Proof
from service.context import Context
from service.db.violations import TryAgain, constraint_of
from service.engagements.usecases.cancel import cancel_engagement
from service.errors import Conflict, DomainError, Refused, TooMany, Unauthenticated
from service.ids import new_id
from service.invariants import breaches
from service.people.lifecycle import PERSON
from tests.builders.agreements import DRAWN, GIVEN, NOW, PIXEL, a_triage, added, an_agreement
from tests.builders.attendance import START, Scene, a_scene, at, member_caller, officer_caller, rows, worker_caller
from tests.builders.city import a_member, a_worker, an_employer, an_officer, fresh, now_of

PAPER: dict[str, Any] = {"summary_read": True, "differs_accepted": [], "picture": PIXEL, "on_behalf": None}


async def drawn_by_port(ctx: Context, kind: str, **more: Any) -> tuple[AgreementRow, dict[str, Any]]:
    """An agreement as another feature draws it: of a deal, between whom the kind is."""
    scene = await a_scene(ctx)
    other = await an_employer(ctx)
    owner = await a_member(ctx, other)
    employers = {"employer": scene.employer.id, "lender": scene.employer.id, "borrower": other.id}
    parties = [
        Party(role, person_id=scene.worker.id) if role == "worker" else Party(role, employer_id=employers[role])
        for role in template_of(kind, NOW.date()).roles
    ]
    facts = DRAWN | more.pop("facts", {})
    subject = more.pop("subject", ("rehearsal", new_id()))
    now = await now_of(ctx)
    async with ctx.uow() as uow:
        draw = ctx.wiring.ports["agreements.draw"]
        row = await draw(uow, kind, subject, parties, facts, by=SYSTEM, at=now, **more)
    people = {"scene": scene, "owner": owner, "parties": parties, "facts": facts, "subject": subject}
    return row, people


def caller_of(people: dict[str, Any], role: str) -> Any:
    scene: Scene = people["scene"]
    if role == "worker":
        return scene.as_worker
    return member_caller(people["owner"]) if role == "borrower" else scene.as_member


async def on_paper(ctx: Context, row: AgreementRow, by: Any, **more: Any) -> Any:
    by = await fresh(ctx, by) if by.role == "member" else by
    return await signing.sign_on_paper(ctx, row.id, hash=row.hash, by=by, **(PAPER | more))


def another_picture() -> str:
    """As far as anybody looks, a picture of another paper."""
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + new_id().bytes).decode()


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_drawn_holds_every_term_in_text_summary_and_paper(ctx: Context, kind: str) -> None:
    """Every mandatory term with its facts, hash, edition and parties stand on the pages; the hash is of the text."""
    row, people = await drawn_by_port(ctx, kind)
    template = template_of(kind, NOW.date())
    by = caller_of(people, template.roles[-1])
    view = await looking.get_paper(ctx, row.id, reason=None, by=by)
    assert [term.code for term in view.terms] == [term.code for term in template.terms]
    assert view.text is not None
    assert hashlib.sha256(view.text.encode()).hexdigest() == row.hash
    pages = [page.extract_text().replace("\n", "") for page in pypdf.PdfReader(BytesIO(pdf_of(view))).pages]
    assert all(row.hash in page for page in pages)
    assert all("第1版" in page for page in pages)
    printed = "".join(pages)
    for term in view.terms:
        assert term.zh in printed
    for name in template.facts:
        assert GIVEN[name][:8] in printed, name
    summary = await looking.get_summary(ctx, row.id, reason=None, by=by)
    assert len(summary.lines) == len(template.summary)
    assert all(line[:12] in printed for line in summary.lines)


@pytest.mark.parametrize("row", all_templates(), ids=lambda row: row.code)
async def test_a_missing_term_leaves_nothing_behind(ctx: Context, row: Any) -> None:
    """Each fact emptied in turn: refused with the code of its term, no row drawn."""
    scene = await a_scene(ctx)
    other = await an_employer(ctx)
    employers = {"employer": scene.employer.id, "lender": scene.employer.id, "borrower": other.id}
    parties = [
        Party(role, person_id=scene.worker.id) if role == "worker" else Party(role, employer_id=employers[role])
        for role in row.roles
    ]
    now = await now_of(ctx)
    optional = {name for term in row.terms if not term.mandatory for name in blanks_of(term.text)}
    mandatory = {name for term in row.terms if term.mandatory for name in blanks_of(term.text)}
    for name in [each for each in row.facts if each not in optional - mandatory]:
        with pytest.raises(Refused) as refused:
            async with ctx.uow() as uow:
                await ctx.wiring.ports["agreements.draw"](
                    uow, row.code, ("rehearsal", new_id()), parties, DRAWN | {name: None}, by=SYSTEM, at=now
                )
        assert set(refused.value.facts["terms"]) == {
            term.code for term in row.terms if term.mandatory and f"{{{name}}}" in term.text
        }  # fmt: skip
    assert await rows(ctx, "select id from agreements") == []


async def test_three_parties_sign_and_the_last_one_completes(ctx: Context) -> None:
    """Lender, borrower and worker; what was different was accepted by the worker; the port tells how far it is."""
    row, people = await drawn_by_port(ctx, "lending_consent", differs=[Difference("pay", "a", "b")])
    for role in ("lender", "borrower"):
        view = await on_paper(ctx, row, caller_of(people, role), differs_accepted=["pay"])
        assert view.state == "drawn"
    worker = caller_of(people, "worker")
    with pytest.raises(Conflict) as second:
        await on_paper(ctx, row, caller_of(people, "lender"), differs_accepted=["pay"])
    assert second.value.code == "agreement_signed_already"
    async with ctx.uow() as uow:
        live = await ctx.wiring.ports["agreements.signed"](uow, people["subject"])
        assert [each.state for each in live] == ["drawn"]
    with pytest.raises(Refused) as unread:
        await on_paper(ctx, row, worker)
    assert unread.value.code == "agreement_differs_unread"
    assert (await on_paper(ctx, row, worker, differs_accepted=["pay"])).state == "signed"
    moves = await rows(ctx, "select action from transitions where entity_id = :id order by version", id=row.id)
    assert [each["action"] for each in moves] == ["draw", "sign", "sign", "sign", "complete"]
    async with ctx.uow() as uow:
        now = await uow.now()
        await ctx.wiring.ports["agreements.void"](uow, people["subject"], by=SYSTEM, at=now, reason="deal_cancelled")
    gone = await rows(ctx, "select state, close_reason from agreements")
    assert gone == [{"state": "void", "close_reason": "deal_cancelled"}]


async def test_codes_to_sign_with_keep_to_the_limits_of_every_code(ctx: Context) -> None:
    """A second one at once is too often; after five wrong tries the right one is no good."""
    row, people = await drawn_by_port(ctx, "lending_consent")
    strict = replace(ctx, settings=ctx.settings.model_copy(update={"codes_lifted": False}))
    by = caller_of(people, "worker")
    sent = await signing.request_code(strict, [row.id], address="192.0.2.1", by=by)
    with pytest.raises(TooMany) as soon:
        await signing.request_code(strict, [row.id], address="192.0.2.1", by=by)
    assert soon.value.code == "code_too_often"
    secret = (await rows(ctx, "select secret from due_work where kind = 'message.code'"))[0]["secret"]
    right = json.loads(ctx.vault.open("outbox", bytes(secret)))["code"]
    wrong = "".join(str(9 - int(digit)) for digit in right)
    said = {"summary_read": True, "challenge_id": sent.challenge_id}
    paper = signing.Paper(row.id, row.hash, [])
    for code in (wrong, wrong, wrong, wrong, wrong, right):
        with pytest.raises(Unauthenticated):
            await signing.sign(strict, paper, code=code, address="192.0.2.1", by=by, **said)
    assert await rows(ctx, "select id from signatures where signed_at is not null") == []


async def test_the_two_firms_are_two(ctx: Context) -> None:
    """Lender and borrower with one id are refused; parties of another kind are a mistake of the caller."""
    scene = await a_scene(ctx)
    same = [Party(role, employer_id=scene.employer.id) for role in ("lender", "borrower")]
    now = await now_of(ctx)
    with pytest.raises(Refused) as refused:
        async with ctx.uow() as uow:
            draw = ctx.wiring.ports["agreements.draw"]
            await draw(uow, "cooperation", ("rehearsal", new_id()), same, GIVEN, by=SYSTEM, at=now)
    assert refused.value.code == "agreement_same_party"
    with pytest.raises(ValueError, match="lender"):
        async with ctx.uow() as uow:
            await draw(uow, "cooperation", ("rehearsal", new_id()), same[:1], GIVEN, by=SYSTEM, at=now)


# -- races -----------------------------------------------------------------------------------------------------


async def until_done(work: Callable[[], Awaitable[Any]]) -> Any:
    """As a client does: a deadlock is tried again, a refusal is an answer."""
    for _ in range(8):
        try:
            return await work()
        except TryAgain:
            await asyncio.sleep(0.02)
        except DomainError as error:
            return error.code
    raise AssertionError("never came through")


async def race(*works: Callable[[], Awaitable[Any]]) -> list[Any]:
    return list(await asyncio.gather(*(until_done(work) for work in works)))


async def test_signing_twice_at_once_signs_once_and_completes_once(ctx: Context) -> None:
    """Both sides, each three times at once: two signatures, one completion, everybody told once."""
    row, people = await drawn_by_port(ctx, "cooperation")
    works = [partial(on_paper, ctx, row, caller_of(people, role)) for role in ("lender", "borrower") for _ in range(3)]
    told = await race(*works)
    assert sorted(each for each in told if isinstance(each, str)) in (
        ["agreement_signed_already"] * n + ["wrong_state"] * (4 - n) for n in range(5)
    )
    moves = await rows(ctx, "select action from transitions where entity_id = :id order by version", id=row.id)
    assert [each["action"] for each in moves] == ["draw", "sign", "sign", "complete"]
    assert len(await rows(ctx, "select id from messages where template = 'agreement.signed.cooperation'")) == 2
    assert await breaches(ctx) == []


async def test_signing_beside_a_new_version_never_signs_the_old_one_after_it(ctx: Context) -> None:
    """Whoever is first: the old one is superseded, the new one has no signature."""
    for _ in range(3):
        scene = await a_scene(ctx)
        await a_triage(ctx, scene.posting)
        draw = partial(
            drawing.draw_for_engagement, ctx, scene.engagement.id, facts=added("written_agreement"), by=scene.as_member
        )
        old = (await draw()).agreement
        sign = partial(
            signing.sign_on_paper, ctx, old.id, hash=old.hash, by=await fresh(ctx, scene.as_member),
            **(PAPER | {"picture": another_picture()}),
        )  # fmt: skip
        told = await race(sign, draw)
        assert told[0] == "wrong_state" or told[0].state == "drawn"
        states = await rows(
            ctx, "select state, edition from agreements where subject_id = :id order by edition", id=scene.engagement.id
        )
        assert [each["state"] for each in states] == ["superseded", "drawn"]
        new = await rows(
            ctx,
            "select s.signed_at from signatures s join agreements a on a.id = s.agreement_id"
            " where a.subject_id = :id and a.state = 'drawn'",
            id=scene.engagement.id,
        )
        assert [each["signed_at"] for each in new] == [None, None]
    assert await breaches(ctx) == []


async def test_drawing_many_at_once_leaves_one_live_version(ctx: Context) -> None:
    """Through the port, without anybody's lock on the subject: one live one, editions without a gap or a double."""
    subject = ("rehearsal", new_id())
    scene = await a_scene(ctx)
    other = await an_employer(ctx)
    parties = [Party("lender", employer_id=scene.employer.id), Party("borrower", employer_id=other.id)]
    now = await now_of(ctx)

    async def draw() -> UUID:
        async with ctx.uow() as uow:
            row = await ctx.wiring.ports["agreements.draw"](
                uow, "cooperation", subject, parties, GIVEN, by=SYSTEM, at=now
            )
            return UUID(str(row.id))

    told = await race(*[draw] * 5)
    made = [each for each in told if not isinstance(each, str)]
    assert {each for each in told if isinstance(each, str)} <= {"agreement_drawn_meanwhile", "changed_meanwhile"}
    found = await rows(ctx, "select edition, state from agreements order by edition")
    assert [each["edition"] for each in found] == list(range(1, len(made) + 1))
    assert [each["state"] for each in found] == ["superseded"] * (len(made) - 1) + ["drawn"]


# -- what the database guarantees --------------------------------------------------------------------------------


async def refused_by(ctx: Context, sql: str, **values: Any) -> str:
    """The name of the constraint that stands against a statement of whoever has the connection."""
    with pytest.raises(DBAPIError) as refused:
        async with ctx.database.sessions() as session, session.begin():
            await session.execute(text(sql), values)
    return constraint_of(refused.value)


async def test_what_was_drawn_or_signed_never_changes(ctx: Context) -> None:
    """Not the hash, the words, the differences or the parties; a signature neither; words may only be forgotten."""
    scene = await a_scene(ctx)
    row = await an_agreement(ctx, scene.engagement, signed=True)
    for change in (
        "hash = repeat('0', 64)", "document_sealed = 'x'", "differs = '[\"pay\"]'", "edition = 2", "kind = 'part_time'",
        "subject_id = gen_random_uuid()", "template_version = 2", "terms_version = 9",
    ):  # fmt: skip
        assert await refused_by(ctx, f"update agreements set {change} where id = :id", id=row.id) == "agreements_fixed"
    for change in (
        "hash = repeat('0', 64)", "signed_at = now()", "how = 'paper', picture_hash = 'x'", "role = 'lender'",
        "signer_id = null, how = null, hash = null, signed_at = null",
    ):  # fmt: skip
        sql = f"update signatures set {change} where agreement_id = :id and role = 'worker'"
        assert await refused_by(ctx, sql, id=row.id) == "signatures_fixed"


async def test_nothing_is_signed_that_somebody_has_not_signed(ctx: Context) -> None:
    """The state alone cannot be set while a party's place is empty."""
    scene = await a_scene(ctx)
    row = await an_agreement(ctx, scene.engagement)
    sql = "update agreements set state = 'signed', signed_at = now() where id = :id"
    assert await refused_by(ctx, sql, id=row.id) == "agreements_signed_by_all"


async def test_the_database_lets_no_work_begin_without_its_agreement(ctx: Context) -> None:
    """Past every rule of the service; a repair of what was worked is let through, and so is work with a signed one."""
    scene = await a_scene(ctx)
    await a_triage(ctx, scene.posting)
    begin = "update engagements set state = 'on_duty', started_at = now() where id = :id"
    assert await refused_by(ctx, begin, id=scene.engagement.id) == "agreement_before_work"
    await an_agreement(ctx, scene.engagement, kind="written_agreement", signed=True)
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text(begin), {"id": scene.engagement.id})


async def test_hours_worked_without_an_agreement_are_recorded(ctx: Context) -> None:
    """Who was marked absent and did work is repaired: the missing paper is not the worker's loss."""
    scene = await a_scene(ctx)
    await a_triage(ctx, scene.posting)
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(
            text("update engagements set state = 'no_show' where id = :id"), {"id": scene.engagement.id}
        )
        await session.execute(
            text("update engagements set state = 'on_duty', started_at = now() where id = :id"),
            {"id": scene.engagement.id},
        )
    (seat,) = await rows(ctx, "select state from engagements")
    assert seat["state"] == "on_duty"


async def test_a_signed_agreement_serves_the_later_shifts_of_the_same_terms(ctx: Context) -> None:
    """Another seat of the posting begins by it; under other terms it does not."""
    scene = await a_scene(ctx)
    await a_triage(ctx, scene.posting)
    await an_agreement(ctx, scene.engagement, kind="written_agreement", signed=True)
    check = ctx.wiring.ports["agreements.check_start"]
    async with ctx.uow() as uow:
        seat = await uow.engagements.get(scene.engagement.id)
        await check(uow, seat)
    async with ctx.uow() as uow:
        seat = await uow.engagements.get(scene.engagement.id)
        uow.session.expunge(seat)
        seat.terms_version = 2
        with pytest.raises(Conflict) as refused:
            await check(uow, seat)
        assert refused.value.code == "agreement_unsigned"


async def test_a_seat_given_up_drops_what_nobody_has_signed_yet(ctx: Context) -> None:
    """What is drawn becomes void with the seat; what both have signed stays."""
    for signed in (False, True):
        scene = await a_scene(ctx)
        row = await an_agreement(ctx, scene.engagement, signed=signed)
        await cancel_engagement(ctx, scene.engagement.id, reason="other", on_behalf=None, by=scene.as_worker)
        async with ctx.uow() as uow:
            now = await uow.agreements.get(row.id)
            assert (now.state, now.close_reason) == (
                ("signed", None) if signed else ("void", "engagement_cancel")
            )  # fmt: skip


async def test_who_is_erased_leaves_a_hash_and_no_word(ctx: Context) -> None:
    """Document and picture are gone; the hash is still known; a summary says that it was forgotten."""
    row, people = await drawn_by_port(ctx, "lending_consent")
    scene: Scene = people["scene"]
    await on_paper(ctx, row, scene.as_member)
    async with ctx.uow() as uow:
        await ctx.wiring.ports["agreements.forget"](uow, scene.worker.id)
    kept = await rows(ctx, "select hash, document_sealed from agreements")
    assert kept == [{"hash": row.hash, "document_sealed": None}]
    assert (await looking.verify(ctx, hash=row.hash, text=None)).known
    view = await looking.get_agreement(ctx, row.id, reason=None, by=scene.as_worker)
    assert (view.terms, view.text) == ([], None)
    with pytest.raises(DomainError) as gone:
        await looking.get_summary(ctx, row.id, reason=None, by=scene.as_worker)
    assert gone.value.code == "agreement_forgotten"


async def test_agreements_go_over_to_the_kept_record(ctx: Context) -> None:
    """Of one person with two records: the kept one reads, signs and begins work by what the other one had drawn; of two
    on one thing the kept record's goes on."""
    row, people = await drawn_by_port(ctx, "lending_consent")
    gone, kept = people["scene"].worker.id, (await a_worker(ctx)).id
    twin_parties = [Party("worker", person_id=kept) if each.role == "worker" else each for each in people["parties"]]
    now = await now_of(ctx)
    async with ctx.uow() as uow:
        draw = ctx.wiring.ports["agreements.draw"]
        args = ("lending_consent", people["subject"], twin_parties, GIVEN)
        twin = await draw(uow, *args, by=SYSTEM, at=now)
        alone = await draw(uow, "lending_consent", ("rehearsal", new_id()), people["parties"], GIVEN, by=SYSTEM, at=now)
    async with ctx.uow() as uow:
        await uow.locks.workers([gone, kept])
        person = await uow.people.lock(gone, kept)
        await uow.move(person, PERSON, "merge", by=SYSTEM, at=await uow.now(), merged_into=kept)
    found = {each["id"]: each for each in await rows(ctx, "select id, state, worker_id from agreements")}
    assert {each["worker_id"] for each in found.values()} == {kept}
    assert (found[row.id]["state"], found[twin.id]["state"], found[alone.id]["state"]) == ("void", "drawn", "drawn")
    view = await looking.get_agreement(ctx, alone.id, reason=None, by=worker_caller(kept))
    assert view.text is not None
    assert hashlib.sha256(view.text.encode()).hexdigest() == alone.hash
    assert next(each for each in view.agreement.signatures if each.role == "worker").mine
    assert await breaches(ctx) == []


async def test_an_employer_starts_the_worker_only_when_both_have_signed(ctx: Context) -> None:
    """Through the use case of the check-in: refused, signed, begun."""
    scene = await a_scene(ctx)
    await a_triage(ctx, scene.posting)
    row = await an_agreement(ctx, scene.engagement, kind="written_agreement")
    await at(ctx, START)
    proof = Proof("employer")
    with pytest.raises(Conflict) as refused:
        await attendance.check_in(ctx, scene.engagement.id, proof=proof, by=scene.as_member)
    assert refused.value.code == "agreement_unsigned"
    await on_paper(ctx, row, scene.as_member)
    officer = officer_caller((await an_officer(ctx)).id)
    await on_paper(ctx, row, officer, on_behalf="at_counter")
    begun = await attendance.check_in(ctx, scene.engagement.id, proof=proof, by=scene.as_member)
    assert begun.state == "on_duty"
