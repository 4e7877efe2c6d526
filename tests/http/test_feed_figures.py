"""Figures beside the feed: open seats, results for partners, counts of people; the same copy as files."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from service.cli.feeding import export_feed, look_over_feed, write_changes
from service.context import Context
from service.feed.purging import compact_feed
from service.feed.usecases.building import build, rebuild
from service.feed.usecases.counting import count_supply
from service.feed.usecases.seating import count_seats
from tests.builders import city
from tests.builders.applications import NOON, a_shift_of, rows_of, set_time
from tests.builders.feed import OFFICER, a_supply, brought_by, changes, snapshot, turn
from tests.builders.people import an_integrator

Client = httpx2.AsyncClient


async def seats(ctx: Context, client: Client, cursor: str | None = None) -> tuple[dict[str, tuple[int, int]], str]:
    """What is told of seats behind a cursor, after a minute has passed."""
    await count_seats(ctx, wait=True)
    answer = await client.get("/v1/feed/seats", params={"cursor": cursor} if cursor else None)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return {each["posting_id"]: (each["open_seats"], each["open_shifts"]) for each in told["items"]}, told[
        "next_cursor"
    ]


async def test_seats_follow_what_is_taken(ctx: Context, client: Client) -> None:
    """Told once, then only where they differ; a shift that begins takes its seats along; what left is not told."""
    _, posting, shift = await a_shift_of(ctx, headcount=3)
    _, other, _ = await a_shift_of(ctx, headcount=1)
    hidden = await city.a_posting(ctx, await city.an_employer(ctx), private=True)
    told, cursor = await seats(ctx, client)
    assert told == {str(posting.id): (3, 1), str(other.id): (1, 1)}
    assert str(hidden.id) not in told
    await city.an_engagement(ctx, await city.a_worker(ctx), shift, posting)
    await city.an_engagement(ctx, await city.a_worker(ctx), shift, posting)
    told, cursor = await seats(ctx, client, cursor)
    assert told == {str(posting.id): (1, 1)}
    assert (await seats(ctx, client, cursor))[0] == {}
    await set_time(ctx, shift.starts_at)
    told, cursor = await seats(ctx, client, cursor)
    assert told[str(posting.id)] == (0, 0)
    await turn(ctx, "posting", posting.id, "withdraw")
    assert (await seats(ctx, client, cursor))[0] == {}
    assert str(posting.id) not in (await seats(ctx, client))[0]


async def test_seats_change_no_content(ctx: Context, client: Client) -> None:
    """A seat that is taken is no entry of the feed."""
    _, posting, shift = await a_shift_of(ctx, headcount=3)
    await build(ctx, wait=True)
    _, cursor = await snapshot(client)
    await city.an_engagement(ctx, await city.a_worker(ctx), shift, posting)
    assert await changes(ctx, client, cursor) == []


async def test_a_partner_hears_what_became_of_its_postings(ctx: Context, client: Client) -> None:
    """State and people hired, of the postings of its own keys alone; after a new key of the same name too."""
    key_id, _ = await an_integrator(ctx, "postings:write")
    _, other, _ = await a_shift_of(ctx)
    posting = await brought_by(ctx, key_id)
    shift = await city.a_shift(ctx, posting, headcount=3)
    held = {"state": "held", "confirm_by": shift.starts_at}
    for more in ({}, {"state": "completed"}, held):
        await city.an_engagement(ctx, await city.a_worker(ctx), shift, posting, **more)
    await build(ctx, wait=True)
    await turn(ctx, "posting", posting.id, "fill")
    await build(ctx, wait=True)
    _, key = await an_integrator(ctx, "feed:results")
    answer = await client.get("/v1/feed/results", headers=key)
    assert [(each["id"], each["state"], each["hired"]) for each in answer.json()["items"]] == [
        (str(posting.id), "filled", 2)
    ]
    assert str(other.id) not in answer.text
    _, without = await an_integrator(ctx, "postings:read")
    assert (await client.get("/v1/feed/results", headers=without)).status_code == 403
    assert (await client.get("/v1/feed/results")).status_code == 401


async def test_people_are_counted_and_none_is_told_alone(ctx: Context, client: Client) -> None:
    """Eleven in one district, four in another: the four are not told, and so neither are the eleven."""
    evenings = [{"weekday": 2, "start": 1140, "end": 1320}]
    for number in range(15):
        district = "310104" if number < 11 else "310115"
        await city.a_worker(ctx, weekly=evenings, district_code=district, trades=("moving",))
    for _ in range(12):
        await city.a_worker(ctx, weekly=None, district_code="310104", trades=("packing",))
    assert await count_supply(ctx) == 3
    told = (await client.get("/v1/feed/supply")).json()["items"]
    assert {(each["district_code"], each["trade"], each["band"], each["at_least"]) for each in told} == {
        ("", "moving", "weekday_evening", 15), ("", "packing", "not_said", 10), ("310104", "packing", "not_said", 10)
    }  # fmt: skip
    await city.a_worker(ctx, weekly=evenings, district_code="310115", trades=("moving",))
    assert await count_supply(ctx) == 0, "once a day: whoever asks twice sees nobody come"
    for params, count in (({"trade": "packing"}, 2), ({"region": "310104"}, 1), ({"region": "330200"}, 0)):
        assert len((await client.get("/v1/feed/supply", params=params)).json()["items"]) == count
    first = (await client.get("/v1/feed/supply", params={"limit": 2})).json()
    rest = (await client.get("/v1/feed/supply", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert first["items"] + rest["items"] == told
    assert (await client.get("/v1/feed/supply", params={"trade": "alchemy"})).status_code == 422


async def test_hours_lie_in_the_bands_they_touch(ctx: Context, client: Client) -> None:
    """Five people free from Friday 22:00 to 02:00, and five on Sundays: evening and night, weekend; under age: none."""
    for _ in range(5):
        await city.a_worker(ctx, weekly=[{"weekday": 4, "start": 1320, "end": 120}], trades=("moving",))
        await city.a_worker(ctx, weekly=[{"weekday": 6, "start": 480, "end": 600}], trades=("moving",))
        await city.a_worker(ctx, weekly=[{"weekday": 0, "start": 480, "end": 600}], trades=("moving",), birth=None)
    await count_supply(ctx)
    told = (await client.get("/v1/feed/supply", params={"region": "310100"})).json()["items"]
    assert {(each["band"], each["at_least"]) for each in told if not each["district_code"]} == {
        ("weekday_evening", 5), ("night", 5), ("weekend", 5)
    }  # fmt: skip


async def test_the_log_forgets_what_no_cursor_can_ask(ctx: Context, client: Client) -> None:
    """After five weeks: replaced contents and tombstones go, the content of what is public stays; copies stay right."""
    await set_time(ctx, NOON)
    posting = await city.a_posting(ctx, await city.an_employer(ctx), valid_until=NOON + timedelta(days=99))
    gone = await city.a_posting(ctx, await city.an_employer(ctx))
    quiet = await city.a_posting(ctx, await city.an_employer(ctx), valid_until=NOON + timedelta(days=99))
    await build(ctx, wait=True)
    await turn(ctx, "posting", posting.id, "edit", title="换了")
    await turn(ctx, "posting", gone.id, "withdraw")
    await build(ctx, wait=True)
    _, cursor = await snapshot(client)
    await set_time(ctx, NOON + timedelta(days=35))
    await compact_feed(ctx)
    assert (await client.get("/v1/feed/changes", params={"cursor": cursor})).status_code == 200
    assert await _stored(ctx) == 5
    await set_time(ctx, NOON + timedelta(days=37))
    await compact_feed(ctx)
    assert await _stored(ctx) == 2
    entries, cursor = await snapshot(client)
    assert {each["id"] for each in entries} == {str(posting.id), str(quiet.id)}
    told = (await client.get("/v1/feed/manifest")).json()["whole"]
    assert (told["count"], told["digest"]) == _added(entries)
    await turn(ctx, "posting", quiet.id, "withdraw")
    assert [each["op"] for each in await changes(ctx, client, cursor)] == ["remove"]


async def _stored(ctx: Context) -> int:
    return int((await rows_of(ctx, "select count(*) from feed_entries"))[0][0])


def _added(entries: list[Any]) -> tuple[int, str]:
    return len(entries), f"{sum(int(each['digest'], 16) for each in entries) % 2**256:064x}"


async def test_a_rebuild_finds_and_mends_what_went_past_the_log(ctx: Context, client: Client) -> None:
    """Rows changed behind the service's back, a tally that is wrong: mended by entries; a second look finds nothing."""
    employer = await city.an_employer(ctx)
    changed, lost, found = [await city.a_posting(ctx, employer) for _ in range(3)]
    await build(ctx, wait=True)
    _, cursor = await snapshot(client)
    async with ctx.database.sessions() as session, session.begin():
        for statement, row in (
            ("update postings set title = '别的' where id = :id", changed),
            ("update postings set state = 'paused' where id = :id", lost),
            ("update feed_tallies set count = count + 1 where cell = 'place/posting/310100/published'", found),
        ):
            await session.execute(text(statement), {"id": row.id} if ":id" in statement else {})
    done = await rebuild(ctx)
    assert (done.looked_at, done.written, done.removed) == (3, 1, 1)
    assert done.cells == ("place/posting/310100/published",)
    assert [(each["op"], each["id"]) for each in await changes(ctx, client, cursor)] == [
        ("put", str(changed.id)), ("remove", str(lost.id))
    ]  # fmt: skip
    entries, _ = await snapshot(client)
    told = (await client.get("/v1/feed/manifest")).json()
    assert (told["whole"]["count"], told["whole"]["digest"]) == _added(entries)
    assert told["places"][0]["count"] == 2
    assert await look_over_feed(ctx) == 0


