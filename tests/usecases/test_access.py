"""Access and people below HTTP: what is counted, kept, purged, and what never stands anywhere in plain."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from sqlalchemy import func, select

from service.access.purging import purge_access
from service.access.tables import ChallengeRow, SessionRow, TokenRow
from service.access.usecases import codes, sessions
from service.access.views import Tokens
from service.actor import SYSTEM
from service.clock import advance_clock
from service.context import Context
from service.db.tables import CounterRow, TransitionRow
from service.errors import Conflict, Missing, Unauthenticated
from service.people.rules import read_identity
from service.people.tables import PersonRow
from service.vault import SealBroken
from tests.builders.city import an_officer, as_staff
from tests.builders.people import (
    PASSWORD,
    TODAY,
    a_challenge,
    a_kiosk,
    a_known_person,
    a_phone,
    a_staff,
    an_id_number,
    bearer,
    sign_in,
    sign_in_staff,
)


async def count(ctx: Context, table: Any) -> int:
    async with ctx.uow() as uow:
        return int((await uow.session.execute(select(func.count()).select_from(table))).scalar_one())


async def test_one_identity_number_makes_one_person_however_many_register_at_once(ctx: Context) -> None:
    number = an_id_number()
    made = await asyncio.gather(*(a_known_person(ctx, id_number=number) for _ in range(6)), return_exceptions=True)
    refused = [one for one in made if isinstance(one, Conflict)]
    assert len(refused) == 5
    assert {one.code for one in refused} == {"person_exists"}
    assert await count(ctx, PersonRow) == 1


async def test_a_known_identity_number_is_refused_in_any_way_of_writing_it(ctx: Context) -> None:
    number = "33020019900101004X"
    await a_known_person(ctx, id_number=number)
    for written in ("33020019900101004x", "３３０２００１９９００１０１００４Ｘ", "330200 19900101 004X"):
        async with ctx.uow() as uow:
            with pytest.raises(Conflict) as refused:
                await uow.people.require_new(read_identity(written, TODAY))
            assert refused.value.code == "person_exists"
            assert refused.value.facts == {}


async def test_a_sealed_value_opens_for_its_own_person_and_column_only(ctx: Context) -> None:
    one = await a_known_person(ctx, phone=a_phone())
    two = await a_known_person(ctx)
    vault = ctx.vault
    assert one.phone_sealed is not None
    with pytest.raises(SealBroken):
        vault.open_for(two.data_key, two.id.bytes, "phone", one.phone_sealed)
    with pytest.raises(SealBroken):
        vault.open_for(one.data_key, one.id.bytes, "name", one.phone_sealed)


async def test_every_version_of_a_person_has_its_line_in_the_log(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    person = await a_known_person(ctx, phone=phone)
    await sign_in(client, phone)
    officer = await as_staff(ctx, await an_officer(ctx))
    body = {"phone": a_phone(), "basis": "seen_id_card"}
    await client.post(f"/v1/people/{person.id}/phone", json=body, headers=officer)
    async with ctx.uow() as uow:
        version = (await uow.people.get(person.id)).version
        lines = await uow.session.scalars(select(TransitionRow).where(TransitionRow.entity_id == person.id))
        actions = [line.action for line in sorted(lines, key=lambda line: line.version) if line.noun == "person"]
    assert actions == ["create", "confirm_phone", "set_phone"]
    assert version == 3


async def test_a_code_is_kept_as_a_mac_that_belongs_to_its_challenge(ctx: Context) -> None:
    sent = [await codes.request_code(ctx, phone=a_phone(), purpose="sign_in", address="1") for _ in range(2)]
    async with ctx.uow() as uow:
        rows = [await uow.session.get(ChallengeRow, one.challenge_id) for one in sent]
    assert rows[0] is not None
    assert rows[1] is not None
    assert rows[0].code_mac != rows[1].code_mac
    with pytest.raises(SealBroken):
        ctx.vault.open("outbox", rows[0].phone_sealed or b"")


async def test_a_right_code_with_many_takers_opens_one_session(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    body = await a_challenge(client, phone) | {"as": "worker"}
    answers = await asyncio.gather(*(client.post("/v1/sessions", json=body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 5
    assert await count(ctx, SessionRow) == 1


async def test_a_hundred_fails_from_one_address_stop_it_for_the_hour(ctx: Context) -> None:
    from uuid import uuid4

    from service.errors import TooMany

    async def guess() -> str:
        async with ctx.uow() as uow:
            place = ctx.vault.index("address", "203.0.113.9")
            try:
                await uow.access.take_code(uuid4(), "123456", purposes=("sign_in",), place=place)
            except (Unauthenticated, TooMany) as refused:
                return refused.code
        return "in"

    outcomes = [await guess() for _ in range(101)]
    assert outcomes == ["code_wrong"] * 100 + ["code_paused"]


async def test_two_kiosk_sessions_started_at_once_leave_one(client: httpx2.AsyncClient, ctx: Context) -> None:
    device_id, credential, kiosk = await a_kiosk(ctx)
    phones = [a_phone() for _ in range(4)]
    for phone in phones:
        await a_known_person(ctx, phone=phone)
    bodies = [await a_challenge(client, phone, headers=kiosk) for phone in phones]
    answers = await asyncio.gather(*(client.post("/v1/kiosk/sessions", json=body, headers=kiosk) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    working = 0
    for answer in answers:
        headers = bearer(answer.json()["tokens"]["access_token"]) | {"x-device-credential": credential}
        working += (await client.get("/v1/me", headers=headers)).status_code == 200
    assert working == 1
    assert device_id


async def test_a_ticket_of_a_kiosk_registers_at_that_kiosk_only(client: httpx2.AsyncClient, ctx: Context) -> None:
    device_id, _, kiosk = await a_kiosk(ctx)
    body = await a_challenge(client, a_phone(), headers=kiosk)
    ticket = (await client.post("/v1/kiosk/sessions", json=body, headers=kiosk)).json()["ticket"]
    for wrong in (None, (await a_kiosk(ctx))[0]):
        async with ctx.uow() as uow:
            with pytest.raises(Unauthenticated):
                await uow.access.redeem_ticket(ticket, device_id=wrong)
    async with ctx.uow() as uow:
        assert (await uow.access.redeem_ticket(ticket, device_id=device_id)).device_id == device_id


async def test_tickets_expire(client: httpx2.AsyncClient, ctx: Context) -> None:
    made = await sign_in(client, a_phone())
    async with ctx.database.sessions() as session, session.begin():
        await advance_clock(session, timedelta(minutes=31))
    async with ctx.uow() as uow:
        with pytest.raises(Unauthenticated):
            await uow.access.redeem_ticket(made["ticket"])


async def test_a_reused_refresh_token_closes_the_session_even_under_a_key(ctx: Context) -> None:
    person = await a_known_person(ctx)
    async with ctx.uow() as uow:
        tokens = await uow.access.open_session(role="worker", person_id=person.id)
    assert tokens.refresh_token is not None
    await sessions.refresh_session(ctx, refresh_token=tokens.refresh_token)
    with pytest.raises(Unauthenticated):
        await sessions.refresh_session(ctx, refresh_token=tokens.refresh_token)
    async with ctx.uow() as uow:
        row = await uow.session.get(SessionRow, tokens.session_id)
    assert row is not None
    assert row.close_reason == "refresh_reused"


async def test_machines_have_no_session_to_speak_of(ctx: Context) -> None:
    from service.http.caller import Caller

    async with ctx.uow() as uow:
        with pytest.raises(Missing):
            await uow.access.current(Caller("kiosk", (await a_kiosk(ctx))[0]))


async def test_what_has_served_is_purged_and_what_serves_stays(client: httpx2.AsyncClient, ctx: Context) -> None:
    strict = replace(ctx, settings=ctx.settings.model_copy(update={"codes_lifted": False}))
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    first = (await sign_in(client, phone))["tokens"]
    refresh = {"refresh_token": first["refresh_token"]}
    second = (await client.post("/v1/sessions/refresh", json=refresh)).json()
    await codes.request_code(strict, phone=a_phone(), purpose="sign_in", address="1")
    await purge_access(ctx)
    assert (await count(ctx, TokenRow), await count(ctx, ChallengeRow), await count(ctx, CounterRow)) == (4, 2, 3)
    async with ctx.database.sessions() as session, session.begin():
        await advance_clock(session, timedelta(days=2))
    await purge_access(ctx)
    assert (await count(ctx, TokenRow), await count(ctx, ChallengeRow), await count(ctx, CounterRow)) == (2, 0, 0)
    spent = await client.post("/v1/sessions/refresh", json=refresh)
    assert spent.status_code == 401
    dead = await client.post("/v1/sessions/refresh", json={"refresh_token": second["refresh_token"]})
    assert dead.status_code == 401


def test_secrets_do_not_show_in_a_traceback() -> None:
    tokens = Tokens(None, "worker", None, None, "lga_secret", 1, "lgr_secret", None)  # type: ignore[arg-type]
    assert "secret" not in repr(tokens)


class Lines:
    """A logger that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __getattr__(self, _: str) -> Any:
        return lambda *words, **facts: self.said.append(f"{words}{facts}")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    """Every line that access, people and the shell log."""
    from service.access.usecases import kiosk, staff, staff_sessions
    from service.http import shell
    from service.people.usecases import counter, merging, own

    kept = Lines()
    for module in (codes, sessions, staff, staff_sessions, kiosk, own, counter, merging, shell):
        monkeypatch.setattr(module, "log", kept)
    monkeypatch.setattr(shell, "ACCESS", kept)
    return kept


