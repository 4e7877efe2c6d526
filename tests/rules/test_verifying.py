"""The auditor's verifier: every changed byte of a pack is found and its place named, without the service."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import service.verifying
from service.applications.lifecycle import APPLICATION
from service.attendance.lifecycle import TIMESHEET
from service.cases.lifecycle import CASE, DECISION
from service.engagements.lifecycle import ENGAGEMENT, HIRE
from service.evidence import rules
from service.followups.lifecycle import ISSUE
from service.i18n import LANGUAGES, catalogue, render
from service.pay.lifecycle import PAY_RECORD
from service.proof import Fact, Personal
from service.referrals.lifecycle import REFERRAL, SLIP, TALK
from service.signing import PublicKey, Signer
from service.verifying.canonical import Unreadable, canonical, read
from service.verifying.packs import first_link, signed_bytes, verify_pack

FOLDER = Path(service.verifying.__file__).parent
NOW = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
ONE = UUID(int=1)
SEAT = SimpleNamespace(id=ONE, posting_id=ONE, worker_id=ONE, employer_id=ONE, terms_version=1)
SIGNER = Signer(b"s" * 32)
KEYS = {"keys": [key.told() for key in SIGNER.public_keys()]}
FACTS = [
    Fact("a", NOW, "worker", "party.worker", {}, {"name": Personal("王小明", ONE)}),
    Fact("b", NOW, "worker", "attendance.check_in", {"manner": "geofence", "within_fence": True}),
    Fact("c", NOW + timedelta(hours=4), "service", "pay_record.fall_due", {"due_fen": 10_000, "reason": "agreed"}),
]


def a_pack(facts: list[Fact] = FACTS, signer: Signer = SIGNER) -> dict[str, Any]:
    """A pack as the service issues it."""
    entries: list[dict[str, Any]] = []
    openings = []
    for seq, fact in enumerate(facts, 1):
        salts = dict.fromkeys(fact.personal, f"{seq:064x}")
        before = entries[-1]["hash"] if entries else first_link(str(ONE), "worker")
        entries.append(rules.entry_of(fact, seq, before, salts))
        openings += [
            {"seq": seq, "field": name, "salt": salts[name], "value": value.value}
            for name, value in fact.personal.items()
        ]
    key_id = signer.present.key_id
    header = rules.header_of(
        SEAT, "worker", entries, pack_id=ONE, at=NOW, key_id=key_id, service="https://x", terms_hash="a" * 64
    )
    signature = {"key_id": key_id, "value": signer.sign(signed_bytes(header))[1].hex()}
    return {"core": {"header": header, "entries": entries}, "openings": openings, "signature": signature}


FILE = canonical(a_pack())


def places(pack: dict[str, Any]) -> list[str]:
    return [finding.place for finding in verify_pack(canonical(pack), KEYS)]


def test_what_was_issued_is_right() -> None:
    """With and without what stands behind its commitments."""
    assert verify_pack(FILE, KEYS) == []
    assert verify_pack(canonical(a_pack() | {"openings": []}), KEYS) == []


def test_any_flipped_byte_is_found_and_its_place_named() -> None:
    """Every byte of the file, one after the other, the lowest bit and the case bit turned."""
    for at in range(len(FILE)):
        for bit in (0x01, 0x20):
            broken = FILE[:at] + bytes([FILE[at] ^ bit]) + FILE[at + 1 :]
            found = verify_pack(broken, KEYS)
            assert found, (at, bit)
            assert all(finding.place for finding in found)


@given(at=st.integers(0, len(FILE) - 1), byte=st.integers(0, 255))
def test_any_other_byte_at_any_place_is_found(at: int, byte: int) -> None:
    """Whatever byte stands in the place of the one that was there."""
    if byte != FILE[at]:
        assert verify_pack(FILE[:at] + bytes([byte]) + FILE[at + 1 :], KEYS)


@given(at=st.integers(0, len(FILE)), more=st.binary(min_size=1, max_size=3))
def test_bytes_put_in_or_taken_out_are_found(at: int, more: bytes) -> None:
    """Also blanks, which mean nothing in JSON: the file is the canonical form or it is not the file."""
    assert verify_pack(FILE[:at] + more + FILE[at:], KEYS)
    if at < len(FILE):
        assert verify_pack(FILE[:at] + FILE[at + 1 :], KEYS)


def test_a_blank_is_named_by_its_offset() -> None:
    """A space behind the first comma: the byte at which the one form differs."""
    at = FILE.index(b",") + 1
    [finding] = verify_pack(FILE[:at] + b" " + FILE[at:], KEYS)
    assert (finding.code, finding.place) == ("not_canonical", f"byte {at}")


def test_a_changed_field_is_named_by_entry_and_field() -> None:
    """A fact, a time, a side, the number, the hash before, a name behind its commitment."""
    changes = {
        "entry 3, facts.due_fen": lambda pack: pack["core"]["entries"][2]["facts"].update(due_fen=9_000),
        "entry 2, at": lambda pack: pack["core"]["entries"][1].update(at="2026-11-20T12:29:00+08:00"),
        "entry 2, side": lambda pack: pack["core"]["entries"][1].update(side="employer"),
        "entry 2, seq": lambda pack: pack["core"]["entries"][1].update(seq=5),
        "entry 2, prev": lambda pack: pack["core"]["entries"][1].update(prev="0" * 64),
        "entry 1, facts.more": lambda pack: pack["core"]["entries"][0]["facts"].update(more=1),
        "header, terms_hash": lambda pack: pack["core"]["header"].update(terms_hash="b" * 64),
        "opening 1, value": lambda pack: pack["openings"][0].update(value="李小明"),
        "signature, value": lambda pack: pack["signature"].update(value="0" * 128),
    }
    for place, change in changes.items():
        pack = a_pack()
        change(pack)
        assert places(pack)[0] == place


def test_entries_removed_moved_added_or_made_anew_are_found() -> None:
    """Also when somebody makes every hash again: the signature is not theirs to make."""
    short, moved, longer = a_pack(), a_pack(), a_pack()
    short["core"]["entries"].pop()
    assert "header, count" in places(short)
    moved["core"]["entries"][1:] = reversed(moved["core"]["entries"][1:])
    assert places(moved)[0] == "entry 2, seq"
    longer["core"]["entries"].append(longer["core"]["entries"][-1])
    assert "entry 4, seq" in places(longer)
    other = a_pack([*FACTS[:2], Fact("c", NOW, "service", "pay_record.fall_due", {"due_fen": 1})])
    forged = a_pack() | {"core": other["core"]}
    assert places(forged) == ["signature, value"]
    assert [finding.code for finding in verify_pack(canonical(a_pack(signer=Signer(b"t" * 32))), KEYS)] == [
        "key_unknown"
    ]


def test_a_former_key_is_believed_until_its_end() -> None:
    """What bears a later time than the key's end was not signed by the service."""
    raw = SIGNER.present.raw
    for until, code in ((NOW + timedelta(days=1), []), (NOW - timedelta(days=1), ["key_not_in_force"])):
        former = PublicKey(SIGNER.present.key_id, raw, None, until)
        keys = {"keys": [key.told() for key in Signer(b"t" * 32, [former]).public_keys()]}
        assert [finding.code for finding in verify_pack(FILE, keys)] == code


