"""What somebody who is still typing may mean, and what somebody meant who mistyped."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from rapidfuzz import fuzz, process

from matching.names.sounds import spellings
from service.listings.rules.folding import asked, usual
from service.listings.rules.lexicon import EMPTY, TRADE, Lexicon, Word, lexicon
from service.listings.rules.tokens import region_token, trade_token
from service.listings.rules.wording import parts
from service.reference.catalogue import trades

MOST_REPAIRS = 3
MOST_BESIDE = 12
LEAST_LIKE = {True: 80, False: 55}  # RapidFuzz's ratio, of letters and of characters: in 保吉 half is right
LONGEST = 12


def suggestions(text: str, limit: int) -> list[Word]:
    """Words that begin with the text, or sound or are abbreviated like it; one for each meaning, exact ones first."""
    known, wanted = lexicon(), asked(text)
    found: dict[tuple[str, ...], tuple[tuple[int, ...], Word]] = {}
    for folded, inside in _beginning(wanted, known):
        word = known.words[folded]
        rank = (inside, folded.isascii(), folded != wanted, not word.first, len(folded))
        best = found.get(word.tokens)
        if best is None or rank < best[0]:
            found[word.tokens] = (rank, word)
    return [word for _, word in sorted(found.values(), key=lambda each: (each[0], each[1].shown))][:limit]


def by_use(text: str, words: Sequence[Word], live: Sequence[int], region: str | None) -> list[Word]:
    """Suggestions in their order: exactly what was typed, then what has listings, names before other names of the
    same, the most first; among those of as many what lies in the region, then as they stood."""
    wanted, here = asked(text), region_token(region) if region else ""

    def rank(at: int) -> tuple[bool, bool, bool, int, bool, int]:
        lies = bool(here) and any(token.startswith(here) for token in words[at].tokens)
        return usual(words[at].shown) != wanted, not live[at], not words[at].first, -live[at], not lies, at

    return [words[at] for at in sorted(range(len(words)), key=rank)]


def likely(text: str) -> list[str]:
    """What may have been meant: repairs, and for a trade the words that have it inside and the trades beside it,
    in English for an English one."""
    known, wanted = lexicon(), asked(text)
    word = known.words.get(wanted)
    if word is None or word.kind != TRADE:
        return repairs(text)
    inside = [each for each in suggestions(text, MOST_BESIDE) if each.kind == TRADE and each.tokens != word.tokens]
    industries = {row.industry for row in trades().values() if trade_token(row.code) in word.tokens}
    beside = [
        row.en if wanted.isascii() else row.zh
        for row in trades().values()
        if row.industry in industries and trade_token(row.code) not in word.tokens
    ]
    return list(dict.fromkeys([*(each.shown for each in inside), *beside]))[:MOST_BESIDE]


def repairs(text: str) -> list[str]:
    """The text with each part that is no word replaced by the likeliest word; nothing where every part is one."""
    known, wanted = lexicon(), asked(text)
    if not wanted or len(wanted) > 4 * LONGEST:
        return []
    whole = _alike(wanted.replace(" ", ""), known)
    cut = [list(parts(piece, known)) for piece in wanted.split()]
    pieces = [each for some in cut for each in some]
    if len(pieces) > 1 and any(word is None for _, word in pieces):
        mended = [text if word else next(iter(_alike(text, known)), text) for text, word in pieces]
        whole = [*whole, "".join(mended)] if mended != [text for text, _ in pieces] else whole
    return [each for each in dict.fromkeys(whole) if each != wanted][:MOST_REPAIRS]


def prepare() -> None:
    """Read the words and sort them; the first call takes a second or two."""
    suggestions("a", 1)
    lexicon().by_start  # noqa: B018 - kept once asked for
    _spelt_keys()


def _beginning(wanted: str, known: Lexicon) -> Iterator[tuple[str, bool]]:
    """Folded words, and whether the text stands somewhere inside and not at the beginning."""
    if not wanted:
        return
    for ordered, table in _tables():
        at = bisect_left(ordered, wanted)
        while at < len(ordered) and ordered[at].startswith(wanted):
            yield from ((word, False) for word in table[ordered[at]])
            at += 1
    if not wanted.isascii():
        yield from ((word, True) for word in _sorted_words() if wanted in word)


@cache
def _tables() -> tuple[tuple[list[str], dict[str, tuple[str, ...]]], ...]:
    known = lexicon()
    words: dict[str, tuple[str, ...]] = {word: (word,) for word in _sorted_words()}
    return tuple((sorted(table), table) for table in (words, known.spelt, known.initials))


@cache
def _sorted_words() -> list[str]:
    return sorted(folded for folded, word in lexicon().words.items() if word.kind != EMPTY)


def _alike(text: str, known: Lexicon) -> list[str]:
    """Words of the same sound, then those that look most like it, by letters or by characters."""
    if len(text) < 2 or len(text) > LONGEST * (6 if text.isascii() else 1):
        return []
    sounding = [word for said in _said(text) for word in known.spelt.get(said, ())]
    near: list[str] = []
    if text.isascii():
        near = [word for key in _nearest(text, _spelt_keys(), letters=True) for word in known.spelt[key]]
    else:
        near = _nearest(text, _of_length(len(text)), letters=False)
        near += [
            word
            for said in _said(text)[:1]
            for key in _nearest(said, _spelt_keys(), letters=True)
            for word in known.spelt[key]
            if abs(len(word) - len(text)) <= 1
        ]
    shown = (known.words[word].shown for word in (*sounding, *near) if known.words[word].kind != EMPTY)
    return list(dict.fromkeys(shown))


def _said(text: str) -> list[str]:
    return [text] if text.isascii() else [each.replace(" ", "") for each in spellings(text) if each.isascii()]


def _nearest(text: str, among: Sequence[str], *, letters: bool) -> list[str]:
    found: Iterable[tuple[str, float, int]] = process.extract(
        text, among, scorer=fuzz.ratio, score_cutoff=LEAST_LIKE[letters], limit=MOST_REPAIRS
    )
    return [word for word, _, _ in found]


@cache
def _spelt_keys() -> list[str]:
    return [key for key in lexicon().spelt if len(key) > 3]


@cache
def _of_length(size: int) -> list[str]:
    return [word for word in _sorted_words() if not word.isascii() and abs(len(word) - size) <= 1 and len(word) > 1]
