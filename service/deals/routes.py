"""Shared labour over HTTP: two firms agree, each person is asked, work begins, everybody goes back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query

from service.deals.data import clauses
from service.deals.rules.costs import COST_KINDS, COST_UNITS
from service.deals.rules.facts import DECLARES
from service.deals.rules.review import COSTS_ABOVE, PAID_ABOVE, SIGNS
from service.deals.schemas import (
    DealAgreeIn,
    DealGroundOut,
    DealIn,
    DealInsolvencyIn,
    DealLongerIn,
    DealOut,
    DealPatch,
    DealReasonIn,
    DealReviewIn,
    DealsOut,
    EndIn,
    LentIn,
    LentInjuredIn,
    LentListOut,
    LentOut,
    LentRefuseIn,
    State,
)
from service.deals.usecases import (
    answering,
    breaking,
    injuries,
    lengthening,
    looking,
    people,
    proposing,
    returning,
    reviewing,
)
from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, IfMatch, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.i18n import render

router = make_router("deals")
DEAL, LENT = "/deals/{deal_id}", "/lent/{lent_id}"
DEAL_DONE: dict[str, Any] = {"response_model": DealOut, "responses": problems(*WRITE)}
LENT_DONE: dict[str, Any] = {"response_model": LentOut, "responses": problems(*WRITE)}
DEAL_PLAIN: dict[str, Any] = {"response_model": DealOut, "responses": problems(400, 401, 403, 404, 409, 422)}
DEAL_SEEN: dict[str, Any] = {"response_model": DealOut, "responses": problems(*WRITE, 412, 428)}
LENT_PLAIN: dict[str, Any] = {"response_model": LentOut, "responses": problems(400, 401, 403, 404, 409, 422)}


# -- the deal -----------------------------------------------------------------------------------------


@router.get("/deals/ground", response_model=DealGroundOut, responses=problems(401), summary="What a deal is made of")
@may(ANYBODY)
async def get_deal_ground(ctx: Ctx) -> Any:
    """The usual clauses, what each side declares, which costs can be given back, what an officer looks at first."""
    language = ctx.language
    return {
        "clauses": [
            {"code": code, "text": each.en if language == "en" else each.zh} for code, each in clauses().items()
        ],
        "declarations": [
            {"code": code, "side": side, "text": render(f"deal.declares.{code}", language)}
            for side, codes in DECLARES.items() for code in codes
        ],
        "cost_kinds": list(COST_KINDS),
        "cost_units": list(COST_UNITS),
        "review_signs": [
            {"code": sign, "text": render(f"review_sign.{sign}", language)}
            for sign in (*SIGNS, PAID_ABOVE, COSTS_ABOVE)
        ],
    }  # fmt: skip


@router.post("/deals", status_code=201, response_model=DealOut, responses=problems(*WRITE), summary="Propose a deal")
@may(MEMBER, object="deal", key="optional", location="/v1/deals/{value.id}")
async def propose_deal(ctx: Ctx, body: DealIn, by: By) -> Any:
    """To one firm, or as an agency to two; nothing holds before both say yes. What is left out is taken from the
    surplus or shortage. Lending for profit, by an agency, or beyond a person's contract is refused with the guard's
    code."""
    terms = body.model_dump()
    side, declares = terms.pop("side"), terms.pop("declares")
    firms = {name: terms.pop(f"{name}_id") for name in ("partner", "lender", "borrower")}
    return await proposing.propose_deal(ctx, side=side, firms=firms, declares=declares, terms=terms, by=by)


@router.get("/deals", response_model=DealsOut, responses=problems(*LIST), summary="Deals of my firm, or of my region")
@may(MEMBER, OFFICER, ADMIN, object="deal")
async def list_deals(
    ctx: Ctx,
    by: By,
    state: State | None = None,
    review: Annotated[Literal["open", "cleared", "barred"] | None, Query(description="for officers' queue")] = None,
    insolvency: Annotated[Literal["said"] | None, Query(description="a firm says it, no officer yet")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """The newest first; officers see those whose work or whose lender lies in their region."""
    filters = {"list": "deals", "of": by.capacity, "state": state, "review": review}
    filters |= {"insolvency": insolvency} if insolvency is not None else {}
    after = after_cursor(ctx, cursor, filters, id_of)
    found = await looking.list_deals(
        ctx, state=state, review=review, insolvency=insolvency, after=after, limit=limit, by=by
    )
    return paged(ctx, found, filters)


@router.get(DEAL, response_model=DealOut, responses=problems(*READ), summary="One deal")
@may(MEMBER, OFFICER, ADMIN, object="deal")
async def get_deal(ctx: Ctx, deal_id: Id, by: By) -> Any:
    """With what stands against its next step."""
    return await looking.get_deal(ctx, deal_id, by=by)


@router.patch(DEAL, response_model=DealOut, responses=problems(*WRITE, 412, 428), summary="Change a proposal")
@may(MEMBER, object="deal", key="optional")
async def change_deal(ctx: Ctx, deal_id: Id, body: DealPatch, version: IfMatch, by: By) -> Any:
    """By either firm while nothing is agreed; the other one is asked then."""
    return await proposing.change_deal(ctx, deal_id, body.model_dump(exclude_unset=True), version=version, by=by)


@router.post(DEAL + "/agree", response_model=DealOut, responses=problems(*WRITE, 412, 428), summary="Agree to a deal")
@may(MEMBER, object="deal", key="optional")
async def agree_to_deal(ctx: Ctx, deal_id: Id, body: DealAgreeIn, version: IfMatch, by: By) -> Any:
    """To these very terms, with the firm's own declarations."""
    return await answering.agree_to_deal(ctx, deal_id, declares=body.declares, version=version, by=by)


