"""How characters sound: one symbol for each syllable, so that words of equal sound have equal strings.

Sounds that much of the country does not tell apart (zh/z, sh/s, ch/c, n/l at the beginning, ing/in, eng/en,
ang/an stays apart) share a symbol.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import islice, product

_FIRST, _LAST = 0x4E00, 0x9FFF
_PRIVATE = 0xE000
_MOST_READINGS = 12


@cache
def readings(character: str) -> tuple[str, ...]:
    """Toneless pinyin of a character, the usual one first; nothing for a character without any."""
    from pypinyin.pinyin_dict import pinyin_dict  # a tenth of a second: only when a name index is built

    said = str(pinyin_dict.get(ord(character), ""))
    return tuple(dict.fromkeys(plain(each) for each in said.split(",") if each))


def plain(syllable: str) -> str:
    """A syllable without tone mark, v for the rounded u."""
    apart = unicodedata.normalize("NFD", syllable.replace("\u00fc", "v"))
    return "".join(c for c in apart.replace("u\u0308", "v") if c.isascii()).lower()


def heard(syllable: str) -> str:
    """The syllable as many people say it."""
    for standard, broad in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if syllable.startswith(standard):
            syllable = broad + syllable[2:]
    if syllable.startswith("n") and len(syllable) > 1 and syllable[1] in "aeiou":
        syllable = "l" + syllable[1:]
    return syllable[:-1] if syllable.endswith(("ing", "eng")) else syllable


@cache
def sound_table() -> dict[int, str]:
    """A table for str.translate: character -> symbol of its usual sound."""
    from pypinyin.pinyin_dict import pinyin_dict

    symbols: dict[str, str] = {}
    table: dict[int, str] = {}
    for point in range(_FIRST, _LAST + 1):
        said = pinyin_dict.get(point)
        if said:
            syllable = heard(plain(said.partition(",")[0]))
            table[point] = symbols.setdefault(syllable, chr(_PRIVATE + len(symbols)))
    return table


def spellings(word: str) -> list[str]:
    """Every way to write a word in Latin letters, up to twelve where characters have several readings."""
    options = [readings(c) if _FIRST <= ord(c) <= _LAST else (c,) for c in word]
    if not all(options):
        return []
    return ["".join(parts) for parts in islice(product(*(each[:2] for each in options)), _MOST_READINGS)]
