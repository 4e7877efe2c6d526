"""Codes of a ranking in words: refusals with their facts, the change that would help, the parts of a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from matching import Code, Part, Remedy
from service.i18n import blanks, render, said_minutes
from service.matches.rules import Shown
from service.reference.catalogue import certificates, occupations
from service.reference.rules import labelled
from service.worktime import SHANGHAI, rfc3339

Words = Mapping[str, Any]


def refusal_sentence(shown: Shown, language: str) -> str:
    """Why not, with the facts that the viewer may see."""
    return render(f"match.refusal.{_variant(shown)}", language, **_words(shown.facts, language))


def remedy_sentence(remedy: Remedy, language: str) -> str:
    """The smallest change that would turn the refusal."""
    facts: Words = dict(remedy.facts)
    variant = remedy.code.value
    if variant == "widen_reach":
        variant += _which_reach(facts)
    return render(f"match.remedy.{variant}", language, **_words(facts, language))


def part_label(name: str, language: str) -> str:
    """What a factor is called."""
    return render(f"match.part.{name}", language)


def reason_sentence(part: Part, language: str) -> str:
    """Why a factor has the value it has."""
    code = f"match.reason.{part.name}.{part.reason}"
    words = {name: _word(name, part.facts[name], language) for name in blanks(code, language) if name in part.facts}
    return render(code, language, **words)


def code_label(code: str, language: str) -> str:
    """A refusal code as the head of a column of counts."""
    return render(f"match.code.{code}", language)


def plain(value: Any) -> Any:
    """A fact as JSON: times in RFC 3339, days as they are written, ids as text, lists for tuples."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def _variant(shown: Shown) -> str:
    """Some codes have two sentences, because the facts tell two stories."""
    facts = shown.facts
    if shown.code in (Code.UNDER_AGE, Code.ADULTS_ONLY) and facts.get("from") is None:
        return f"{shown.code}.unknown"
    if shown.code == Code.NOT_FREE and not facts.get("known"):
        return f"{shown.code}.unknown"
    if shown.code == Code.BLOCKED_PAIR and facts:
        return f"{shown.code}.yours"
    return shown.code


def _which_reach(facts: Words) -> str:
    if not facts["job_limit_by_m"]:
        return ".radius"
    return ".both" if facts["radius_by_m"] else ".job"


def _words(facts: Words, language: str) -> dict[str, Any]:
    """Facts as they stand in a sentence; papers and windows joined, minutes as hours, metres as kilometres."""
    words = {name: _word(name, fact, language) for name, fact in facts.items()}
    lacking = [
        render(f"match.papers.{state}", language, papers=_list(facts[state], _paper, language))
        for state in ("obtain", "renew", "have_checked")
        if facts.get(state)
    ]
    return words | {"lacking": render("match.separator", language).join(lacking)}


def _word(name: str, fact: Any, language: str) -> Any:
    if name.endswith(("minutes", "minutes_left")):
        return said_minutes(fact, language)
    if name.endswith("_m"):
        return _kilometres(fact)
    if isinstance(fact, datetime):
        return _moment(fact)
    if name in _LISTS:
        return _list(fact, _LISTS[name], language)
    return fact


def _kilometres(metres: int | None) -> str:
    """Rounded up like the way itself, so that what is beyond a limit never reads like the limit."""
    return "–" if metres is None else f"{-(-metres // 100) / 10:.1f}"


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%m-%d %H:%M}"


def _list(values: Sequence[Any], say: Callable[[Any, str], str], language: str) -> str:
    return render("match.separator", language).join(say(value, language) for value in values)


def _paper(kind: str, language: str) -> str:
    return labelled(certificates().get(kind), kind, language)


def _skill(skill: tuple[str, str, int], language: str) -> str:
    code, name, _ = skill
    return labelled(occupations().get(code), name, language)


def _span(span: tuple[datetime, datetime], language: str) -> str:
    return f"{_moment(span[0])}–{_moment(span[1])}"


def _window(window: tuple[int, int, int], language: str) -> str:
    weekday, start, end = window
    day = render(f"match.weekday.{weekday}", language)
    return f"{day} {start // 60:02d}:{start % 60:02d}–{end // 60:02d}:{end % 60:02d}"


_LISTS: Mapping[str, Callable[[Any, str], str]] = {
    "missing": _skill,
    "to": _skill,
    "spans": _span,
    "windows": _window,
}
