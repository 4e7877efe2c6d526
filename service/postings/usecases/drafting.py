"""Read one sentence into the body of a posting; nothing is stored before a person has seen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.context import Context
from service.errors import FieldError, Refused
from service.guard import Rulebook, findings_in
from service.i18n import render
from service.postings.rules.speaking import asked_from, gaps_of
from service.postings.sentence import MAX_CODE_POINTS, Reading, SentenceRefused, read_sentence
from service.postings.usecases.ground import author, check_asked
from service.postings.views import DraftView, in_words
from service.reference.catalogue import trade_words
from service.reference.naming import trade_of
from service.text import clean_paragraph
from service.worktime import local_day

if TYPE_CHECKING:
    from service.http.caller import Caller


async def draft_from_sentence(
    ctx: Context, *, by: Caller, text: str, employer_id: UUID | None = None, site_id: UUID | None = None
) -> DraftView:
    """Read a sentence into the body of a posting; nothing is stored.

    Raises Refused `sentence_too_long`; whatever else is not understood is named in the answer.
    """
    async with ctx.uow() as uow:
        employer = await author(uow, by, employer_id)
        now = await uow.now()
        try:
            reading = _with_trade(read_sentence(text, now, trade_words()))
        except SentenceRefused as wrong:
            raise Refused(wrong.code, field="/text", most=MAX_CODE_POINTS) from None
        site = await uow.postings.site(site_id, employer.id) if site_id else None
        if site_id and site is None:
            raise Refused("site_unknown", field="/site_id")
        site = site or await uow.postings.only_site(employer.id)
        asked, assumed = asked_from(reading, site, employer.district_code, employer.address)
        words, found = _said_besides(text, reading, asked, ctx.rulebook(), local_day(now), ctx.language)
        asked |= {"description": words} if words else {}
        missing = gaps_of(asked)
        checked = None if missing else await check_asked(uow, asked, employer.city_code, employer.id)
        draft = DraftView(
            posting=asked,
            spans=[
                {"field": span.field, "start": span.start, "end": span.end, "text": span.text} for span in reading.spans
            ],
            missing=missing,
            assumed=[*reading.assumed, *assumed],
            leftovers=list(reading.leftovers),
            defaulted=list(checked.columns["defaulted"]) if checked else [],
            warnings=in_words(checked.warnings if checked else found, ctx.language),
            problems=in_words([_problem(error) for error in checked.errors], ctx.language) if checked else [],
            hint=_hint(missing, ctx.language),
        )
        return uow.answer(draft)


def _with_trade(reading: Reading) -> Reading:
    """The reading with a trade that no known word names, where what is left over surely means one."""
    if reading.fields.trade is not None:
        return reading
    meant = next((trade for words in reading.leftovers if (trade := trade_of(words))), None)
    if meant is None:
        return reading
    missing = tuple(name for name in reading.missing if name != "trade")
    return replace(
        reading,
        fields=replace(reading.fields, trade=meant),
        missing=missing,
        assumed=(*reading.assumed, "trade"),
    )


def _said_besides(
    text: str, reading: Reading, asked: Mapping[str, Any], rules: Rulebook, day: date, language: str
) -> tuple[str, list[dict[str, Any]]]:
    """The description of the draft, and what the guard finds in it: nothing that was said is lost on the way.

    It is what no field took; the whole sentence where the guard finds something in that, so that the words stand as
    they were said and are found again when the posting is sent in.
    """
    pay_stated = "pay" in asked
    whole, rest = (
        clean_paragraph(text, MAX_CODE_POINTS),
        render("format.between_sentences", language).join(reading.leftovers),
    )
    for words in (whole, rest):
        found = findings_in({"/description": words}, rules, day, pay_stated=pay_stated)
        if found:
            return words, [{"pointer": at, "code": "guard_hit", "facts": facts} for at, facts in found]
    return rest, []


def _hint(missing: Sequence[str], language: str) -> str | None:
    """What to say, with an example, where something was not understood; in the caller's language."""
    if not missing:
        return None
    names = dict.fromkeys(render(f"draft.{pointer.split('/')[1]}", language) for pointer in missing)
    return render("draft.hint", language, missing=render("draft.separator", language).join(names))


def _problem(error: FieldError) -> dict[str, Any]:
    return {"pointer": error.pointer, "code": error.code, "facts": dict(error.facts)}