async def test_files_hold_the_same_copy(ctx: Context, client: Client, tmp_path: Path) -> None:
    """JSON Lines as the snapshot has them, CSV with the same figures, checksums, a dictionary; then what is new."""
    title = '=HYPERLINK("http://x")'
    posting = await city.a_posting(ctx, await city.an_employer(ctx), title=title)
    supply = await a_supply(ctx, await city.a_worker(ctx, name="欧阳建国"))
    assert await export_feed(ctx, tmp_path) == 0
    entries, _ = await snapshot(client)
    lines = [json.loads(line) for name in ("postings", "supplies") for line in _lines(tmp_path / f"{name}.jsonl")]
    assert sorted(lines, key=lambda each: each["seq"]) == sorted(entries, key=lambda each: each["seq"])
    rows = list(csv.DictReader(io.StringIO((tmp_path / "postings.csv").read_text("utf-8-sig"))))
    assert [(row["id"], row["title"], row["pay.amount_fen"]) for row in rows] == [
        (str(posting.id), f"'{title}", "2500")
    ]
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert (manifest["whole"]["count"], manifest["whole"]["digest"]) == _added(entries)
    for each in manifest["files"]:
        assert hashlib.sha256((tmp_path / each["name"]).read_bytes()).hexdigest() == each["sha256"]
    dictionary = (tmp_path / "数据字典.md").read_text("utf-8")
    assert all(f"`{name}`" in dictionary for name in rows[0] if name != "seq")
    assert not [path for path in _files(tmp_path, "*") if "欧阳建国" in path.read_text("utf-8")]
    await turn(ctx, "supply", supply.id, "take_down", by=OFFICER)
    await turn(ctx, "posting", posting.id, "edit", title="洗碗")
    assert await write_changes(ctx, tmp_path) == 0
    assert await write_changes(ctx, tmp_path) == 0
    (new,) = _files(tmp_path, "changes-*.jsonl")
    assert [json.loads(line)["op"] for line in _lines(new)] == ["put", "remove"]


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


async def test_changes_need_an_export(ctx: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And one whose cursor is good still; else the sentence says where to begin."""
    assert await write_changes(ctx, tmp_path) == 1
    await set_time(ctx, NOON)
    await city.a_posting(ctx, await city.an_employer(ctx))
    await export_feed(ctx, tmp_path)
    await set_time(ctx, NOON + timedelta(days=36))
    assert await write_changes(ctx, tmp_path) == 1
    assert "feed-export" in capsys.readouterr().err
