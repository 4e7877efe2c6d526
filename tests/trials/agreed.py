"""The writes on agreements in the story: a seat of tomorrow with somebody who has a phone to sign with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.context import Context
from tests.builders import city
from tests.builders.agreements import CIVIL, PIXEL, added, an_agreement
from tests.trials.step import DAY, NOON, Step

if TYPE_CHECKING:
    from tests.trials.cast import Cast

PHONE = "13900005151"
OTHER_PHONE = "13900005152"


async def agreement_things(ctx: Context, cast: Cast) -> None:
    """One seat to be agreed on, one whose agreement is declined, and one whose is signed with others."""
    for name, phone in (("signs", f"+86{PHONE}"), ("declines", None), ("several", f"+86{OTHER_PHONE}")):
        posting = await city.a_posting(ctx, cast.party.employer)
        shift = await city.a_shift(ctx, posting, starts=NOON + 2 * DAY, hours=4)
        worker = await city.a_worker(ctx, phone=phone)
        seat = await city.an_engagement(ctx, worker, shift, posting)
        cast.callers[f"agreed_{name}"] = await city.as_worker(ctx, worker)
        cast.things |= {f"agreed_posting_{name}": posting.id, f"agreed_seat_{name}": seat.id}
        if name != "signs":
            drawn = await an_agreement(ctx, seat)
            cast.things |= {f"agreement_{name}": drawn.id, f"hash_{name}": drawn.hash}


def agreement_steps(cast: Cast) -> list[Step]:
    """Decided, drawn, signed by a code and on paper; another one declined."""
    things = cast.things
    drawn = {"agreement_id": "@draw_agreement.agreement.id"}
    read = {"hash": "@draw_agreement.agreement.hash", "summary_read": True}
    by_code = {"challenge_id": "@request_signature_code.challenge_id", "code": f"code:{PHONE}"}
    declined = {"agreement_id": things["agreement_declines"]}
    several = {"agreement_id": str(things["agreement_several"]), "hash": things["hash_several"]}
    together = {
        "papers": [several], "summary_read": True, "challenge_id": "@request_signature_codes.challenge_id",
        "code": f"code:{OTHER_PHONE}",
    }  # fmt: skip
    return [
        Step("decide_triage", ids={"posting_id": things["agreed_posting_signs"]}, body={"answers": CIVIL}),
        Step(
            "draw_agreement",
            ids={"engagement_id": things["agreed_seat_signs"]},
            body={"facts": added("service_note")},
        ),
        Step("request_signature_code", "agreed_signs", ids=drawn),
        Step("sign_agreement", "agreed_signs", ids=drawn, body=read | by_code),
        Step("sign_agreement_on_paper", ids=drawn, body=read | {"picture": PIXEL}),
        Step("request_signature_codes", "agreed_several", body={"agreement_ids": [several["agreement_id"]]}),
        Step("sign_agreements", "agreed_several", body=together),
        Step("decline_agreement", "agreed_declines", ids=declined, body={"reason": "unclear"}),
    ]
