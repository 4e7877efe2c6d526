"""Which rules the words of a posting break, where, and how strongly each is to be taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from service.guard.combining import MOST_TRIED, Reading, combined
from service.guard.denying import Standing, is_priced
from service.guard.detecting import detected, may_be
from service.guard.earning import Earnings
from service.guard.english import English, is_misread, is_prose
from service.guard.folding import BREAK, Folded, fold
from service.guard.grams import with_threes
from service.guard.guessing import Likeness, guess, likeness_of
from service.guard.learned import Learned
from service.guard.rulebook import ACTIONS, Pay, Rulebook, Version
from service.guard.sound import Heard, Name

Spoken = Mapping[Name, list[Heard]]
MOST_KEPT = 60  # hits of one rule
SURE = frozenset(("word", "phrase", "detected"))  # what a rule means without a doubt
HONEST = 0.4  # the chance of a breach below which no shipped rule blocks without a person


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule and the words it marks: [start, end) in code points of `field`.

    `how`: word, phrase, detected; hint (may mean it), sound (another spelling of a word), split (a mark inside it) and
    learned (like texts that broke the rule) are for a person to look at.
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
    texts: Mapping[str, str | None],
    rules: Rulebook,
    day: date,
    *,
    pay_stated: bool = False,
    side: str = "demand",
    learned: Learned | None = None,
) -> Judgement:
    """The rules in force on a day against the texts of a posting of one side (demand or supply), by field.

    `pay_stated`: the posting names its pay elsewhere than in words. `learned`: the weights that tell how like a breach
    a whole advertisement is; where it is rather honest no shipped rule blocks and a person looks instead. No hit is
    taken back for it: honest words around a breach would hide it.
    """
    page = _page({name: fold(text) for name, text in texts.items() if text})
    found = with_threes(page.text)
    looked = (page.text, found)
    likeness = None if learned is None else likeness_of(page.fields, learned, english=page.english, page=looked)
    in_force = rules.in_force(day)
    asked = in_force.asked.get(side, ())
    hits: list[Hit] = []
    heard = in_force.ears.heard(page.text)
    reading = Reading(page.text, in_force.seeker.near(page.text, found), rules.negates)
    spoken = {code for code, _ in heard} | reading.near.by_rule.keys()
    for version in asked:
        if not (version.code in spoken or version.detects or version.pay or (page.english and version.english)):
            continue
        of_rule = _hits(version, page, heard if version.code in spoken else None, reading, rules.earnings)
        if of_rule and _holds(version, page.text, pay_stated):
            hits += _softened(_clear(of_rule), version, page.text, likeness)
    if learned is not None and likeness is not None and not any(hit.action in ("review", "block") for hit in hits):
        guessed = guess(page.fields, likeness, asked, learned)
        if guessed is not None:
            span = (guessed.start, guessed.end)
            hits.append(_hit(guessed.version, guessed.field, page.fields[guessed.field], span, "learned"))
    order = list(page.fields)
    return Judgement(tuple(sorted(hits, key=lambda hit: (order.index(hit.field), hit.start))))


def _hits(
    version: Version, page: _Page, heard: Spoken | None, reading: Reading, earnings: Earnings | None
) -> list[Hit]:
    """Everything that a rule finds. `heard`: None where no word or pattern of it can be met."""
    found = [] if heard is None else list(_said(version, page, heard, reading))
    if version.detects:
        found += _detected(version, page)
    if version.pay and earnings is not None:
        found += _paid(version, page, reading, earnings)
    if page.english and version.english is not None:
        found += _in_english(version, version.english, page)
    return found


def _softened(hits: list[Hit], version: Version, text: str, likeness: Likeness | None) -> list[Hit]:
    """Where the text is rather honest, or says what softens a rule, a person looks before anything is stopped."""
    honest = likeness is not None and likeness.chance < HONEST and not (version.own or version.firm)
    if honest or (version.softer_with is not None and version.softer_with.search(text)):
        return [replace(hit, action="review") if hit.action == "block" else hit for hit in hits]
    return hits


def _holds(version: Version, text: str, pay_stated: bool) -> bool:
    """Whether the text says what a rule needs beside its words (`only_with`), and not what it rests for."""
    if version.only_if_absent is not None and (pay_stated or version.only_if_absent.search(text)):
        return False
    return version.only_with is None or version.only_with.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Page:
    """The folded fields of a posting as one text, a sentence's end between two of them, and where each begins."""

    fields: Mapping[str, Folded]
    text: str
    starts: Sequence[tuple[int, str]]
    english: bool

    def start(self, name: str) -> int:
        """Where a field begins."""
        return next(at for at, each in self.starts if each == name)

    def place(self, start: int, end: int) -> tuple[str, int, int] | None:
        """The field of [start, end), and where it is in the field's folded text; None for what lies in two."""
        at, name = next((at, name) for at, name in reversed(self.starts) if at <= start)
        return (name, start - at, end - at) if end - at <= len(self.fields[name].text) else None


