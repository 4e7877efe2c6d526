"""From facts to a document: every mandatory term filled, one canonical text, one hash."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from service.errors import FieldError, Refused

BLANK = re.compile(r"\{([a-z_]+)\}")
STOPS = "\u3002\uff1b\uff0c"  # a point is left alone: names of firms end on one
FORMAT = "linggong-agreement:1"


class TermText(Protocol):
    """A term as a template has it."""

    @property
    def code(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def mandatory(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Party:
    """A side of an agreement: an employer, or the worker in person."""

    role: str
    employer_id: UUID | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A term that stands otherwise in the posting than in the agreement."""

    code: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Term:
    """A filled term."""

    code: str
    text: str


def blanks_of(text: str) -> tuple[str, ...]:
    """The names of the facts that a text asks for, each once."""
    return tuple(dict.fromkeys(BLANK.findall(text)))


def filled(text: str, facts: Mapping[str, str]) -> str | None:
    """The text with its facts, or None where one has no value. What facts say is never read as a blank again."""
    if any(not facts.get(name, "").strip() for name in blanks_of(text)):
        return None
    return BLANK.sub(lambda found: _fitting(facts[found[1]].strip(), text[found.end() : found.end() + 1]), text)


def _fitting(said: str, follows: str) -> str:
    """What a fact says without its own full stop where the sentence goes on, or ends by itself."""
    return (said.rstrip(STOPS) or said) if follows else said


def fill(
    terms: Iterable[TermText], facts: Mapping[str, str], asked: Mapping[str, FieldError] | None = None
) -> tuple[Term, ...]:
    """Every term that has its facts, in order. `asked`: what is said of a fact that is lacking, for those to be sent.

    Raises Refused `agreement_terms_missing` with the codes of the mandatory terms that lack a value (`terms`) and the
    names of the facts they lack (`lacking`).
    """
    made: list[Term] = []
    missing: list[TermText] = []
    lacking: list[str] = []
    for term in terms:
        text = filled(term.text, facts)
        if text is not None:
            made.append(Term(term.code, text))
        elif term.mandatory:
            missing.append(term)
            lacking += [name for name in blanks_of(term.text) if not facts.get(name, "").strip()]
    if missing:
        words = [{"zh": term.zh, "en": term.en} for term in missing]
        codes = [term.code for term in missing]
        names = list(dict.fromkeys(lacking))
        errors = tuple(asked[name] for name in names if name in asked) if asked else ()
        raise Refused("agreement_terms_missing", errors=errors, terms=codes, lacking=names, words=words)
    return tuple(made)


def differences(
    terms: Iterable[TermText], before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[Difference, ...]:
    """The terms whose words the facts before and the facts after make differently; open ones differ in nothing."""
    found = []
    for term in terms:
        changed = {name for name in blanks_of(term.text) if name in before and before[name] != after.get(name)}
        if changed:
            old = filled(term.text, {**after, **{name: before[name] for name in changed}})
            new = filled(term.text, after)
            if old is not None and new is not None and old != new:
                found.append(Difference(term.code, old, new))
    return tuple(found)


def document_of(
    *,
    number: UUID,
    kind: str,
    template_version: int,
    edition: int,
    title: str,
    opening: str,
    parties: Sequence[Party],
    terms: Iterable[Term],
    summary: Iterable[str],
    differs: Iterable[Difference],
    drawn_at: str,
    salt: str,
) -> dict[str, Any]:
    """All that a signature stands for. `salt` keeps anybody from trying out names against the hash."""
    return {
        "format": FORMAT,
        "number": str(number),
        "kind": kind,
        "template_version": template_version,
        "edition": edition,
        "title": title,
        "opening": opening,
        "parties": [
            {
                "role": party.role,
                "employer_id": str(party.employer_id) if party.employer_id else None,
                "person_id": str(party.person_id) if party.person_id else None,
            }
            for party in parties
        ],
        "terms": [{"code": term.code, "text": term.text} for term in terms],
        "summary": list(summary),
        "differs": [{"code": each.code, "before": each.before, "after": each.after} for each in differs],
        "drawn_at": drawn_at,
        "salt": salt,
    }


def canonical(document: Mapping[str, Any]) -> str:
    """The one text of a document: keys sorted, no blanks, as it is."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(text: str) -> str:
    """SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