TOLD = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_", max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(TOLD)
def test_the_form_is_the_one_that_the_sealer_writes(value: Any) -> None:
    """Both writers of JSON agree on every value that occurs, and the form reads as itself."""
    assert canonical(value) == orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    assert read(canonical(value)) == value


@pytest.mark.parametrize(
    "wrong", [b"1.5", b"NaN", b'{"a":1,"a":1}', b'{"b":1,"a":2}', b"\xff", b'"\\u4e00"', b"1 ", b""]
)
def test_what_is_not_the_one_form_is_refused(wrong: bytes) -> None:
    """Floats, names twice or out of order, other escapes, blanks, nothing."""
    with pytest.raises(Unreadable):
        read(wrong)


def test_it_stands_alone(tmp_path: Path) -> None:
    """Copied elsewhere it runs with Python and `cryptography` alone, and says where a file is wrong."""
    shutil.copytree(FOLDER, tmp_path / "verifying", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "keys.json").write_text(json.dumps(KEYS))
    for name, data, code in (("right", FILE, 0), ("wrong", FILE.replace(b":10000", b":90000"), 1)):
        (tmp_path / name).write_bytes(data)
        command = [sys.executable, "-m", "verifying", "pack", name, "--keys", "keys.json"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env={})
        assert (done.returncode, done.stderr) == (code, "")
    assert "entry 3, facts.due_fen: changed" in done.stdout
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0):
                named = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
                assert str(named).split(".")[0] in {*sys.stdlib_module_names, "cryptography"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_names_the_command_that_its_reader_can_run(language: str, tmp_path: Path) -> None:
    """The one of the docs, with the same names of files, and it works beside the copied folder."""
    docs = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
    [command] = re.findall(r"`(python -m \S+ pack [^`]*)`", docs)
    said = render("evidence.how", language)
    assert command in said
    assert said.count("python -m") == 1
    shutil.copytree(FOLDER, tmp_path / "verifying", ignore=shutil.ignore_patterns("__pycache__"))
    for name, data in (("keys.json", json.dumps(KEYS).encode()), ("evidence.json", FILE)):
        assert name in said
        (tmp_path / name).write_bytes(data)
    run = [sys.executable, *command.split()[1:]]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False, env={})
    assert (done.returncode, done.stderr) == (0, "")


def test_every_move_of_a_seat_has_words_on_paper() -> None:
    """What the lifecycles of all that a pack tells of can do is said in Chinese, by the pack or by the move itself."""
    told = (APPLICATION, HIRE, ENGAGEMENT, TIMESHEET, PAY_RECORD, CASE, DECISION, ISSUE, REFERRAL, TALK, SLIP)
    moves = {(f"evidence.what.{life.name}.{action}", f"action.{life.name}.{action}", f"action.{action}")
             for life in told for _, action in life.moves}  # fmt: skip
    words = catalogue("zh-CN").keys()
    assert [keys for keys in moves if not words & set(keys)] == []
