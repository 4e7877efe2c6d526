"""What text may be stored, how it is compared and searched, and how people are masked in it.

Stored text is NFC and free of NUL, controls, lone surrogates, private-use characters, bidi overrides and
zero-width characters (INV-46). Two compare as equal when their `fold` is equal. Lengths are code points.

Characters that a script or an emoji needs stay, so that names are kept whole:
- a joiner (U+200C, U+200D) directly between two letters of the Arabic script (Uyghur, Kazakh);
- U+200D between two emoji, in text but not in names;
- one variation selector after a visible character (rare forms of 葛, emoji style);
- the Mongolian selectors and vowel separator after a Mongolian letter.
Letters newer than Python's own table (ideograph extensions G to J) count as letters: they occur in names.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise


class TextRefused(ValueError):
    """Text that may not be stored. `code` says why; the text itself is never part of the message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


MIDDLE_DOT = "\u00b7"
_BLANKS = " \t\r\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_STRIP = " \t\r\n\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_HAN = r"\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_VARIATION = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_FILLERS = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
_MONGOLIAN = "\u180b-\u180f"
_JOINERS = "\u200c\u200d"
_TAGS = "\U000e0000-\U000e007f"

# Printable in Python's eyes, and still in need of a second look.
_ODD = re.compile(f"[{_VARIATION}{_FILLERS}{_MONGOLIAN}\ufffd\u2800]")
_IGNORED = re.compile(f"[{_VARIATION}{_FILLERS}{_MONGOLIAN}{_JOINERS}{_BIDI}{_TAGS}]")
_ARABIC = re.compile("[\u0620-\u065f\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_EMOJI = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u231a-\u23ff\u2460-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]"
)
_DOTS = re.compile("\\s*[\u00b7\u2022\u2027\u2219\u22c5\u2e31\u30fb\uff65]\\s*")
_FULL_STOP_IN_NAME = re.compile(f"(?<=[{_HAN}])[ ]?[.\uff0e][ ]?(?=[{_HAN}])")
_SPACE_RUN = re.compile(f"[{_BLANKS}]+")
_SPACE_IN_HAN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean_line(s: str, max_code_points: int) -> str:
    """One line of text as it is stored: NFC, outer blanks off, at most `max_code_points` long.

    Raises TextRefused: text_empty, text_too_long, text_nul, text_control, text_bidi, text_zero_width,
    text_surrogate, text_private_use, text_broken (U+FFFD and noncharacters: the source was decoded wrongly).
    """
    return _clean(s, max_code_points, line_breaks=False, emoji=True)


def clean_paragraph(s: str, max_code_points: int) -> str:
    """Text of several lines: as `clean_line`, but CRLF and CR become LF, LF stays, a tab becomes a blank."""
    return _clean(
        s.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "),
        max_code_points,
        line_breaks=True,
        emoji=True,
    )


_NO_NAME = re.compile(r"[<>@/\\{}]|\d(?:[ -]?\d){4}")  # five figures are a telephone number, or part of one


def clean_person_name(s: str, max_code_points: int = 64) -> str:
    """A person's name: as `clean_line`, with one form of the middle dot (U+00B7) and of blanks.

    Blanks between two ideographs go («张　三» is 张三 padded by a form); a full stop between two ideographs
    is a middle dot; U+200D of emoji is refused. Raises TextRefused, also text_no_letter, text_no_name (a number, an
    address or markup among it).
    """
    name = _clean(s, max_code_points, line_breaks=False, emoji=False)
    name = _SPACE_IN_HAN.sub("", _SPACE_RUN.sub(" ", _fold_dots(name))).strip(" " + MIDDLE_DOT)
    if not any(_is_letter(ch) for ch in name):
        raise TextRefused("text_no_letter")
    if _NO_NAME.search(name):
        raise TextRefused("text_no_name")
    return name


def _clean(s: str, max_code_points: int, *, line_breaks: bool, emoji: bool) -> str:
    # Nothing that normalising or stripping can still save is this long; megabytes end here.
    if len(s) > 4 * max_code_points + 64:
        raise TextRefused("text_too_long")
    if _SURROGATE.search(s):
        raise TextRefused("text_surrogate")
    text = unicodedata.normalize("NFC", s).strip(_STRIP)
    flat = text.replace("\n", " ") if line_breaks else text
    if not flat.isprintable() or _ODD.search(flat):
        _check_characters(flat, emoji=emoji)
    if not any(_is_visible(ch) for ch in flat):
        raise TextRefused("text_empty")
    if len(text) > max_code_points:
        raise TextRefused("text_too_long")
    return text


