"""The sealed log: what a database's owner edits, removes, puts in, moves or cuts off is found from an export alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.actor import SYSTEM
from service.audit.exporting import export_log
from service.audit.loops import post_newest
from service.changes import mac_of
from service.context import Context
from service.jobs import sealer
from service.jobs.anchors import anchors_of
from service.jobs.sealer import is_ours, seal
from service.testing.seed import seed_city
from service.venues.lifecycle import VENUE
from service.venues.tables import VenueRow
from service.verifying.__main__ import main as run_verifier
from service.verifying.logs import hash_of, verify_log
from tests.builders.attendance import rows
from tests.builders.city import a_posting, a_shift, a_venue, an_employer

OLD = "update seals set sealed_at = sealed_at - interval '2 minutes'"


@pytest.fixture
async def owner(server: tuple[str, str, str], worker_id: str, clean: None) -> Any:
    """The database's owner at his desk, with no key of the service."""
    superuser = server[0].replace("%7Bname%7D", "{name}").replace("{name}", f"test_{worker_id}")
    connection = await asyncpg.connect(superuser)
    await connection.execute("set session_replication_role = replica")
    await connection.execute("truncate seals; delete from transitions where mac = ''")
    await connection.execute("update sealer set horizon = '0'")
    yield connection
    await connection.close()


@pytest.fixture
async def ours(ctx: Context, owner: Any, tmp_path: Path) -> Context:
    """A data folder of its own, and a log: places renamed and closed, all sealed and settled."""
    made = replace(ctx, settings=ctx.settings.model_copy(update={"data_dir": tmp_path / "data"}))
    for name in ("一号", "二号", "三号"):
        venue = await a_venue(made)
        async with made.uow() as uow:
            row = await uow.session.get_one(VenueRow, venue.id)
            await uow.edit(row, by=SYSTEM, at=await uow.now(), name=name)
            await uow.move(row, VENUE, "close", by=SYSTEM, at=await uow.now())
    await _seal_all(made)
    await owner.execute(OLD)
    return made


UNSEALED = "select count(*) from transitions where id not in (select transition_id from seals)"


async def _seal_all(ctx: Context) -> None:
    """Until every line is sealed: a vacuum or a straggler may hold the horizon back for a while."""
    async with asyncio.timeout(60):
        while await seal(ctx) or (await rows(ctx, UNSEALED))[0]["count"]:
            await asyncio.sleep(0.02)


def keys_of(ctx: Context) -> dict[str, Any]:
    return {"keys": [key.told() for key in ctx.signer.public_keys()]}


async def found(ctx: Context, folder: Path) -> dict[str, str]:
    """What the verifier says: code to the first place."""
    await export_log(ctx, folder)
    said: dict[str, str] = {}
    for finding in verify_log(folder, anchors_of(ctx), keys_of(ctx)):
        said.setdefault(finding.code, finding.place)
    return said


async def test_an_untouched_log_is_right(ours: Context, tmp_path: Path) -> None:
    """Also by the command that needs nothing but files; lines written in bulk are the service's own too."""
    await a_shift(ours, await a_posting(ours, await an_employer(ours)))
    await _seal_all(ours)
    assert await found(ours, tmp_path / "export") == {}
    (tmp_path / "keys.json").write_text(json.dumps(keys_of(ours)))
    given = [
        "audit",
        str(tmp_path / "export"),
        "--anchors",
        str(anchors_of(ours)),
        "--keys",
        str(tmp_path / "keys.json"),
    ]
    assert run_verifier(given) == 0
    assert run_verifier([*given[:3], str(tmp_path / "nowhere"), *given[4:]]) == 2


async def test_anchors_set_after_an_export_say_nothing_against_it(ours: Context, tmp_path: Path) -> None:
    """An auditor holds last week's export against today's anchors: right, and still wrong where it was changed."""
    assert await found(ours, tmp_path / "export") == {}
    before = anchors_of(ours).read_bytes()
    await a_shift(ours, await a_posting(ours, await an_employer(ours)))
    await _seal_all(ours)
    assert len(anchors_of(ours).read_bytes()) > len(before)
    assert list(verify_log(tmp_path / "export", anchors_of(ours), keys_of(ours))) == []
    lines = tmp_path / "export" / "lines.jsonl"
    lines.write_bytes(b"".join(lines.read_bytes().splitlines(keepends=True)[:-1]))
    assert "cut_short" in {each.code for each in verify_log(tmp_path / "export", anchors_of(ours), keys_of(ours))}


