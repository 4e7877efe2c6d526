"""What postings do when they or their employer move: their people are told, a suspended employer's come down."""

from __future__ import annotations

from service.context import Reaction
from service.postings.lifecycle import NOT_PAUSED, POSTING
from service.uow import Moved, Uow


async def tell_employer(uow: Uow, moved: Moved) -> None:
    """Tell those in charge what was decided about their posting; nobody is told of their own deed."""
    posting = moved.entity
    own_deed = moved.by.kind in ("member", "integrator")
    at_once = moved.action == "publish" and moved.from_state == "draft"
    if posting.private or own_deed or at_once:
        return
    stands = moved.from_state == "appealed" and moved.action == "reject"
    template = "posting.reject_stands" if stands else f"posting.{moved.action}"
    params = {"title": posting.title, "reason": moved.reason or ""}
    for person_id in await uow.members.deciders(posting.employer_id):
        await uow.tell(
            person_id,
            template,
            params=params,
            subject=("posting", posting.id),
            dedupe=f"posting.{moved.action}:{posting.id}:{posting.version}",
            employer_id=posting.employer_id,
        )


async def take_down_all(uow: Uow, moved: Moved) -> None:
    """Nothing of a suspended employer is offered any more."""
    for posting_id in await uow.postings.live_of(moved.entity.id):
        posting = await uow.postings.lock(posting_id)
        if "take_down" in POSTING.possible(posting.state):
            reason, at = "employer_suspended", moved.at
            gone = NOT_PAUSED | {"closed_at": at}
            await uow.move(posting, POSTING, "take_down", by=moved.by, at=at, reason=reason, **gone)


async def pause_all(uow: Uow, moved: Moved) -> None:
    """Who may not offer anything new stops offering; people who are engaged stay, and the line keeps its order.

    Without this the postings would stand in every list, and each claim be refused.
    """
    for posting_id in await uow.postings.live_of(moved.entity.id):
        posting = await uow.postings.lock(posting_id)
        if "pause" in POSTING.possible(posting.state):
            why = f"employer_{moved.to_state}"
            await uow.move(posting, POSTING, "pause", by=moved.by, at=moved.at, reason=why, paused_by="restriction")


REACTIONS: dict[tuple[str, str], tuple[Reaction, ...]] = {
    ("posting", "publish"): (tell_employer,),
    ("posting", "reject"): (tell_employer,),
    ("posting", "take_down"): (tell_employer,),
    ("posting", "restore"): (tell_employer,),
    ("posting", "uphold"): (tell_employer,),
    ("posting", "expire"): (tell_employer,),
    ("posting", "merge"): (tell_employer,),
    ("employer", "suspend"): (take_down_all,),
    ("employer", "restrict"): (pause_all,),
    ("employer", "refuse"): (pause_all,),
}
