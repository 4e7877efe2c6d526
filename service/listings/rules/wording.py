"""Words on both sides: those of a listing as tokens, and what the words of a query mean.

Chinese is written without blanks, so a text is kept as its pairs of characters; a word of the lexicon of three
characters and more stands as a whole beside them. So every word that the lexicon knows is one token, and one scan of
the index answers «this word, or one of the trades it means».
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.listings.rules.folding import asked, usual
from service.listings.rules.lexicon import EMPTY, Lexicon, Word, lexicon
from service.text import bigrams

MOST_PIECES = 8
MOST_MEANT = 12  # words that letters alone may stand for
_PIECES = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens of which a listing has one (`whole`: all). Every clause of a query holds."""

    tokens: tuple[str, ...]
    whole: bool = False

    @property
    def is_lone(self) -> bool:
        """One Chinese character that no word is: only titles are found by it, and beside other words it says little."""
        return self.whole and len(self.tokens) == 1 and len(self.tokens[0]) == 1 and not self.tokens[0].isascii()

    @property
    def heads(self) -> Clause:
        """The same of the title, the trade, the place and what else is a code: what a listing is mainly about."""
        return Clause(tuple(each if ":" in each else f"={each}" for each in self.tokens), self.whole)


def words_of(title: str, texts: Iterable[str | None], most: int) -> set[str]:
    """The tokens of a title and of further texts, of each at most `most` characters."""
    head = usual(title)
    own = {*bigrams(head), *_long_words(head)}
    made = own | {f"={each}" for each in own}
    for text in texts:
        body = usual(text[:most]) if text else ""
        made |= {each for each in bigrams(body) if len(each) > 1 or each.isascii()}
        made |= _long_words(body)
    return made


def read_query(text: str) -> list[Clause]:
    """What is meant: a clause for each word that the lexicon knows, one for each rest; none for words like «招聘»."""
    known = lexicon()
    whole = asked(text)
    if (word := known.words.get(whole)) is not None and word.kind != EMPTY:
        return [_meant(whole, word)]
    pieces = _PIECES.findall(whole)[:MOST_PIECES]
    said = "".join(pieces)
    if len(pieces) > 1 and said.isascii() and said in known.spelt:
        return [_sounding(said, known)]
    clauses = [clause for piece in pieces for clause in _read_piece(piece, known, alone=said.isascii())]
    made = list(dict.fromkeys(clause for clause in clauses if clause.tokens))
    return [clause for clause in made if not clause.is_lone] or made


def parts(piece: str, known: Lexicon) -> Iterator[tuple[str, Word | None]]:
    """A run of characters cut into words, the longest first from the left; what no word is in one piece."""
    rest, at = "", 0
    while at < len(piece):
        found = next(
            (piece[at : at + size] for size in range(known.longest, 0, -1) if piece[at : at + size] in known.words),
            None,
        )
        if found is None:
            rest, at = rest + piece[at], at + 1
            continue
        if rest:
            yield rest, None
        rest, at = "", at + len(found)
        yield found, known.words[found]
    if rest:
        yield rest, None


def _read_piece(piece: str, known: Lexicon, *, alone: bool) -> list[Clause]:
    if piece.isascii():
        return [_sounding(piece, known, alone=alone)]
    return [_literal(text) if word is None else _meant(text, word) for text, word in parts(piece, known)]


def _meant(text: str, word: Word) -> Clause:
    own = () if " " in text or word.kind == EMPTY else (text,)
    return Clause(tuple(dict.fromkeys((*word.tokens, *own))))


def _sounding(letters: str, known: Lexicon, *, alone: bool = True) -> Clause:
    """Letters: as they stand, as a known word, or as the sound of some; beside no characters also as initials."""
    initials = known.initials.get(letters, ()) if alone else ()
    meant = [letters] if letters in known.words else list(known.spelt.get(letters) or initials)
    tokens = [token for text in meant[:MOST_MEANT] for token in (*known.words[text].tokens, text)]
    return Clause(tuple(dict.fromkeys((*tokens, letters))))


def _literal(text: str) -> Clause:
    pairs = tuple(each for each in bigrams(text) if len(each) > 1) or tuple(bigrams(text))
    return Clause(pairs, whole=True)


def _long_words(text: str) -> set[str]:
    """Words of the lexicon of three characters and more that stand in a folded text, blanks in them or not."""
    starts, text = lexicon().by_start, text.replace(" ", "")
    found = set()
    for at in range(len(text) - 2):
        for word in starts.get(text[at : at + 2], ()):
            if text.startswith(word, at):
                found.add(word)
    return found