def _check_characters(text: str, *, emoji: bool) -> None:
    for at, ch in enumerate(text):
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        code = _refusal(ch)
        if code and not _is_needed(ch, before, after, emoji=emoji):
            raise TextRefused(code)


def _refusal(ch: str) -> str | None:
    category = unicodedata.category(ch)
    if ch == "\0":
        return "text_nul"
    if re.match(f"[{_BIDI}]", ch):
        return "text_bidi"
    if _IGNORED.match(ch):
        return "text_zero_width"
    if category in ("Cc", "Zl", "Zp", "Cf"):
        return "text_control"
    if category == "Co":
        return "text_private_use"
    if ch == "\ufffd" or ord(ch) & 0xFFFE == 0xFFFE or "\ufdd0" <= ch <= "\ufdef":
        return "text_broken"
    return None


def _is_needed(ch: str, before: str, after: str, *, emoji: bool) -> bool:
    """Whether an invisible character does its proper work between its two neighbours."""
    if not before:
        return False
    if ch in _JOINERS and _ARABIC.match(before) and _ARABIC.match(after):
        return True
    if ch == "\u200d" and emoji:
        return bool(_EMOJI.match(before) and _EMOJI.match(after))
    if re.match(f"[{_VARIATION}]", ch):
        return _is_visible(before)
    return bool(re.match(f"[{_MONGOLIAN}]", ch)) and "\u1820" <= before <= "\u18aa"


def _is_visible(ch: str) -> bool:
    return (unicodedata.category(ch)[0] in "LNPS" and ch != "\u2800") or _is_new_letter(ch)


def _is_letter(ch: str) -> bool:
    return unicodedata.category(ch)[0] == "L" or "\u2e80" <= ch <= "\u2fdf" or _is_new_letter(ch)


def _is_new_letter(ch: str) -> bool:
    return unicodedata.category(ch) == "Cn" and ord(ch) & 0xFFFE != 0xFFFE


def _fold_dots(s: str) -> str:
    return _DOTS.sub(MIDDLE_DOT, _FULL_STOP_IN_NAME.sub(MIDDLE_DOT, s))


def fold(s: str) -> str:
    """The form in which two texts are compared and searched: NFKC, case, width, middle dots, single blanks.

    Invisible characters and variation selectors are dropped. Idempotent; never shown to anybody.
    """
    folded = _fold_dots(_IGNORED.sub("", s))
    for _ in range(3):  # casefold can undo NFKC and the other way round; three rounds reach the fixed point
        folded = _IGNORED.sub("", unicodedata.normalize("NFKC", folded).casefold())
        folded = _SPACE_RUN.sub(" ", _fold_dots(folded)).strip(" ")
    return folded


def fold_tight(s: str) -> str:
    """`fold` without any blank: «押 金» and «押\u200b金» meet 押金."""
    return fold(s).replace(" ", "")


_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SEPARATORS = re.compile(f"[{_BLANKS}\\-\u2010-\u2015\u2212]+")


def half_width(s: str) -> str:
    """Full-width letters, digits and signs as ASCII, character by character; the rest unchanged."""
    return s.translate(_TO_ASCII)


def fold_digits(s: str) -> str:
    """An identifier (identity number, phone, credit code) in ASCII: width folded, blanks and hyphens off.

    Other scripts' digits are refused, not converted (F12). Raises TextRefused: text_empty, text_too_long
    (over 64), text_not_ascii.
    """
    if len(s) > 64:
        raise TextRefused("text_too_long")
    folded = _SEPARATORS.sub("", half_width(s))
    if not folded:
        raise TextRefused("text_empty")
    if not folded.isascii() or not folded.isprintable():
        raise TextRefused("text_not_ascii")
    return folded


_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0f18-\u0f84\u0f8d-\u0fbc"
_LETTER_WITH_MARKS = re.compile(f"(.)[{_MARKS}{_VARIATION}]*", re.DOTALL)