@router.post(DEAL + "/decline", summary="Decline a proposal", **DEAL_DONE)
@may(MEMBER, object="deal", key="optional")
async def decline_deal(ctx: Ctx, deal_id: Id, body: DealReasonIn, by: By) -> Any:
    """By the firm that was asked."""
    return await answering.decline_deal(ctx, deal_id, reason=body.reason, by=by)


@router.post(DEAL + "/cancel", summary="Give a deal up before it begins", **DEAL_DONE)
@may(MEMBER, object="deal", key="optional")
async def cancel_deal(ctx: Ctx, deal_id: Id, body: DealReasonIn, by: By) -> Any:
    """The own proposal, or what both had agreed; everybody asked is told."""
    return await answering.cancel_deal(ctx, deal_id, reason=body.reason, by=by)


@router.post(DEAL + "/list", summary="Close the list of people", **DEAL_PLAIN)
@may(MEMBER, object="deal", key="optional")
async def close_deal_list(ctx: Ctx, deal_id: Id, by: By) -> Any:
    """By the lender, once everybody asked has answered: the firms' agreement is drawn, for both to sign."""
    return await people.close_list(ctx, deal_id, by=by)


@router.post(DEAL + "/longer", summary="Propose a later last day", **DEAL_DONE)
@may(MEMBER, object="deal", key="optional")
async def propose_longer(ctx: Ctx, deal_id: Id, body: DealLongerIn, by: By) -> Any:
    """Nobody's days change before the other firm and each person say yes."""
    return await lengthening.propose_longer(ctx, deal_id, last_day=body.last_day, by=by)


@router.post(DEAL + "/longer/agree", summary="Agree to a later last day", **DEAL_SEEN)
@may(MEMBER, object="deal", key="optional")
async def agree_longer(ctx: Ctx, deal_id: Id, version: IfMatch, by: By) -> Any:
    """Everybody who is there is asked anew, within the own contract."""
    return await lengthening.answer_longer(ctx, deal_id, yes=True, version=version, by=by)


@router.post(DEAL + "/longer/decline", summary="Decline a later last day, or take it back", **DEAL_SEEN)
@may(MEMBER, object="deal", key="optional")
async def decline_longer(ctx: Ctx, deal_id: Id, version: IfMatch, by: By) -> Any:
    """The old last day holds."""
    return await lengthening.answer_longer(ctx, deal_id, yes=False, version=version, by=by)


@router.post(DEAL + "/return", summary="Send everybody back", **DEAL_DONE)
@may(MEMBER, object="deal", key="optional")
async def return_all(ctx: Ctx, deal_id: Id, body: EndIn, by: By) -> Any:
    """Before the last day, by either firm: with notice (`last_day`) or at once."""
    return await returning.return_all(ctx, deal_id, reason=body.reason, last_day=body.last_day, by=by)


@router.post(DEAL + "/breach", summary="Say that a firm has failed", **DEAL_DONE)
@may(MEMBER, OFFICER, ADMIN, object="deal", key="optional")
async def break_deal(ctx: Ctx, deal_id: Id, body: DealReasonIn, by: By) -> Any:
    """Insolvency or breach: over at once; everybody is told what each can do."""
    return await breaking.break_deal(ctx, deal_id, reason=body.reason, by=by)


@router.post(DEAL + "/insolvency", summary="Establish that a firm is insolvent, or is not", **DEAL_SEEN)
@may(OFFICER, ADMIN, object="deal", key="optional")
async def find_deal_insolvency(ctx: Ctx, deal_id: Id, body: DealInsolvencyIn, version: IfMatch, by: By) -> Any:
    """Of a deal that is broken off. Then nobody waits to be taken back by it, and its debts go into the claims."""
    return await breaking.find_insolvent(
        ctx, deal_id, side=body.side, outcome=body.outcome, note=body.note, version=version, by=by
    )


