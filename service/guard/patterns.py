"""The few signs in which a policy officer writes what to look for, as regular expressions over folded text.

`{甲|乙}` either; `{甲|}` or nothing; `{@list}` any word of a list; `..` at most six characters between, `...` at most
fifteen, never across the end of a sentence; `__` at most six, never across a comma either; `#` a figure; `$` a sum of
money that is nobody's pay. Classes (`{[a-z0-9]{5,}}`) are taken as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache

from service.guard.folding import BREAK, COMMA, LIST, fold, to

GAPS = {"..": "[^|]{0,6}?", "...": "[^|]{0,15}?", "__": "[^|,]{0,6}?"}
_SIGN = re.compile(r"\{(@?[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|(\.{2,3}|__)|([#$])")

_SIGNS = re.compile("([#$])")
_CLASS = re.compile(r"\[[^\[\]]+\]")

Lists = Mapping[str, Sequence[str]]


FEW_WORDS = 20
LONGEST = 3  # characters of a word that a text is looked through for
MOST_MEETINGS = 400  # pairs in which two parts may meet that are looked for
MET = 1  # the group of an expression that is what is met
MONEY = ("figures", "hundreds", "money", "paid_by", "counts")  # the lists that `$` is made of
_CLASSES = re.compile(r"(?:\[[^\[\]]+\](?:\{[0-9]+,?[0-9]*\})?[^\x00-\x7f]?)+")


@lru_cache(maxsize=16_384)
def _folded(word: str) -> str:
    return fold(word).text  # the lists are in hundreds of patterns


class BadPattern(ValueError):
    """A pattern that cannot be read; the message says which part."""


def compiled(patterns: Sequence[str], lists: Lists) -> re.Pattern[str] | None:
    """One expression for any of the patterns; None without any. Raises BadPattern."""
    return checked(guarded(patterns, lists)) if patterns else None


@lru_cache(maxsize=4096)
def checked(expression: str) -> re.Pattern[str]:
    """An expression, compiled. Raises BadPattern."""
    try:
        return re.compile(expression)
    except re.error as wrong:
        raise BadPattern(str(wrong)) from wrong


def check_figures(lists: Lists) -> None:
    """That the lists of which figures and sums are made can be read, once for every pattern that has one. Raises
    BadPattern."""
    checked(figure(lists))
    if all(lists.get(name) for name in MONEY):
        checked(money(lists))


def guarded(patterns: Sequence[str], lists: Lists) -> str:
    """Any of the patterns as the group MET, each tried only at a character that it can begin with."""
    if len(patterns) == 1:
        is_plain, words = _begins_plainly(patterns[0], lists), _first_words(patterns[0], lists)
        first = None if is_plain and len(words) < FEW_WORDS else beginnings(patterns[0], lists)
        return _scouted(first, _seconds(words) if is_plain else "", expression(patterns[0], lists))
    made: list[str] = []
    every: set[str] | None = set()
    for each in patterns:
        first = beginnings(each, lists)
        made.append(f"(?:{_ahead(first)}{expression(each, lists)})")
        every = None if first is None or every is None else every | first
    return _scouted(every, "", f"(?:{'|'.join(made)})")


def _scouted(first: Set[str] | None, second: str, tried: str) -> str:
    """The first character by itself, and what begins with it seen from there: the engine passes by all other places
    at once only where an expression begins with a character, not where it begins with a look ahead."""
    return f"({tried})" if first is None else f"{_class(first)}{second}(?<=(?=({tried}))(?s:.))"


def _begins_plainly(pattern: str, lists: Lists) -> bool:
    """Whether it begins with words, not with figures, classes, gaps or with what may be left out."""
    if _SIGN.match(pattern) is None:
        return bool(_folded(pattern[:1]))
    words = _first_words(pattern, lists)
    return bool(words) and all(_folded(word[:1]) and not set(word[:1]) & set("#$[") for word in words)


def _first_words(pattern: str, lists: Lists) -> list[str]:
    """The words of the choice that it begins with; none where it begins with something else."""
    sign = _SIGN.match(pattern)
    return [] if sign is None or sign[1] is None else _words(sign[1], lists)


def _seconds(words: Sequence[str]) -> str:
    """Behind the first character of one of many words its second one, if it has one."""
    begun = [_folded(re.split("[#$]", word)[0]) for word in words]
    seconds, alone = {word[1] for word in begun if word[1:]}, {word for word in begun if len(word) == 1}
    if not (seconds and all(begun)):
        return ""
    return f"(?:(?={_class(seconds)})|(?<={_class(alone)}))" if alone else f"(?={_class(seconds)})"


def _class(chars: Set[str]) -> str:
    return f"[{''.join(sorted(map(re.escape, chars)))}]"


def _ahead(first: Set[str] | None) -> str:
    return "" if first is None else f"(?={_class(first)})"


def beginnings(pattern: str, lists: Lists) -> set[str] | None:
    """The characters that a match can begin with; None where that may be anything."""
    found: set[str] = set()
    at = 0
    for sign in _SIGN.finditer(pattern):
        if plain := _folded(pattern[at : sign.start()]):
            return found | {plain[0]}
        at = sign.end()
        choice, gap, number = sign.groups()
        words = _words(choice, lists) if choice is not None else [number or gap]
        if any(word == gap or _CLASSES.fullmatch(word) for word in words if word):
            return None
        for word in words:
            found |= _figures(lists) if word[:1] in ("#", "$") else set(_folded(word)[:1])
        if "" not in words:
            return found
    plain = _folded(pattern[at:])
    return found | {plain[0]} if plain else None


def needs(pattern: str, lists: Lists) -> tuple[frozenset[str], ...]:
    """What a text must hold for a match to be in it, one of each set: what a part that cannot be left out begins with
    (at most three characters), and where two such parts meet the last character of the one and the first of the other.
    Parts with figures count where there are no others: figures are in every text."""
    parts = list(_pieces(pattern, lists))
    found = [_begun(words, lists) for words in parts if words and "" not in words]
    found += [_meeting(words, parts[at + 1 :], lists) for at, words in enumerate(parts) if words and "" not in words]
    told = dict.fromkeys(frozenset(each) for each in found if each)
    plain = [each for each in told if not each & _figures(lists)]
    return tuple(plain or told)


def _pieces(pattern: str, lists: Lists) -> Iterator[list[str]]:
    """The words of each part, folded but for figure signs; none where anything may stand."""
    at = 0
    for sign in _SIGN.finditer(pattern):
        if plain := _folded(pattern[at : sign.start()]):
            yield [plain]
        choice, gap, number = sign.groups()
        words = _words(choice, lists) if choice is not None else [number or gap]
        anything = bool(gap) or any(map(_is_classes, words))
        yield [] if anything else list(map(_signs_kept, words))
        at = sign.end()
    if plain := _folded(pattern[at:]):
        yield [plain]


@lru_cache(maxsize=16_384)
def _signs_kept(word: str) -> str:
    return "".join(each if each in ("#", "$") else _folded(each) for each in _SIGNS.split(word))


@lru_cache(maxsize=16_384)
def _is_classes(word: str) -> bool:
    return "[" in word and _CLASSES.fullmatch(word) is not None


@lru_cache(maxsize=16_384)
def _longest(word: str) -> str:
    """Of the pieces of a word between figure signs."""
    return max(re.split("[#$]", word), key=len)


def _begun(words: Sequence[str], lists: Lists) -> set[str]:
    """What one of the words begins with: three characters of its longest piece that is no figure; any figure where all
    of it is."""
    pieces = list(map(_longest, words))
    return {piece[:LONGEST] for piece in pieces if piece} | (set() if all(pieces) else _figures(lists))


def _meeting(words: Sequence[str], rest: Sequence[Sequence[str]], lists: Lists) -> set[str]:
    """The pairs in which a part and what follows it may meet; none where anything may follow, or too much."""
    firsts: set[str] = set()
    for following in rest:
        firsts |= {first for word in following for first in _firsts(word, lists)}
        if "" not in following:
            break
    else:
        return set()
    lasts = {word[-1] for word in words}
    if not following or lasts & {"#", "$"} or len(lasts) * len(firsts) > MOST_MEETINGS:
        return set()
    return {f"{last}{first}" for last in lasts for first in firsts}


def _firsts(word: str, lists: Lists) -> Set[str]:
    return _figures(lists) if word[:1] in ("#", "$") else {word[:1]} if word else set()


def crosses(pattern: str, lists: Lists) -> bool:
    """Whether a match may hold the end of a sentence: where a mark of one is written out, or a class may be one."""
    if any(BREAK in word for words in _pieces(pattern, lists) for word in words):
        return True
    choices = (sign[1] for sign in _SIGN.finditer(pattern) if sign[1] is not None)
    classes = {each for choice in choices for word in _words(choice, lists) for each in _CLASS.findall(word)}
    return any(re.match(each, BREAK) for each in classes)


def _figures(lists: Lists) -> set[str]:
    return {*"0123456789", *"".join(lists.get("figures", ()))}


def expression(pattern: str, lists: Lists) -> str:
    """One pattern as a regular expression. Raises BadPattern."""
    made, at = [], 0
    for sign in _SIGN.finditer(pattern):
        made.append(_plain(pattern[at : sign.start()]))
        choice, gap, number = sign.groups()
        if choice is not None:
            made.append(_choice(choice, lists))
        else:
            made.append(_number(number, lists) if number else GAPS[gap])
        at = sign.end()
    made.append(_plain(pattern[at:]))
    if all(map(_may_be_nothing, _parts(pattern, lists))):
        raise BadPattern(pattern)  # it would be everywhere
    return "".join(made)


def _parts(pattern: str, lists: Lists) -> Iterator[Sequence[str]]:
    """The words of each part, of which one has to stand there."""
    at = 0
    for sign in _SIGN.finditer(pattern):
        yield [pattern[at : sign.start()]]
        choice, gap, number = sign.groups()
        yield _words(choice, lists) if choice is not None else ["" if gap else number]
        at = sign.end()
    yield [pattern[at:]]


def _may_be_nothing(words: Sequence[str]) -> bool:
    return any("{0" in word if "[" in word else not set(word) & set("#$") and not _folded(word) for word in words)


def _number(sign: str, lists: Lists) -> str:
    return figure(lists) if sign == "#" else money(lists)


def money(lists: Lists) -> str:
    """A sum of money: a figure of two places or more, or in words with hundreds, that no word of `lists.yaml` makes a
    pay («一天二百», `paid_by` before; «4300元/月», `paid_behind`) or another count («18岁», `counts` behind). Raises
    BadPattern."""
    if missing := [name for name in MONEY if not lists.get(name)]:
        raise BadPattern(f"$ without the list {missing[0]}")
    words, behind = "".join(lists.get("figures", ())), {*lists.get("counts", ()), *lists.get("paid_behind", ())}
    counts = "|".join(map(re.escape, sorted(behind)))
    before = _none_before({_folded(word) for word in lists.get("paid_by", ())})
    great, units = "".join(lists.get("hundreds", ())), "|".join(map(re.escape, lists.get("money", ())))
    listed = f"{BREAK}{COMMA}{LIST}"  # «，4500，» by itself is what a month pays
    long = f"(?<=[^0-9{listed}])[0-9]{{4,6}}(?!{to()})[{words}]?|[0-9]{{4,6}}[{words}]?(?={units})"
    figures = f"[0-9]{{2,3}}[{words}]?|{long}|[{words}]{{0,3}}[{great}][{words}]{{0,4}}|[0-9][{great}w][0-9]?"
    return f"(?=[0-9{words}])(?<![0-9{words}]){before}(?:{figures})(?![0-9{words}])(?:{units})?+(?!{counts})"


def _none_before(words: Set[str]) -> str:
    """None of the words ends here; those of one length are asked in one go."""
    lengths = sorted({len(word) for word in words})
    alike = ("|".join(sorted(re.escape(word) for word in words if len(word) == length)) for length in lengths)
    return "".join(f"(?<!{each})" for each in alike)


def figure(lists: Lists) -> str:
    """A number: digits, or a few of the words of the list `figures`."""
    words = "".join(lists.get("figures", ()))
    return f"(?:[0-9]{{1,6}}|[{words}]{{1,4}})" if words else "[0-9]{1,6}"


def _choice(words: str, lists: Lists) -> str:
    each = dict.fromkeys(_word(word, lists) for word in _words(words, lists))
    made = sorted(each, key=len, reverse=True)  # of the same length as they are written: a text is judged alike by all
    return "(?:" + "|".join(made) + ")"


def _words(choice: str, lists: Lists) -> list[str]:
    """The words of a choice, those of its lists among them. Raises BadPattern."""
    found: list[str] = []
    for word in choice.split("|"):
        if word.startswith("@"):
            if word[1:] not in lists:
                raise BadPattern(word)
            found += lists[word[1:]]
        else:
            found.append(word)
    return found


@lru_cache(maxsize=16_384)
def _plain_word(word: str) -> str:
    """A word without signs. Raises BadPattern."""
    made = _plain(word)
    if word and not made:
        raise BadPattern(word)  # nothing is left of it once it is folded
    return made


def _word(word: str, lists: Lists) -> str:
    """A word of a choice, which may hold a figure sign or be a run of character classes. Raises BadPattern."""
    if _is_classes(word):
        return word
    if not set(word) & {"#", "$"}:
        return _plain_word(word)
    return "".join(_number(part, lists) if part in ("#", "$") else _plain(part) for part in _SIGNS.split(word))


def _plain(text: str) -> str:
    if any(sign in text for sign in "{}"):
        raise BadPattern(text)
    return re.escape(_folded(text))
