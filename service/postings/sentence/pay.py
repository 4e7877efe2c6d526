"""Reading pay out of a sentence: 25一小时, 25/h, 时薪25, 一天200, 1.5元一单, 一口价500, 20到25块一小时."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from service.codes import PayUnit
from service.money import LARGEST_FEN
from service.postings.sentence.lexicon import Lexicon, Sheet, read_number


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay in fen a unit; `high_fen` where a range is offered, `piece` the measure word of piece work."""

    low_fen: int
    high_fen: int | None
    unit: PayUnit
    piece: str | None = None
    unit_assumed: bool = False


def read_pay(sheet: Sheet, lexicon: Lexicon) -> Pay | None:
    """The pay, its words claimed; None when there is none, or none that can be paid.

    An amount in front of its unit wins over one behind it, except where both readings share the unit and the
    one behind is larger («洗碗2 一天200»). Only without any unit an amount alone (200块) is a shift's pay.
    """
    front, behind = sheet.search(_front(lexicon)), sheet.search(_behind(lexicon))
    readings = [match for match in (front, behind, sheet.search(_named(lexicon))) if match]
    if front and behind and front.start() < behind.start() < front.end():
        readings.sort(key=lambda match: -_low_fen(match, lexicon))
    for match in readings or _bare(sheet, lexicon):
        pay = _pay(match, lexicon)
        if pay:
            sheet.claim("pay", *match.span())
            return pay
    return None


def _low_fen(match: re.Match[str], lexicon: Lexicon) -> int:
    pay = _pay(match, lexicon)
    return pay.low_fen if pay else 0


def _amount(lexicon: Lexicon, sign: str = "?") -> str:
    number, currency = lexicon.number, lexicon.any("pay.currency")
    digits, powers = "".join(lexicon.at("numerals.digits")), "".join(lexicon.at("numerals.powers"))
    tenth = rf"[{digits}1-9](?![0-9.{powers}])(?!\s*{lexicon.any('pay.not_after_amount')})"
    return (
        rf"{lexicon.any('pay.sign')}{sign}(?P<low>{number})(?:{currency}?\s*{lexicon.any('range')}\s*(?P<high>{number}))?"
        rf"(?:\s*(?P<currency>{currency})(?P<tenth>{tenth})?)?"
    )


def _label(lexicon: Lexicon) -> str:
    return rf"(?:{lexicon.any('pay.labels')}{lexicon.any('pay.label_links')}?\s*)"


def _unit(lexicon: Lexicon) -> str:
    every = [word for words in lexicon.at("pay.units").values() for word in words]
    longest_first = sorted(every, key=lambda word: (-len(word), word))
    return rf"{lexicon.any('pay.per')}\s*{lexicon.any('pay.counter')}?(?P<unit>{'|'.join(longest_first)})"


def _front(lexicon: Lexicon) -> str:
    return rf"{_label(lexicon)}?{_amount(lexicon)}\s*{_unit(lexicon)}"


def _behind(lexicon: Lexicon) -> str:
    return rf"{_label(lexicon)}?{_unit(lexicon)}\s*{_label(lexicon)}?{_amount(lexicon)}{_end(lexicon)}"


def _named(lexicon: Lexicon) -> str:
    name, link = lexicon.any("pay.named_units"), lexicon.any("pay.label_links")
    return rf"(?P<name>{name})\s*{link}?\s*{_amount(lexicon)}{_end(lexicon)}"


def _end(lexicon: Lexicon) -> str:
    """An amount ends here: its number is not cut short, and it counts no people, hours or pieces."""
    digits = "".join([*lexicon.at("numerals.digits"), *lexicon.at("numerals.powers")])
    return rf"(?![0-9.{digits}])(?!\s*{lexicon.any('pay.not_after_amount')})"


def _bare(sheet: Sheet, lexicon: Lexicon) -> list[re.Match[str]]:
    amount, end = _amount(lexicon), _end(lexicon)
    labelled = sheet.search(rf"{_label(lexicon)}{amount}{end}")
    signed = sheet.search(_amount(lexicon, sign="") + end)
    with_currency = next((m for m in re.finditer(amount, sheet.open, re.IGNORECASE) if m["currency"] is not None), None)
    return [match for match in (labelled, signed, with_currency) if match]


def _pay(match: re.Match[str], lexicon: Lexicon) -> Pay | None:
    low, high = _fen(match["low"], match["tenth"] if not match["high"] else None, lexicon), None
    if match["high"]:
        high = _fen(match["high"], match["tenth"], lexicon)
        if high is None or low is None or high < low:
            return None
    if not low:
        return None
    return _with_unit(Pay(low, high, "shift"), match.groupdict(), lexicon)


def _with_unit(pay: Pay, found: dict[str, str | None], lexicon: Lexicon) -> Pay:
    if name := found.get("name"):
        return replace(pay, unit=_code("pay.named_units", name, lexicon))
    if word := found.get("unit"):
        unit = _code("pay.units", word, lexicon)
        return replace(pay, unit=unit, piece=word if unit == "piece" else None)
    return replace(pay, unit_assumed=True)


def _code(path: str, word: str, lexicon: Lexicon) -> PayUnit:
    code: PayUnit = lexicon.code_of(path, word)  # type: ignore[assignment]
    return code


def _fen(number: str, tenth: str | None, lexicon: Lexicon) -> int | None:
    """Fen of a number of yuan; «一块五» is 1.5. None when it is no whole number of fen, or absurd."""
    yuan = read_number(number, lexicon)
    if yuan is None:
        return None
    if tenth:
        yuan += (read_number(tenth, lexicon) or Fraction(0)) / 10
    fen = yuan * 100
    return int(fen) if fen.denominator == 1 and fen <= LARGEST_FEN else None