def mask_name(name: str) -> str:
    """A name for those who may not see it: 张*, 王**, 阿**·**; one letter and at most two stars a part.

    A compound surname shows its first character only, so that no list of surnames decides how much is shown.
    """
    first, *others = [part for part in re.split(f"[ {MIDDLE_DOT}]", name) if part] or [""]
    letter = _LETTER_WITH_MARKS.match(first)
    shown = letter.group(0) if letter else ""
    hidden = max(1, min(2, len(first) - len(shown)))
    return MIDDLE_DOT.join([shown + "*" * hidden] + ["**"] * len(others))


def mask_phone(phone: str) -> str:
    """138****5678 for a mainland number in any stored form; of another number only the last two digits."""
    digits = phone.removeprefix("+86")
    if len(digits) == 11 and digits.isdigit():
        return f"{digits[:3]}****{digits[7:]}"
    return "*" * 6 + phone[-2:] if len(phone) > 6 else "*" * 6


def mask_id(number: str) -> str:
    """310***********0013: the first three and the last four of an 18-digit number, of any other nothing."""
    if len(number) != 18:
        return "*" * len(number)
    return f"{number[:3]}{'*' * 11}{number[14:]}"


_IDEOGRAPHS = rf"[{_HAN}\u3041-\u30fa\u30fc-\u30ff]"
_RUNS = re.compile(f"({_IDEOGRAPHS}+)|((?:(?!{_IDEOGRAPHS})[^\\W_]|[{_MARKS}])+)")


def bigrams(s: str) -> list[str]:
    """What a text is found by, each once, in order: ideographs, their pairs, other scripts' words; folded.

    A query's list is contained in a text's list when the text may match, from one ideograph on.
    """
    return list(dict.fromkeys(_tokens(fold(s))))


def _tokens(folded: str) -> Iterator[str]:
    for run in _RUNS.finditer(folded):
        ideographs, word = run.groups()
        if word:
            yield word
        else:
            yield from ideographs
            yield from map("".join, pairwise(ideographs))


REDACTED = "[redacted]"
_GAP = f"[{_BLANKS}.\\-\u2010-\u2015\u2212\uff0d]?"
_DAY_IN_ID = f"(?:[1\uff11][89\uff18\uff19]|[2\uff12][0\uff10]){_GAP}\\d{_GAP}\\d{_GAP}[01\uff10\uff11]"
_PERSONAL = re.compile(
    # A UUID may hold eleven digits in a row; it names nobody.
    r"(?P<kept>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)"
    # Any long run of digits: identity numbers old and new, alone or grown together with something else.
    r"|\d{15,}[Xx\uff38\uff58]?"
    # An identity number written in groups, told from other numbers by the date in its middle.
    rf"|(?<!\d)(?:\d{_GAP}){{6}}{_DAY_IN_ID}{_GAP}(?:\d{_GAP}){{6}}[\dXx\uff38\uff58](?!\d)"
    # A mainland mobile number, with or without its country code, in one piece or in groups.
    rf"|(?<!\d)(?:(?:[+\uff0b]|%2[Bb]|[0\uff10]{{2}})?[8\uff18][6\uff16]\)?{_GAP}|[0\uff10])?"
    rf"[1\uff11][3-9\uff13-\uff19](?:{_GAP}\d){{9}}(?!\d)",
)


def plain_digits(s: str) -> str:
    """Text with the decimal digits of every script (full-width, Arabic, Devanagari …) as 0 to 9, one for one."""
    return s if _OTHER_DIGIT.search(s) is None else s.translate(_digits())


_OTHER_DIGIT = re.compile(r"(?![0-9])\d")


@cache
def _digits() -> dict[int, str]:
    return {code: str(unicodedata.decimal(chr(code))) for code in range(0x80, sys.maxunicode) if chr(code).isdecimal()}


def redact(s: str) -> str:
    """Log text with everything that looks like an identity number or a mobile number replaced.

    Digits of other scripts, blanks, hyphens and dots between digits and +86 are seen through. Rather too much than
    too little: any run of fifteen digits goes.
    """
    return _PERSONAL.sub(lambda hit: hit.group("kept") or REDACTED, plain_digits(s))
