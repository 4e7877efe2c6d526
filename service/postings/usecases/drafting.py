"""Read one sentence into the body of a posting; nothing is stored before a person has seen it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.context import Context
from service.errors import FieldError, Refused
from service.postings.rules.speaking import asked_from, gaps_of
from service.postings.sentence import SentenceRefused, read_sentence
from service.postings.usecases.ground import author, check_asked
from service.postings.views import DraftView
from service.reference.catalogue import trade_words

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
            reading = read_sentence(text, now, trade_words())
        except SentenceRefused as wrong:
            raise Refused(wrong.code, field="/text", most=500) from None
        site = await uow.postings.site(site_id, employer.id) if site_id else None
        if site_id and site is None:
            raise Refused("site_unknown", field="/site_id")
        site = site or await uow.postings.only_site(employer.id)
        asked, assumed = asked_from(reading, site, employer.district_code, employer.address)
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
            warnings=checked.warnings if checked else [],
            problems=[_problem(error) for error in checked.errors] if checked else [],
        )
        return uow.answer(draft)


def _problem(error: FieldError) -> dict[str, Any]:
    return {"pointer": error.pointer, "code": error.code, "facts": dict(error.facts)}