LAST = "(select seq from seals where chain = '310000' order by seq desc limit 1)"
SECOND = "(select transition_id from seals where chain = '310000' and seq = 2)"
TAMPERING = {
    "changed": f"update transitions set reason = 'other' where id = {SECOND}",
    "not_written_by_the_service": f"update transitions set actor_id = gen_random_uuid() where id = {SECOND}",
    "removed": f"delete from transitions where id = {SECOND}",
    "missing": "delete from seals where chain = '310000' and seq = 2",
    "seal_not_of_the_service": "update seals set hash = sha256(hash) where chain = '310000' and seq = 2",
    "differs_from_anchor": f"update seals set hash = sha256(hash) where chain = '310000' and seq = {LAST}",
    "cut_short": f"with gone as (delete from seals where chain = '310000' and seq = {LAST} returning transition_id)"
    " delete from transitions where id in (select transition_id from gone)",
    "versions_missing": "delete from transitions where noun = 'venue' and version = 2",
    "version_without_line": "update venues set version = version + 1",
    "put_in_behind_the_sealer": "insert into transitions (id, txid, noun, entity_id, version, action, actor_kind,"
    " channel, at, mac) values (gen_random_uuid(), '1', 'venue', gen_random_uuid(), 1, 'create', 'admin', 'api', now(),"
    " '')",
}


@pytest.mark.parametrize("code", TAMPERING)
async def test_what_the_owner_of_the_database_does_is_found(
    code: str, ours: Context, owner: Any, tmp_path: Path
) -> None:
    """One statement each, with everything that he may do; the place is named."""
    await owner.execute(TAMPERING[code])
    said = await found(ours, tmp_path / "export")
    assert code in said
    assert said[code]


async def test_a_chain_made_anew_is_found(ours: Context, owner: Any, tmp_path: Path) -> None:
    """A line is edited and every hash behind it computed again: the anchors remember the old ones."""
    await owner.execute(TAMPERING["changed"])
    await export_log(ours, tmp_path / "before")
    last = ""
    for told in map(json.loads, (tmp_path / "before" / "lines.jsonl").read_text().splitlines()):
        if told["chain"] == "310000":
            last = hash_of(last, told["line"])
            await owner.execute(
                "update seals set hash = $1 where chain = '310000' and seq = $2", bytes.fromhex(last), told["seq"]
            )
    said = await found(ours, tmp_path / "export")
    assert "changed" not in said
    assert {"differs_from_anchor", "seal_not_of_the_service", "not_written_by_the_service"} <= said.keys()


async def test_lines_that_change_places_are_found(ours: Context, owner: Any, tmp_path: Path) -> None:
    """The second and the third, with their seals."""
    await owner.execute("update seals set seq = -seq where chain = '310000' and seq in (2, 3)")
    await owner.execute("update seals set seq = 5 + seq where chain = '310000' and seq < 0")
    assert (await found(ours, tmp_path / "moved"))["changed"] == "chain 310000, line 2"


async def test_a_line_that_the_service_did_not_write_is_told_by_the_sealer(
    ours: Context, owner: Any, tmp_path: Path
) -> None:
    """Put in like any other line, it is sealed, and the anchor says that its MAC is not the service's."""
    await owner.execute(
        "insert into transitions (id, noun, entity_id, version, action, actor_kind, channel, city_code, at, mac)"
        " select gen_random_uuid(), 'pay_record', gen_random_uuid(), 1, 'settle', 'worker', 'api', '310100', now(), ''"
    )
    await _seal_all(ours)
    assert "not_written_by_the_service" in await found(ours, tmp_path / "export")
    kept = anchors_of(ours).read_text().splitlines()
    assert len(json.loads(kept[-1])["anchor"]["foreign"]) == 1


def _without_first(lines: list[bytes]) -> list[bytes]:
    return lines[1:]


