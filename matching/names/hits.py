"""Words of entries that stand in a piece of text, and how much each of them says about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from matching.names.folding import tight
from matching.names.scan import Kind, Token

if TYPE_CHECKING:
    from matching.names.forms import Forms

_BASE = (0.0, 0.0, 0.76, 0.84, 0.88, 0.91, 0.93)
_PLACE, _OTHER, _SPEECH, _EVERYDAY, _FOLLOWED, _SHARED = 0.30, 0.35, 0.25, 0.30, 0.06, 0.05
_MOSTLY = 0.34
_HINT = 0.56
_LATER, _NEXT_PIECE = 0.02, 0.10
_PIECE = 1000
_GENERIC, _BARE, _HEAD = 0.18, 0.12, 0.10


class Hit(NamedTuple):
    """An entry that a text may mean: score 0..1, the word, how it was found, and where it stands."""

    entry: int
    score: float
    word: str
    how: str
    at: int


def whole_word(forms: Forms, text: str) -> list[Hit]:
    """The owners of a text that is a word itself, spaces, figures and punctuation included."""
    word = tight(text, forms.variants)
    return _owned(forms, Token(0, len(word), Kind.TRADE, word), 1.0, True) if word in forms.owners else []


def hits_of(forms: Forms, pieces: Sequence[str]) -> list[Hit]:
    """The hits of all pieces of a title, where the first piece that names a trade says most."""
    found: list[Hit] = []
    for order, piece in enumerate(pieces):
        found += placed(hits_in(forms, piece), order, found)
    return found


def placed(hits: Sequence[Hit], order: int, earlier: Sequence[Hit]) -> list[Hit]:
    """The hits of a piece in their place: each piece before it that names a trade makes them say less."""
    before = {hit.at // _PIECE for hit in earlier if hit.how in ("exact", "contained") and hit.at < order * _PIECE}
    less = _NEXT_PIECE * min(len(before), 2)
    return [hit._replace(score=hit.score - less, at=order * _PIECE + hit.at) for hit in hits]


def hits_in(forms: Forms, piece: str, *, telling: bool = False) -> list[Hit]:
    """The entries whose words stand in a piece; `telling` is for sentences in which people say what they can do."""
    tokens = forms.lexicon.read(piece)
    named = [at for at, token in enumerate(tokens) if token.kind <= Kind.HINT]
    if not named:
        return []
    noise = sum(token.end - token.start for token in tokens if token.kind is Kind.NOISE)
    spoken = any(_talk(token, len(piece)) for token in tokens)
    specific = any(tokens[at].kind is Kind.TRADE and not _vague(forms, tokens[at].word, True) for at in named)
    found: list[Hit] = []
    for order, at in enumerate(named):
        if _negated(tokens, at):
            continue
        score = _score(forms, tokens, at, len(piece), noise, len(named) > 1) + _LATER * order
        if score < 1.0:
            score -= _vague(forms, tokens[at].word, specific)
        if telling and score >= _BASE[2] - _FOLLOWED:
            score = max(score, 0.8)
        if spoken:
            score -= _SPEECH
        found += _owned(forms, tokens[at], min(score, 1.0), len(piece) == len(tokens[at].word))
    return found


def _talk(token: Token, size: int) -> bool:
    """A particle (one character) only talks at the end of a piece: a bar is no question."""
    return token.kind is Kind.SPEECH and (token.end - token.start > 1 or token.end == size or token.start == 0)


def _negated(tokens: Sequence[Token], at: int) -> bool:
    """Whether a negation stands before the word with nothing between but noise."""
    for token in reversed(tokens[:at]):
        if token.kind is Kind.NEGATION:
            return True
        if token.kind is not Kind.NOISE and token.kind > Kind.HINT:
            return False
    return False


def _score(forms: Forms, tokens: Sequence[Token], at: int, size: int, noise: int, company: bool) -> float:
    token = tokens[at]
    length = token.end - token.start
    cover = min(1.0, length / max(length, size - noise))
    if token.kind is Kind.HINT:
        return _HINT + 0.2 * cover
    base = _BASE[min(length, len(_BASE) - 1)]
    score = base + (1.0 - base) * cover
    follower = tokens[at + 1] if at + 1 < len(tokens) else None
    adjacent = follower is not None and follower.start == token.end
    if adjacent and follower is not None and follower.kind in (Kind.PLACE, Kind.OTHER):
        score -= _PLACE if follower.kind is Kind.PLACE else _OTHER
    elif token.end < size and not adjacent:
        score -= _FOLLOWED
    if token.word in forms.everyday and (_lived(tokens) or (cover < _MOSTLY and not company)):
        score -= _EVERYDAY
    return score


def _vague(forms: Forms, word: str, specific: bool) -> float:
    """What a word loses because others say more, or would."""
    if word in forms.generic:
        return _GENERIC if specific else _BARE
    return (_HEAD if specific else 0.0) if word in forms.common else 0.0


def _lived(tokens: Sequence[Token]) -> bool:
    return any(token.kind is Kind.LIFE for token in tokens)


def _owned(forms: Forms, token: Token, score: float, whole: bool) -> list[Hit]:
    if token.kind is Kind.HINT:
        return [Hit(forms.hints[token.word], score, token.word, "hint", token.start)]
    how = "exact" if whole else "contained"
    return [
        Hit(entry, score - _SHARED * behind, token.word, how, token.start)
        for behind, entry in enumerate(forms.owners[token.word])
    ]
