"""What a signature needs: the right person, the document that was shown, everything read that must be read."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from service.errors import Conflict, Refused

PICTURE_BYTES = 512 * 1024
PICTURES = {"jpeg": (b"\xff\xd8\xff",), "png": (b"\x89PNG\r\n\x1a\n",), "webp": (b"RIFF",)}
HIDDEN = "****"
TOGETHER_MOST = 20  # documents under one code


def check_shown(
    *,
    hash_seen: str,
    hash_now: str,
    summary_read: bool,
    accepted: Collection[str],
    differs: Mapping[str, Mapping[str, str]],
) -> None:
    """`differs`: the names of the terms that differ, by code. Raises Conflict `agreement_changed` for another document
    than the one shown; Refused `agreement_summary_unread`, `agreement_differs_unread` for terms that differ and were
    not accepted, `agreement_differs_unknown` for accepted ones that do not."""
    if hash_seen != hash_now:
        raise Conflict("agreement_changed", present=hash_now)
    if not summary_read:
        raise Refused("agreement_summary_unread", field="/summary_read")
    open_ones = [code for code in differs if code not in accepted]
    if open_ones:
        words = [differs[code] for code in open_ones]
        raise Refused("agreement_differs_unread", field="/differs_accepted", terms=open_ones, words=words)
    others = [code for code in accepted if code not in differs]
    if others:
        raise Refused("agreement_differs_unknown", field="/differs_accepted", terms=others, expected=list(differs))


def check_signer(person_id: UUID, signed: Mapping[str, UUID | None], role: str) -> None:
    """Raises Conflict `agreement_signed_already`, or `agreement_same_person` for who has signed for another party."""
    if role in signed:
        raise Conflict("agreement_signed_already")
    if person_id in signed.values():
        raise Conflict("agreement_same_person")


def picture_of(text: str) -> tuple[bytes, str]:
    """The bytes and the kind of a picture sent in base64. Raises Refused `picture_unreadable`, `picture_too_large`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("picture_unreadable", field="/picture") from None
    if len(data) > PICTURE_BYTES:
        raise Refused("picture_too_large", field="/picture", most=PICTURE_BYTES // 1024)
    kind = kind_of(data)
    if kind is None:
        raise Refused("picture_unreadable", field="/picture")
    return data, kind


def kind_of(data: bytes) -> str | None:
    """Which kind of picture bytes are, by how they begin."""
    for kind, heads in PICTURES.items():
        if data.startswith(heads) and (kind != "webp" or data[8:12] == b"WEBP"):
            return kind
    return None


def mask(document: Mapping[str, Any], private: Iterable[str]) -> dict[str, Any]:
    """The document with the worker's private values covered; its hash is no longer that of the whole one."""
    values = [value for value in private if value]

    def covered(text: str) -> str:
        for value in values:
            text = text.replace(value, HIDDEN)
        return text

    return {
        **document,
        "terms": [{**term, "text": covered(term["text"])} for term in document["terms"]],
        "summary": [covered(line) for line in document["summary"]],
        "differs": [
            {**each, "before": covered(each["before"]), "after": covered(each["after"])} for each in document["differs"]
        ],
    }
