"""Pure rules of the feed: digests of sets, parts, places, cursors, canonical bodies, counts that give nobody away."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Gone, Malformed
from service.feed.bodies import canonical
from service.feed.cursors import LIFE, read_cursor, write_cursor
from service.feed.exporting import cell
from service.feed.rules import (
    MODULUS,
    PART_ROWS,
    SLOTS,
    added,
    asked_places,
    bucket_of,
    parts_for,
    places_of,
    slot_of,
    slots_of,
    written,
)
from service.feed.supply_counts import WHOLE_CITY, kept, lines_of, tellable
from service.feed.tallying import by_bucket, by_part, by_place, cells_at, whole
from service.feed.values import Place
from service.reference.catalogue import regions
from service.reference.rules import region_prefix
from service.vault import Vault

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
EPOCH, VAULT = UUID(int=5), Vault(b"k" * 32)
DIGESTS = st.binary(min_size=32, max_size=32)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_z", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc_z", min_size=1), BODIES))
def test_a_body_has_one_text_in_every_language(body: dict[str, Any]) -> None:
    """What anybody writes with sorted keys, without blanks, in UTF-8 are the bytes that were digested."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(body) == text.encode()


@given(st.lists(DIGESTS, max_size=30), st.randoms())
def test_the_digest_of_a_set_knows_no_order_and_each_row(digests: list[bytes], chance: random.Random) -> None:
    """The same in every order; another one when a row is missing, doubled or changed; 64 digits always."""
    mixed = list(digests)
    chance.shuffle(mixed)
    assert added(mixed) == added(digests)
    assert len(written(added(digests))) == 64
    for digest in digests:
        if int.from_bytes(digest):
            assert added([*digests, digest]) != added(digests)
            assert added([*digests, digest]) - added(digests) in (
                int.from_bytes(digest),
                int.from_bytes(digest) - MODULUS,
            )


ROWS = st.lists(
    st.tuples(st.sampled_from(("posting", "supply")), st.sampled_from(("310100", "330200")), st.uuids(), DIGESTS),
    max_size=40,
    unique_by=lambda row: row[2],
)


@given(ROWS, st.integers(0, 40))
def test_any_state_of_the_log_can_be_reckoned_back(rows: list[Any], cut: int) -> None:
    """Cells of the first rows, with the others put in and taken out again, are what they were; parts, buckets and
    places add up to the whole."""
    entries = [
        {"sign": 1, "kind": kind, "city_code": city, "state": "published", "slot": slot_of(each), "digest": digest}
        for kind, city, each, digest in rows
    ]
    first = cells_at({}, entries[:cut])
    everything = cells_at(first, entries[cut:])
    assert cells_at(everything, [entry | {"sign": -1} for entry in entries[cut:]]) == first
    total = whole(everything)
    assert total.count == len(rows)
    assert total.total == added(digest for *_, digest in rows)
    for tallies in (
        [tally for _, tally in by_bucket(everything)],
        by_part(everything, 8),
        [place.tally for place in by_place(everything)],
    ):
        assert sum(tally.count for tally in tallies) == total.count
        assert sum(tally.total for tally in tallies) % MODULUS == total.total


@given(st.uuids(), st.sampled_from([1, 2, 64, 256, 1024, 4096]))
def test_an_entity_lies_in_one_part_and_in_the_bucket_of_its_last_digits(each: UUID, parts: int) -> None:
    """Parts cut the slots without gap or double; the bucket can be read off the id."""
    slot = slot_of(each)
    assert bucket_of(slot) == str(each)[-2:]
    assert [part for part in range(parts) if slots_of(part, parts)[0] <= slot <= slots_of(part, parts)[1]] == [
        slot * parts // SLOTS
    ]


@given(st.integers(0, 10_000_000))
def test_parts_stay_small(count: int) -> None:
    """About two thousand rows each, while 4096 parts are enough."""
    parts = parts_for(count)
    assert parts == 1 or parts & (parts - 1) == 0
    assert parts == SLOTS or count <= parts * PART_ROWS


@given(st.sampled_from(sorted(regions())), st.sampled_from(sorted(regions())))
def test_an_area_finds_what_lies_in_it(asked: str, district: str) -> None:
    """By the rule of prefixes; who names no district is found in each of the city."""
    city = district[:4] + "00"
    found = set(asked_places(asked)) & set(places_of(city, [district]))
    assert bool(found) == (district.startswith(region_prefix(asked)) or city.startswith(region_prefix(asked)))
    anywhere = set(asked_places(asked)) & set(places_of(city, []))
    assert bool(anywhere) == (city.startswith(region_prefix(asked)) or asked[:4] == city[:4])


# -- cursors --------------------------------------------------------------------------------------------------------


def cursor(seq: int = 7, **more: Any) -> str:
    facts: dict[str, Any] = {"stream": "content", "epoch": EPOCH, "filters": {}, "now": NOW}
    return write_cursor(VAULT, Place(seq, 4), **(facts | more))


def read(text: str, **more: Any) -> Place:
    facts: dict[str, Any] = {"stream": "content", "epoch": EPOCH, "filters": {}, "now": NOW}
    return read_cursor(VAULT, text, **(facts | more))


