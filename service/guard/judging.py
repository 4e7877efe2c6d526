"""Which rules the words of a posting break, where, and how strongly each is to be taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from service.guard.combining import combined, excuses, is_excused
from service.guard.denying import denied
from service.guard.detecting import detected
from service.guard.folding import Folded, fold
from service.guard.loading import ACTIONS, Rulebook, Version
from service.guard.sound import Heard, Name, syllables


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule and the words it marks: [start, end) in code points of `field`.

    `how`: word, phrase, detected; hint (may mean it), sound (another spelling of a word) and split (a mark inside it)
    are for a person to look at.
    """

    code: str
    since: date
    action: str
    field: str
    start: int
    end: int
    words: str
    how: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every hit in order of field and place. `action`: the strongest, None without any."""

    hits: tuple[Hit, ...]

    @property
    def action(self) -> str | None:
        return max((hit.action for hit in self.hits), key=ACTIONS.index, default=None)

    @property
    def codes(self) -> list[str]:
        return sorted({hit.code for hit in self.hits})


def judge(
    texts: Mapping[str, str | None], rules: Rulebook, day: date, *, pay_stated: bool = False, side: str = "demand"
) -> Judgement:
    """The rules in force on a day against the texts of a posting of one side (demand or supply), by field.

    `pay_stated`: the posting names its pay elsewhere than in words.
    """
    fields = {name: fold(text) for name, text in texts.items() if text}
    whole = "|".join(folded.text for folded in fields.values())
    held = [
        version
        for version in rules.at(day)
        if side in version.sides
        and (version.absent is None or not (pay_stated or version.absent.search(whole)))
        and (version.beside is None or version.beside.search(whole))
    ]
    hits: list[Hit] = []
    for name, folded in fields.items():
        heard = rules.ears_at(day).heard(folded.text, syllables(folded.text))
        for version in held:
            found = _clear(_hits(version, name, folded, heard, rules))
            if found and version.softer is not None and version.softer.search(whole):
                found = [replace(hit, action="review") if hit.action == "block" else hit for hit in found]
            hits += found
    hits += _combined(held, fields, whole, rules)
    return Judgement(tuple(hits))


def _combined(held: Iterable[Version], fields: Mapping[str, Folded], whole: str, rules: Rulebook) -> Iterator[Hit]:
    """What means something only together: a person looks at each part of it."""
    for version in held:
        for part in combined(version, {name: folded.text for name, folded in fields.items()}, whole, rules.negates):
            folded = fields[part.field]
            yield _hit(version, part.field, folded, folded.span(part.start, part.end), "hint")


def _hits(
    version: Version, name: str, folded: Folded, heard: Mapping[Name, list[Heard]], rules: Rulebook
) -> Iterator[Hit]:
    found = list(_found(version, folded, heard))
    if not found and not version.detects:
        return
    excused = excuses(version, folded.text)
    for start, end, how in found:
        if is_excused(excused, start, end) or denied(folded.text, start, end, rules.negates):
            continue
        yield _hit(version, name, folded, folded.span(start, end), how)
    for kind in version.detects:
        for span in detected(kind, folded):
            yield _hit(version, name, folded, span, "detected")


def _hit(version: Version, name: str, folded: Folded, span: tuple[int, int], how: str) -> Hit:
    action = version.action if how in ("word", "phrase", "detected") else "review"
    return Hit(version.code, version.since, action, name, *span, folded.original[slice(*span)], how)


def _found(version: Version, folded: Folded, heard: Mapping[Name, list[Heard]]) -> Iterator[tuple[int, int, str]]:
    for word in heard.get((version.code, "words"), ()):
        how = "word" if word.exact and word.whole else ("sound" if word.whole else "split")
        yield word.start, word.end, how
    if version.phrases is not None:
        for phrase in version.phrases.finditer(folded.text):
            yield *phrase.span(), "phrase"
    for word in heard.get((version.code, "hints"), ()):
        if word.exact or word.spelt:
            yield word.start, word.end, "hint"
    if version.hint_phrases is not None:
        for phrase in version.hint_phrases.finditer(folded.text):
            yield *phrase.span(), "hint"


def _clear(hits: Iterable[Hit]) -> list[Hit]:
    """Of hits that overlap the strongest, then the longest."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda each: (-ACTIONS.index(each.action), each.start - each.end, each.start)):
        if not any(hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda each: each.start)
