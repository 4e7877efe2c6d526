"""Free text to skills, trades and occupations: one index over the shipped catalogue, built when first asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from matching.names import Named, NameEntry, NameIndex, Wording
from service.policies.typed import DataRefused, conform
from service.reference.catalogue import fold, load, trade_words, trades
from service.reference.skills import check_skills, classification, skill_words, skills

SURE = 800
"""Least confidence, in permille, at which words of a person are replaced by a trade without asking."""
_WORDING = ("noise", "heads", "prefixes", "places", "others", "speech", "negations", "generic", "everyday", "life")
_BUILDING = Lock()
_TRADE, _SKILL, _OCCUPATION = "trade", "skill", "occupation"


@dataclass(frozen=True, slots=True)
class NamedCraft:
    """What a text may mean: `kind` and `code` of the entry, the trade and occupation behind it, how sure and why.

    `confidence` is permille; `found` is exact, contained, hint, pinyin or similar (see matching/names).
    """

    kind: str
    code: str
    zh: str
    en: str | None
    trade: str | None
    occupation: str | None
    occupation_name: str | None
    confidence: int
    word: str
    found: str


def prepare() -> None:
    """Build the index now (about a second), so that no caller waits for it. Raises DataRefused."""
    with _BUILDING:
        _index()


def crafts_of(text: str, most: int = 5) -> list[NamedCraft]:
    """What a title or a few words may mean, best first; empty when nothing is sure enough."""
    return [_craft(named) for named in _built().name(text, most)]


def crafts_in(sentence: str) -> list[NamedCraft]:
    """Every skill a sentence names, in its order; empty when it names none."""
    return [_craft(named) for named in _built().skills_in(sentence)]


def crafts_of_all(texts: Sequence[str], most: int = 1) -> list[list[NamedCraft]]:
    """`crafts_of` for many texts at once."""
    return [[_craft(named) for named in each] for each in _built().names(texts, most)]


def trade_of(text: str) -> str | None:
    """The trade that a text surely means, by its best name; None when unsure or when no trade of ours fits."""
    best = crafts_of(text, 1)
    return best[0].trade if best and best[0].confidence >= SURE else None


@cache
def official_names() -> Mapping[str, str]:
    """Official names of occupations by code, without the residual groups, which name no trade."""
    residue = conform(load("naming").get("residue"), str, "naming.yaml", "residue")
    return {code: name for code, name in classification().items() if not name.startswith(residue)}


def words_and_codes() -> dict[str, str]:
    """Every word of the index with the code of the trade, skill or occupation that owns it."""
    owned = {name: code for code, name in official_names().items()}
    owned |= {word: trade.code for trade in trades().values() for word in trade.words}
    return owned | {word: skill.code for skill in skills().values() for word in skill.words}


def _built() -> NameIndex:
    with _BUILDING:  # two first callers must not both build
        return _index()


@cache
def _index() -> NameIndex:
    check_skills()
    return NameIndex((*_skills(), *_trades(), *_occupations()), wording())


def _craft(named: Named) -> NamedCraft:
    entry = named.entry
    kind, _, code = entry.id.partition(":")
    shown: Any = {_TRADE: trades(), _SKILL: skills()}.get(kind, {}).get(code)
    return NamedCraft(
        kind,
        code,
        entry.name,
        shown.en if shown else None,
        entry.group,
        entry.code,
        classification().get(entry.code or ""),
        named.confidence,
        named.word,
        named.how,
    )


def _skills() -> Iterator[NameEntry]:
    for skill in skills().values():
        yield NameEntry(
            f"{_SKILL}:{skill.code}",
            skill.zh,
            (skill.en, *skill.aliases),
            shared=skill.shared,
            code=skill.occupation,
            group=skill.trade,
        )


def _trades() -> Iterator[NameEntry]:
    """A word that one of the trade's own skills has means that skill."""
    for trade in trades().values():
        yield NameEntry(
            f"{_TRADE}:{trade.code}",
            trade.zh,
            tuple(word for word in trade.words if fold(word) not in skill_words()),
            shared=trade.shared_aliases,
            hints=trade.hints,
            code=trade.occupation,
            group=trade.code,
        )


def _occupations() -> Iterator[NameEntry]:
    """Official names that neither a trade nor a skill bears."""
    for code, name in official_names().items():
        folded = fold(name)
        if folded not in skill_words() and folded not in trade_words():
            yield NameEntry(f"{_OCCUPATION}:{code}", name, code=code, rank=1)


def wording() -> Wording:
    """The words around names, from naming.yaml. Raises DataRefused."""
    raw = load("naming")
    words = {key: conform(raw.get(key), tuple[str, ...], "naming.yaml", key) for key in _WORDING}
    alike = conform(raw.get("alike"), tuple[tuple[str, str], ...], "naming.yaml", "alike")
    return Wording(**words, alike=alike, variants=_variants(raw))


def _variants(raw: Mapping[str, Any]) -> dict[str, str]:
    usual, other = ("".join(str(raw.get(key, "")).split()) for key in ("simplified", "traditional"))
    if len(usual) != len(other):
        raise DataRefused("naming.yaml", "traditional", "not as many characters as simplified")
    return dict(zip(other, usual, strict=True))