@router.post(DEAL + "/review", response_model=DealOut, responses=problems(*WRITE, 412, 428), summary="Decide a review")
@may(OFFICER, ADMIN, object="deal", key="optional")
async def decide_deal_review(ctx: Ctx, deal_id: Id, body: DealReviewIn, version: IfMatch, by: By) -> Any:
    """Let it go on, or bar it; what is under way is over then."""
    return await reviewing.decide_review(ctx, deal_id, outcome=body.outcome, note=body.note, version=version, by=by)


# -- its people ---------------------------------------------------------------------------------------


@router.post(
    DEAL + "/people", status_code=201, response_model=LentOut, responses=problems(*WRITE), summary="Ask somebody"
)
@may(MEMBER, object="deal", key="optional", location="/v1/lent/{value.id}")
async def ask_person(ctx: Ctx, deal_id: Id, body: LentIn, by: By) -> Any:
    """By the lender: its own staff, by number. Nobody is lent without the own signature."""
    return await people.ask_person(ctx, deal_id, by=by, **body.model_dump())


@router.get(DEAL + "/people", response_model=LentListOut, responses=problems(*READ), summary="The people of a deal")
@may(MEMBER, OFFICER, ADMIN, object="deal")
async def list_deal_people(ctx: Ctx, deal_id: Id, by: By) -> Any:
    """The borrower sees who has said yes."""
    return {"items": await looking.list_people(ctx, deal_id, by=by)}


@router.get("/workers/me/lent", response_model=LentListOut, responses=problems(400, 401, 403), summary="My lendings")
@may(WORKER)
async def list_my_lendings(ctx: Ctx, by: By) -> Any:
    """Asked by the number that was proved, or lent."""
    return {"items": await people.list_mine(ctx, by=by)}


@router.get(LENT, response_model=LentOut, responses=problems(*READ), summary="One lending")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="lent")
async def get_lent(ctx: Ctx, lent_id: Id, by: By) -> Any:
    """For the person, the firms and officers of their places."""
    return await looking.get_lent(ctx, lent_id, by=by)


@router.post(LENT + "/open", summary="See what is to be signed", **LENT_PLAIN)
@may(WORKER, OFFICER, ADMIN, object="lent", key="optional")
async def open_lent(ctx: Ctx, lent_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """The written consent is drawn with the person's own data; only the person asked can."""
    return await people.open_lent(ctx, lent_id, by=by, on_behalf=on_behalf)


@router.post(LENT + "/refuse", summary="Not want to be lent", **LENT_DONE)
@may(WORKER, OFFICER, ADMIN, object="lent", key="optional")
async def refuse_lent(ctx: Ctx, lent_id: Id, body: LentRefuseIn, by: By, on_behalf: OnBehalf) -> Any:
    """At any time, also after the yes: before the first day at once, later with the notice agreed. Nothing follows."""
    return await people.refuse_lent(ctx, lent_id, reason=body.reason, by=by, on_behalf=on_behalf)


@router.post(LENT + "/drop", summary="Take somebody off the list", **LENT_DONE)
@may(MEMBER, object="lent", key="optional")
async def drop_lent(ctx: Ctx, lent_id: Id, body: DealReasonIn, by: By) -> Any:
    """By the lender, before the person begins."""
    return await people.drop_person(ctx, lent_id, reason=body.reason, by=by)


@router.post(LENT + "/end", summary="Send somebody back, or call back", **LENT_DONE)
@may(MEMBER, object="lent", key="optional")
async def end_lent(ctx: Ctx, lent_id: Id, body: EndIn, by: By) -> Any:
    """By either firm, with notice (`last_day`) or at once; the lender takes the person back."""
    return await returning.send_back(ctx, lent_id, reason=body.reason, last_day=body.last_day, by=by)


@router.post(LENT + "/take-back", summary="Somebody is back at the post", **LENT_PLAIN)
@may(MEMBER, object="lent", key="optional")
async def take_lent_back(ctx: Ctx, lent_id: Id, by: By) -> Any:
    """By the lender."""
    return await returning.take_back(ctx, lent_id, by=by)


@router.post(LENT + "/injury", summary="Say that somebody was hurt there", **LENT_DONE)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="lent", key="optional")
async def say_lent_injured(ctx: Ctx, lent_id: Id, body: LentInjuredIn, by: By, on_behalf: OnBehalf) -> Any:
    """The lender hears at once what it has to do, and by when."""
    return await injuries.say_injured(
        ctx, lent_id, at=body.at, another=body.another, instead_of=body.instead_of, by=by, on_behalf=on_behalf
    )
