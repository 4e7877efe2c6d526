"""What the posting guard says of a deal's words: a margin may not hide in a sentence either, nor any sum of money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from service.errors import FieldError, Refused
from service.guard import Rulebook, findings_in, in_language
from service.guard.heading import behind
from service.guard.sums import sums_in
from service.guard.telling import CODE

SUMS_ALLOWED = ("/clauses/damage",)  # up to what damage a firm bears alone; other money is in pay and costs
OF_FIRMS = ("/injury_clause", "/clauses/settlement", "/clauses/damage")  # what the one firm pays the other
CHARGES = "C01"  # on workers; where firms pay each other only what it names is one, no guess


def check_words(texts: Mapping[str, str | None], said: str, rules: Rulebook, day: date, language: str) -> None:
    """Judged as words about shared labour (`said` is its name), which no field of a deal says again.

    Raises Refused `deal_words` with every rule that they break, each under its field and once, and `deal_sum` for sums
    of money that no insurance pays.
    """
    sent = {pointer: words for pointer, words in texts.items() if words}
    told = {pointer: f"{said} {words}" for pointer, words in sent.items()}
    found = findings_in(told, rules, day, pay_stated=True)
    errors = [
        FieldError(pointer, CODE, in_language(behind(facts, sent[pointer], len(said) + 1), language))
        for pointer, facts in found
        if facts["action"] in ("block", "review") and not _is_guessed(pointer, facts, len(said) + 1)
    ]
    errors = [*_each_once(errors), *_sums(sent)]
    if errors:
        raise Refused("deal_words", errors=tuple(errors))


def _is_guessed(pointer: str, facts: Mapping[str, object], by: int) -> bool:
    """A hint that needs the name of shared labour for half of it (who helps a manager is no margin), or that takes what
    one firm pays the other for a charge on workers."""
    if facts["how"] != "hint":
        return False
    return int(str(facts["start"])) < by or (facts["rule"] == CHARGES and pointer in OF_FIRMS)


def _sums(sent: Mapping[str, str]) -> Iterator[FieldError]:
    for pointer, words in sent.items():
        if pointer in SUMS_ALLOWED:
            continue
        for said in dict.fromkeys(words[start:end] for start, end in sums_in(words)):
            yield FieldError(pointer, "deal_sum", {"words": said})


def _each_once(errors: list[FieldError]) -> Iterator[FieldError]:
    """Without those that say the same advice of a place, or a rule of words, that is told already."""
    kept: list[FieldError] = []
    for each in errors:
        if each.facts["words"] and not any(_says_the_same(each, other) for other in kept):
            kept.append(each)
            yield each


def _says_the_same(one: FieldError, other: FieldError) -> bool:
    if one.pointer != other.pointer or one.facts["advice"] != other.facts["advice"]:
        return False
    overlap = one.facts["start"] < other.facts["end"] and other.facts["start"] < one.facts["end"]
    return bool(overlap or one.facts["words"] == other.facts["words"])
