"""Listings follow what their postings, supply postings and employers do, in the same transaction."""

from __future__ import annotations

from service.context import Reaction
from service.postings.lifecycle import POSTING
from service.supplies.lifecycle import SUPPLY
from service.uow import Moved, Uow

EDITS = ("create", "edit", "hand_over")


async def follow(uow: Uow, moved: Moved) -> None:
    """A posting or supply posting moved or was changed."""
    await uow.listings.follow(moved.entity)


async def follow_all(uow: Uow, moved: Moved) -> None:
    """An employer may have another name or kind: every listing of it says so."""
    await uow.flush()
    for posting in await uow.listings.shown_of(moved.entity.id):
        await uow.listings.follow(posting)


def _of(noun: str, actions: set[str], reaction: Reaction) -> dict[tuple[str, str], tuple[Reaction, ...]]:
    return {(noun, action): (reaction,) for action in sorted(actions)}


REACTIONS: dict[tuple[str, str], tuple[Reaction, ...]] = (
    _of("posting", {*POSTING.actions, *EDITS}, follow)
    | _of("supply", {*SUPPLY.actions, *EDITS}, follow)
    | _of("employer", {"edit", "lapse"}, follow_all)
)