@given(st.integers(0, 2**62), st.sampled_from([1, 256, 4096]), st.dictionaries(st.text("ab"), WORDS))
def test_a_cursor_comes_back_as_it_was(seq: int, parts: int, filters: dict[str, str]) -> None:
    """Place and parts, with the same filter, until its last second."""
    text = write_cursor(VAULT, Place(seq, parts), stream="seats", epoch=EPOCH, filters=filters, now=NOW)
    assert text.isascii()
    assert read_cursor(VAULT, text, stream="seats", epoch=EPOCH, filters=filters, now=NOW + LIFE, floor=seq) == Place(
        seq, parts
    )


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{0,80}\.[0-9a-f]{0,32}", fullmatch=True))
def test_no_text_is_taken_for_a_cursor(text: str) -> None:
    """It cannot be read, and nothing else happens."""
    with pytest.raises(Malformed) as refused:
        read(text)
    assert refused.value.code == "cursor_unreadable"


@given(st.integers(0, 10**9), st.data())
def test_a_damaged_cursor_is_not_taken_for_a_foreign_one(seq: int, data: st.DataObject) -> None:
    """Whichever letter is another one, or missing: it was sent wrongly, and a new copy would not help."""
    whole = cursor(seq)
    at = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(Malformed):
        read(whole[:at] + data.draw(st.sampled_from("AZ.-_09")).replace(whole[at], "*") + whole[at + 1 :])
    with pytest.raises(Malformed):
        read(whole[:at] + whole[at + 1 :])


@pytest.mark.parametrize(
    ("more", "category", "code"),
    [
        ({"now": NOW + LIFE + timedelta(seconds=1)}, Gone, "feed_cursor_expired"),
        ({"floor": 8}, Gone, "feed_cursor_expired"),
        ({"epoch": UUID(int=6)}, Gone, "feed_cursor_foreign"),
        ({"stream": "seats"}, Gone, "feed_cursor_foreign"),
        ({"filters": {"trade": "moving"}}, Gone, "feed_cursor_foreign"),
    ],
)
def test_why_a_cursor_is_refused(more: dict[str, Any], category: type[Exception], code: str) -> None:
    """Too old, compacted, of another feed, list or filter; with where to begin again where it is gone."""
    with pytest.raises(category) as refused:
        read(cursor(), **more)
    assert refused.value.code == code  # type: ignore[attr-defined]
    if category is Gone:
        assert refused.value.facts["restart"] == "/v1/feed/snapshot"  # type: ignore[attr-defined]


def test_a_cursor_of_another_key_is_foreign() -> None:
    """Another installation signed it."""
    with pytest.raises(Gone):
        read_cursor(Vault(b"z" * 32), cursor(), stream="content", epoch=EPOCH, filters={}, now=NOW)


# -- counts of people -----------------------------------------------------------------------------------------------

DISTRICTS = st.dictionaries(st.sampled_from([f"3101{n:02d}" for n in range(1, 13)]), st.integers(0, 40), max_size=8)


@given(DISTRICTS, st.integers(0, 12))
def test_nothing_below_five_can_be_reckoned_from_what_is_told(districts: dict[str, int], elsewhere: int) -> None:
    """Each figure is at least five; what the city's figure leaves after those of its districts is nobody or at least
    five people, of exact figures already; nothing is told that is not so."""
    everybody = sum(districts.values()) + elsewhere
    told = kept(districts, everybody)
    assert all(count >= 5 and districts[code] == count for code, count in told.items())
    left = everybody - sum(told.values())
    assert everybody < 5 or left == 0 or left >= 5
    assert set(told) == {code for code, count in districts.items() if count >= 5} or everybody - sum(told.values()) >= 5


@given(DISTRICTS, st.integers(0, 12))
def test_counts_are_told_in_steps_of_five(districts: dict[str, int], elsewhere: int) -> None:
    """Rounded down, never above the truth; a city below five is silent with all its districts."""
    rows = [("310100", code, "moving", "night", people) for code, people in districts.items() if people]
    rows += [("310100", None, "moving", "night", elsewhere)] if elsewhere else []
    told = tellable(lines_of(rows))
    everybody = sum(districts.values()) + elsewhere
    assert bool(told) == (everybody >= 5)
    for (_, code, _, _), count in told.items():
        true = everybody if code == WHOLE_CITY else districts[code]
        assert count % 5 == 0
        assert 5 <= count <= true < count + 5


@pytest.mark.parametrize(
    ("value", "written_as"),
    [("=1+1", "'=1+1"), ("-5", "'-5"), ("@x", "'@x"), ("+86", "'+86"), ("洗碗", "洗碗"), (None, None), (True, "true"),
     ([1, "a"], '[1,"a"]'), (7, 7)],
)  # fmt: skip
def test_a_cell_is_never_a_formula(value: Any, written_as: Any) -> None:
    """Spreadsheets run what begins like one."""
    assert cell(value) == written_as


EXAMPLE = [
    "0d1199a37bb06a7d694bc09cf7cff7c4ad6362e85e876884b50a325bd8ed27be",
    "49f44591dcdd30a4c108cfda5996ea3af2348f7a88a330b87304e788f9c85170",
    "5705df35588d9b222a5490775166e1ff9f97f262e72a993d280f19e4d2b5792e",
]


def test_the_digest_is_what_the_page_says() -> None:
    """A worked example, the one of docs/feed.md."""
    bodies = [{"id": "b", "n": 1}, {"id": "a", "t": "洗碗"}]
    digests = [hashlib.sha256(canonical(body)).digest() for body in bodies]
    assert [digest.hex() for digest in digests] == EXAMPLE[:2]
    assert written(added(digests)) == EXAMPLE[2]
    page = (Path(__file__).parent.parent.parent / "docs" / "feed.md").read_text(encoding="utf-8")
    assert all(each in page for each in EXAMPLE)