def _page(fields: Mapping[str, Folded]) -> _Page:
    starts, at = [], 0
    for name, folded in fields.items():
        starts.append((at, name))
        at += len(folded.text) + 1
    text = BREAK.join(folded.text for folded in fields.values())
    return _Page(fields, text, starts, any(is_prose(folded.original) for folded in fields.values()))


def _said(version: Version, page: _Page, heard: Spoken, reading: Reading) -> Iterator[Hit]:
    """What is said in words and patterns."""
    words = list(dict.fromkeys(_words(version, heard)))
    near = reading.of(version.code)
    met = [((start, end), how, reading.standing(start, end, version.code)) for start, end, how in words[:MOST_TRIED]]
    met += [((start, end), how, Standing.DOUBTED) for start, end, how in words[MOST_TRIED : MOST_TRIED + 1]]
    for how, patterns in (("phrase", near.phrases), ("hint", near.hints)):
        for pattern in patterns:
            met += [(span, how, standing) for span, standing in reading.standings(pattern)]
    found = [(*span, how) for span, how, standing in met if standing is Standing.STANDS]
    found += [
        (*span, "hint") for span, how, standing in met
        if standing is Standing.DOUBTED and (how in SURE or is_priced(reading.text, *span))
    ]  # fmt: skip
    together = filter(reading.near.are_together, near.together)
    found += [(*span, "hint") for span in combined(together, reading)]
    for start, end, how in found:
        place = page.place(start, end)
        if place is not None:
            name, *inside = place
            span = page.fields[name].span(*inside)
            if not is_misread(page.fields[name].original, *span, prose=page.english):
                yield _hit(version, name, page.fields[name], span, how)


def _detected(version: Version, page: _Page) -> Iterator[Hit]:
    """Numbers, links and the like."""
    kinds = [kind for kind in version.detects if may_be(kind, page.text)]
    for kind, (name, folded) in product(kinds, page.fields.items()):
        for span in detected(kind, folded):
            yield _hit(version, name, folded, span, "detected")


def _in_english(version: Version, english: English, page: _Page) -> Iterator[Hit]:
    """What is said in the English of a posting."""
    for name, folded in page.fields.items():
        for span in english.places(folded.original):
            yield _hit(version, name, folded, span, "hint")


def _paid(version: Version, page: _Page, reading: Reading, earnings: Earnings) -> Iterator[Hit]:
    """What is earned beyond the limits of a rule: the sum, and the words beside it that make it a hit."""
    for name, folded in page.fields.items():
        for earning in reading.earned(name, folded, earnings):
            broken = [
                pay for pay in version.pay if pay.breaks(earning.period, earning.yuan) and _is_asked(pay, reading)
            ]
            if not broken:
                continue
            stands = reading.stands(earning.start + page.start(name), earning.end + page.start(name), version.code)
            if stands and any(reading.all_stand(pay.beside) for pay in broken):
                yield _hit(version, name, folded, folded.span(earning.start, earning.end), "hint")


def _is_asked(pay: Pay, reading: Reading) -> bool:
    return reading.meets_all(pay.beside) and not any(map(reading.near.meets, pay.without))


def _hit(version: Version, name: str, folded: Folded, span: tuple[int, int], how: str) -> Hit:
    action = version.action if how in SURE else min(version.action, "review", key=ACTIONS.index)
    return Hit(version.code, version.since, action, name, *span, folded.original[slice(*span)], how)


def _words(version: Version, heard: Spoken) -> Iterator[tuple[int, int, str]]:
    for word in heard.get((version.code, "words"), ()):
        how = "word" if word.exact and word.whole else ("sound" if word.whole else "split")
        yield word.start, word.end, how
    for word in heard.get((version.code, "hints"), ()):
        if word.exact or word.spelt:
            yield word.start, word.end, "hint"


def _clear(hits: Iterable[Hit]) -> list[Hit]:
    """Of hits that overlap the strongest, then the longest."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda each: (-ACTIONS.index(each.action), each.start - each.end, each.start)):
        if len(kept) == MOST_KEPT:
            break
        if not any(hit.start < other.end and other.start < hit.end for other in kept if other.field == hit.field):
            kept.append(hit)
    return sorted(kept, key=lambda each: each.start)
