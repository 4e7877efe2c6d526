"""The document, its hash, and what signing asks, on plain values."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from service.agreements.data import template_of
from service.agreements.rules import (
    Difference,
    Party,
    canonical,
    check_shown,
    check_signer,
    document_of,
    fill,
    hash_of,
    mask,
    picture_of,
)
from service.agreements.rules.signing import PICTURE_BYTES
from service.errors import Conflict, Refused
from tests.builders.agreements import GIVEN, NOW, PIXEL


def a_document(**more: Any) -> dict[str, Any]:
    row = template_of("service_note", NOW.date())
    fields: dict[str, Any] = {
        "number": UUID(int=1), "kind": "service_note", "template_version": 1, "edition": 1, "title": row.zh,
        "opening": row.opening, "parties": [Party("employer", UUID(int=2)), Party("worker", None, UUID(int=3))],
        "terms": fill(row.terms, GIVEN), "summary": ["一"], "differs": [Difference("pay", "a", "b")],
        "drawn_at": "2026-11-23T08:00:00+08:00", "salt": "00",
    }  # fmt: skip
    return document_of(**(fields | more))


def test_the_hash_is_of_one_text_and_any_change_breaks_it() -> None:
    """The order of keys does not matter; every leaf of the document does, and so does the order of terms."""
    document = a_document()
    text = canonical(document)
    assert hash_of(text) == hash_of(canonical(json.loads(text)))
    seen = {hash_of(text)}

    def leaves(value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict | list):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, each in items:
                yield from leaves(each, (*path, key))
        else:
            yield path

    paths = list(leaves(document, ()))
    assert len(paths) > 30
    for path in paths:
        changed = json.loads(text)
        at = changed
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = f"{at[path[-1]]}x"
        assert hash_of(canonical(changed)) not in seen
        seen.add(hash_of(canonical(changed)))
    turned = a_document(terms=tuple(reversed(fill(template_of("service_note", NOW.date()).terms, GIVEN))))
    assert hash_of(canonical(turned)) not in seen


def test_what_was_shown_is_what_is_signed() -> None:
    """Another hash, an unread summary, a term that differs and was not accepted."""
    differs = {"pay": {"zh": "报酬", "en": "Pay"}}
    good: dict[str, Any] = {
        "hash_seen": "a", "hash_now": "a", "summary_read": True, "accepted": ["pay"], "differs": differs,
    }  # fmt: skip
    check_shown(**good)
    for more, kind, code in (
        ({"hash_seen": "b"}, Conflict, "agreement_changed"),
        ({"summary_read": False}, Refused, "agreement_summary_unread"),
        ({"accepted": []}, Refused, "agreement_differs_unread"),
        ({"accepted": ["hours"]}, Refused, "agreement_differs_unread"),
        ({"accepted": ["pay", "hours"]}, Refused, "agreement_differs_unknown"),
        ({"accepted": ["pay", "no_such_term"]}, Refused, "agreement_differs_unknown"),
        ({"accepted": ["pay"], "differs": {}}, Refused, "agreement_differs_unknown"),
    ):
        with pytest.raises(kind) as refused:
            check_shown(**(good | more))
        assert refused.value.code == code


def test_nobody_signs_twice_or_for_two() -> None:
    """One signature for each party, one person for one party."""
    one, other = uuid4(), uuid4()
    check_signer(other, {"employer": one}, "worker")
    for person, role, code in (
        (one, "worker", "agreement_same_person"), (other, "employer", "agreement_signed_already"),
    ):  # fmt: skip
        with pytest.raises(Conflict) as refused:
            check_signer(person, {"employer": one}, role)
        assert refused.value.code == code


def test_pictures_are_known_by_their_bytes() -> None:
    """PNG, JPEG and WebP; anything else, broken base64 and more than half a megabyte are refused."""
    assert picture_of(PIXEL)[1] == "png"
    assert picture_of(base64.b64encode(b"\xff\xd8\xff" + b"0" * 20).decode())[1] == "jpeg"
    assert picture_of(base64.b64encode(b"RIFF0000WEBP" + b"0" * 20).decode())[1] == "webp"
    large = base64.b64encode(b"\xff\xd8\xff" + b"0" * PICTURE_BYTES).decode()
    for text, code in (
        ("not base64 at all", "picture_unreadable"),
        (base64.b64encode(b"%PDF-1.7 something").decode(), "picture_unreadable"),
        (base64.b64encode(b"RIFF0000WAVE" + b"0" * 20).decode(), "picture_unreadable"),
        (large, "picture_too_large"),
    ):
        with pytest.raises(Refused) as refused:
            picture_of(text)
        assert refused.value.code == code


def test_a_covered_document_says_nothing_of_what_is_covered() -> None:
    """The number is in no term, line or difference; all else is as it was."""
    number = GIVEN["worker_id_number"]
    row = template_of("part_time", NOW.date())
    document = a_document(terms=fill(row.terms, GIVEN), differs=[Difference("worker", number, f"{number}!")])
    covered = mask(document, [number])
    assert number in canonical(document)
    assert number not in canonical(covered)
    assert covered["summary"] == document["summary"]
