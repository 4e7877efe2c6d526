"""Reading how many people a sentence wants: 两个, 招3人, 3到5个人, 俩."""

from __future__ import annotations

from service.postings.sentence.lexicon import Lexicon, Sheet, read_number

MOST_PEOPLE = 1000


def read_headcount(sheet: Sheet, words: Lexicon, assumed: list[str]) -> int | None:
    """The number of people; of a range («3到5人») the smaller, and it is said so."""
    for form in _headcount_forms(words):
        match = sheet.search(form)
        if not match:
            continue
        found = match.groupdict()
        if word := found.get("word"):
            people = int(words.at("headcount.together")[word])
        else:
            value = read_number(found["n"] or "", words)
            people = int(value) if value is not None and value.denominator == 1 else 0
        if 1 <= people <= MOST_PEOPLE:
            sheet.claim("headcount", *match.span())
            assumed += ["headcount"] if found.get("more") else []
            return people
    return None


def _headcount_forms(words: Lexicon) -> tuple[str, ...]:
    number, before = rf"(?P<n>{words.number})", words.any("headcount.before")
    range_to = rf"(?:\s*{words.any('range')}\s*(?P<more>{words.number}))?"
    counters, stop = words.any("headcount.counters"), rf"(?!\s*{words.any('headcount.not_after')})"
    return (
        rf"{words.any('headcount.labels')}[:\s]*{number}{range_to}",
        rf"{before}?{number}{range_to}\s*{counters}{stop}",
        rf"(?P<word>{words.any('headcount.together')})",
        rf"{before}{number}(?![0-9.]){stop}(?!\s*{counters})",
    )