async def test_no_number_code_or_token_stands_in_plain_in_any_table_or_log(
    client: httpx2.AsyncClient, ctx: Context, urls: tuple[str, str], lines: Lines
) -> None:
    """Canaries go through every door of the feature; then each row of each table is read as text."""
    number, phone, new = an_id_number(), a_phone(), a_phone()
    person = await a_known_person(ctx, name="欧阳金丝雀", phone=phone, id_number=number)
    officer = await a_staff(ctx)
    signed = (await sign_in(client, phone))["tokens"]
    staff = await sign_in_staff(client, officer)
    headers, worker = bearer(staff["access_token"]), bearer(signed["access_token"])
    _, credential, kiosk = await a_kiosk(ctx)
    at_kiosk = await a_challenge(client, phone, headers=kiosk)
    started = await client.post("/v1/kiosk/sessions", json=at_kiosk, headers=kiosk)
    change = await a_challenge(client, new, purpose="change_phone")
    assert (await client.post("/v1/me/phone", json=change, headers=worker)).status_code == 200
    renamed = {"name": "欧阳黄雀"}
    mended = await client.patch("/v1/me/person", json=renamed, headers=worker | {"if-match": '"3"'})
    assert mended.status_code == 200
    find = {"id_number": number}
    once = {"idempotency-key": "canary-key-1"}
    assert (await client.post("/v1/people/find", json=find, headers=headers)).json()["items"]
    unmask = {"fields": ["name", "phone", "id_number"], "purpose": "identity_check"}
    opened = await client.post(f"/v1/people/{person.id}/unmask", json=unmask, headers=headers | once)
    assert opened.json()["values"]["phone"] == new
    lost = {"phone": phone, "basis": "seen_id_card"}
    url = f"/v1/people/{person.id}/phone"
    assert (await client.post(url, json=lost, headers=headers | once)).status_code == 200
    canaries = {
        number,
        number[:14],
        phone[3:],
        new[3:],
        officer.phone[3:],
        "欧阳",
        PASSWORD,
        at_kiosk["code"] + '"',
        credential,
        signed["access_token"],
        signed["refresh_token"],
        staff["access_token"],
        started.json()["tokens"]["access_token"],
    }
    connection = await asyncpg.connect(urls[1])
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    kept = ""
    for table in tables:
        rows = await connection.fetch(f'select t::text as line from "{table["tablename"]}" t')
        kept += "\n".join(row["line"] for row in rows)
    await connection.close()
    said = "\n".join(lines.said)
    assert said.count("request") > 10
    for canary in canaries:
        assert canary not in kept
        assert canary.encode().hex() not in kept
        assert canary not in said
    assert SYSTEM.kind in kept
