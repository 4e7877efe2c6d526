"""Why a surplus helps a shortage or does not, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from service.balances.rules.conditions import conditions
from service.http.html.words import listed, yuan
from service.i18n import render
from service.reference.rules import labelled

if TYPE_CHECKING:
    from matching import Part
    from matching.sharing import Hindrance, LeftOver


def part_label(name: str, language: str) -> str:
    """What a factor is called."""
    return render(f"sharing.part.{name}", language)


def reason_sentence(part: Part, language: str) -> str:
    """Why a factor has the value it has; where the nearest lives as far as the farthest, the way once."""
    words = _words(part.facts, language)
    once = "nearest_m" in words and words["nearest_m"] == words["farthest_m"]
    return render(f"sharing.reason.{part.name}.{part.reason}{'_one' if once else ''}", language, **words)


def lack_label(code: str, language: str) -> str:
    """A hindrance as the head of a count."""
    return render(f"sharing.code.{code}", language)


def hindrance_sentence(hindrance: Hindrance, language: str) -> str:
    """What stands between the two."""
    told = "out_of_reach_within" if "within_m" in hindrance.facts else hindrance.code.value
    return render(f"sharing.lack.{told}", language, **_words(hindrance.facts, language))


def mend_sentence(hindrance: Hindrance, language: str) -> str | None:
    """The smallest change that makes it go away, where one is evident."""
    if hindrance.mend is None:
        return None
    return render(f"sharing.mend.{hindrance.mend.value}", language, **_words(hindrance.facts, language))


def left_sentence(left: LeftOver, side: str, language: str) -> str:
    """Why people stay where they are, or seats stay empty: every reason with its number."""
    told = [staying_sentence(code.value, people, side, language) for code, people in left.reasons]
    return render("sharing.left.between", language).join(told)


def staying_sentence(code: str, people: int, of: str, language: str) -> str:
    """One reason, of a side's people or seats, or of a match."""
    return render(f"sharing.left.{of}.{code}", language, count=people)


def _words(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {name: _word(name, fact, language) for name, fact in facts.items()}


def _word(name: str, fact: Any, language: str) -> Any:
    """Fen as yuan, metres as kilometres rounded up (a band is of whole ones), days as written, conditions by names."""
    if name.endswith("_fen"):
        return yuan(fact)
    if name == "within_m":
        return fact // 1000
    if name.endswith("_m"):
        return f"{-(-fact // 100) / 10:.1f}"
    if name in ("missing", "met"):
        return listed([labelled(conditions().get(code), code, language) for code in fact], language)
    if name == "sides":
        return listed([render(f"sharing.side.{code}", language) for code in fact], language)
    return fact