def _without_last(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def _turned(lines: list[bytes]) -> list[bytes]:
    return lines[::-1]


def _doubled(lines: list[bytes]) -> list[bytes]:
    return [lines[0], *lines]


def _bent(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"seq":', b'"seq":1', 1), *lines[1:]]


@pytest.mark.parametrize("change", [_without_first, _without_last, _turned, _doubled, _bent])
@pytest.mark.parametrize("name", ["anchors", "lines.jsonl"])
async def test_a_changed_export_or_anchor_file_is_found(
    name: str, change: Callable[[list[bytes]], list[bytes]], ours: Context, tmp_path: Path
) -> None:
    """A line taken out at either end, all turned round, one twice, one bent: in the lines or in the anchors."""
    await a_venue(ours)
    await _seal_all(ours)
    folder = tmp_path / "export"
    assert await found(ours, folder) == {}
    file = anchors_of(ours) if name == "anchors" else folder / name
    file.write_bytes(b"\n".join(change(file.read_bytes().splitlines())) + b"\n")
    assert verify_log(folder, anchors_of(ours), keys_of(ours))


async def test_a_crash_in_the_middle_of_an_anchor_leaves_nothing_wrong(ours: Context, tmp_path: Path) -> None:
    """Half a line at the end of the file never was an anchor: the next one takes its place."""
    file = anchors_of(ours)
    whole = file.read_bytes()
    last = whole.splitlines()[-1]
    file.write_bytes(whole + last[: len(last) // 2])
    await a_venue(ours)
    await _seal_all(ours)
    assert file.read_bytes().startswith(whole)
    assert await found(ours, tmp_path / "export") == {}


async def test_an_anchor_lost_in_a_crash_is_made_up_for(ours: Context, tmp_path: Path) -> None:
    """A process that died between its commit and its anchor: the next one anchors every head it finds."""
    file = anchors_of(ours)
    await a_venue(ours)
    kept = file.read_bytes()
    await _seal_all(ours)
    file.write_bytes(kept)
    sealer._BEGUN.clear()
    await _seal_all(ours)
    assert await found(ours, tmp_path / "export") == {}


async def test_no_line_is_written_without_its_mac(ctx: Context) -> None:
    """The database refuses one, whatever part of the service forgot it."""
    line = "insert into transitions (id, noun, entity_id, version, action, actor_kind, channel, at)"
    with pytest.raises(DBAPIError, match="mac"):
        async with ctx.database.sessions() as session, session.begin():
            await session.execute(
                text(f"{line} select gen_random_uuid(), 'a', gen_random_uuid(), 1, 'b', '', '', now()")
            )


async def test_an_invented_city_is_no_foreigner_in_its_own_log(ctx: Context) -> None:
    """What is made in bulk carries the service's MACs: the sealer finds no line that is not ours."""
    await seed_city(ctx, 3, workers=20, employers=5, postings=8, say=False)
    lines = await rows(ctx, "select *, changes::text from transitions where noun <> 'reference'")
    assert len(lines) > 100
    assert [line["id"] for line in lines if not is_ours(ctx, line)] == []


async def test_the_service_cannot_change_the_log(ctx: Context) -> None:
    """Its role has no right to update, delete or truncate lines, seals or entries of evidence."""
    for table in ("transitions", "seals", "evidence_entries"):
        for statement in (f"delete from {table}", f"truncate {table}"):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with ctx.database.sessions() as session, session.begin():
                    await session.execute(text(statement))


async def test_a_line_has_the_same_mac_however_the_database_writes_it(ctx: Context) -> None:
    """Figures and order as they come back from the database: 1e3 or 1000, names in any order, another zone."""
    venue = await a_venue(ctx)
    async with ctx.uow() as uow:
        row = await uow.session.get_one(VenueRow, venue.id)
        await uow.edit(row, by=SYSTEM, at=await uow.now(), lon=121.0000001, lat=31.0)
        await uow.flush()
    (line,) = await rows(
        ctx,
        "select id::text, noun, entity_id::text, version, action, from_state, to_state, reason, changes::text,"
        " actor_kind, actor_id::text, on_behalf_of::text, channel, request_id, city_code, at, mac from transitions"
        " where entity_id = :id and version = 2",
        id=venue.id,
    )
    assert bytes(line["mac"]) == mac_of(ctx.vault, line)
    assert mac_of(ctx.vault, line | {"changes": '{"a": [1e3, -0.0]}'}) == mac_of(
        ctx.vault, line | {"changes": '{"a": [1000, 0]}'}
    )
    assert mac_of(ctx.vault, line) != mac_of(ctx.vault, line | {"version": 3})


async def test_the_newest_anchor_goes_to_the_operators_address_once(ours: Context) -> None:
    """Each anchor is one piece of due work, which tries again until the receiver has it."""
    posting = replace(ours, settings=ours.settings.model_copy(update={"anchor_url": "http://127.0.0.1:9/anchors"}))
    for _ in range(2):
        await post_newest(posting, lambda: False)
    (queued,) = await rows(ours, "select payload, outside from due_work where kind = 'audit.anchor'")
    assert queued["outside"]
    assert queued["payload"]["line"].encode() == anchors_of(ours).read_bytes().splitlines()[-1]
