"""The form below a public page, for whoever has a browser and no account: what is wrong, and the receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from service.errors import Malformed
from service.http.caller import ANYBODY
from service.http.html import page, page_router, words
from service.http.routing import Address, Ctx, may
from service.http.types import Id
from service.reports import usecases
from service.reports.schemas import ReportIn

router = page_router()
MOST_FIELDS = 8
A_MOMENT = timedelta(seconds=1)  # an answer due at midnight is due on the day before


@router.post("/jobs/{posting_id}/report", operation_id="report_job_page")
@may(ANYBODY)
async def report_job_page(ctx: Ctx, request: Request, posting_id: Id, address: Address) -> Any:
    """A posting, as nobody in particular; sent again it is the first report."""
    return await _taken(ctx, request, "posting", posting_id, f"/jobs/{posting_id}", address)


@router.post("/supply/{supply_id}/report", operation_id="report_supply_page")
@may(ANYBODY)
async def report_supply_page(ctx: Ctx, request: Request, supply_id: Id, address: Address) -> Any:
    """The same for what somebody offers."""
    return await _taken(ctx, request, "supply", supply_id, f"/supply/{supply_id}", address)


async def _taken(ctx: Ctx, request: Request, noun: str, subject_id: Any, path: str, address: str) -> Any:
    said = _read(await request.body())
    receipt = await usecases.report(ctx, noun, subject_id, by=None, address=address, **said.model_dump())
    facts = {"until": words.said_date(receipt.answer_by - A_MOMENT, ctx.language), "back": path}
    return page("reports/taken.html", ctx.language, facts, here=path, status=201)


def _read(body: bytes) -> ReportIn:
    """The fields of a plain form; what is left empty is not said. Raises RequestValidationError, Malformed."""
    try:
        said = dict(parse_qsl(body.decode("utf-8"), max_num_fields=MOST_FIELDS))
        return ReportIn.model_validate(said)
    except ValidationError as wrong:
        errors = [{**error, "loc": ("body", *error["loc"])} for error in wrong.errors(include_url=False)]
        raise RequestValidationError(errors) from None
    except ValueError:
        raise Malformed("form_broken") from None
