"""When somebody was hurt: whose word stands, and what corrects it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from service.deals.rules.facts import INJURIES_MOST
from service.errors import Conflict, Refused

CORRECTING = ("worker", "officer")  # whose word on an injury stands against a firm's
OF_FIRMS_MOST = INJURIES_MOST // 2  # the rest is for the word of the person


def said(
    known: Sequence[datetime],
    known_by: str | None,
    at: datetime,
    *,
    by: str,
    another: bool = False,
    instead_of: datetime | None = None,
) -> list[datetime]:
    """The times after a word by somebody (`by`: worker, officer, lender, borrower), in order.

    `known` is in order, the last one said by `known_by`. Without more a word corrects the last time: the own one, or by
    the person and officers, who correct any that they name (`instead_of`). With `another` it is one more; of a firm a
    later one. Raises Conflict injury_said, injuries_enough, Refused injury_unknown.
    """
    may_correct = by in CORRECTING
    if instead_of is not None and instead_of not in known:
        raise Refused("injury_unknown", field="/instead_of")
    if not known or (at in known and instead_of is None):
        return sorted({*known, at})
    last = known[-1]
    if another and instead_of is None:
        if not may_correct and at < last:
            raise Conflict("injury_said", injured_at=last)
        most = INJURIES_MOST if may_correct else OF_FIRMS_MOST
        if len(known) >= most:
            raise Conflict("injuries_enough", most=most)
        return sorted({*known, at})
    gone = last if instead_of is None else instead_of
    rest = [each for each in known if each != gone]
    own_last = gone == last and by == known_by and at >= max(rest, default=at)  # a firm's stays the last one
    if not may_correct and not own_last:
        raise Conflict("injury_said", injured_at=gone)
    return sorted({*rest, at})
