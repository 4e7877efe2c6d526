"""States of a referral (from an officer's word to the last pay), of a talk, and of the slip that a person carries.

Up to the seat both sides answer here; from then on a referral follows its engagement and its pay (reactions).
"""

from service.lifecycle import Lifecycle

BEFORE_SEAT = (
    "notified", "worker_accepted", "employer_viewed", "employer_accepted", "talks_scheduled", "talks_done",
    "talks_missed", "offered", "offer_accepted",
)  # fmt: skip
MAY_BE_OFFERED = (
    "worker_accepted", "employer_viewed", "employer_accepted", "talks_scheduled", "talks_done", "talks_missed",
)  # fmt: skip
OPEN = ("created", *BEFORE_SEAT, "agreed")  # may still be withdrawn, expire or fall with its posting
LIVE = (*OPEN, "hired", "on_duty")  # one such for a person and posting
FINAL = ("worker_declined", "employer_declined", "offer_refused", "withdrawn", "expired", "cancelled", "closed")

REFERRAL = Lifecycle(
    "referral",
    ("created",),
    {
        ("created", "notify"): "notified",
        ("notified", "worker_accept"): "worker_accepted",
        ("notified", "worker_decline"): "worker_declined",
        ("worker_accepted", "view"): "employer_viewed",
        ("worker_accepted", "employer_accept"): "employer_accepted",
        ("worker_accepted", "employer_decline"): "employer_declined",
        ("worker_accepted", "worker_decline"): "worker_declined",
        ("employer_viewed", "employer_accept"): "employer_accepted",
        ("employer_viewed", "employer_decline"): "employer_declined",
        ("employer_viewed", "worker_decline"): "worker_declined",
        ("employer_accepted", "schedule_talk"): "talks_scheduled",
        ("employer_accepted", "employer_decline"): "employer_declined",
        ("employer_accepted", "worker_decline"): "worker_declined",
        ("talks_scheduled", "schedule_talk"): "talks_scheduled",
        ("talks_scheduled", "cancel_talk"): "employer_accepted",
        ("talks_scheduled", "hold_talk"): "talks_done",
        ("talks_scheduled", "miss_talk"): "talks_missed",
        ("talks_scheduled", "employer_decline"): "employer_declined",
        ("talks_scheduled", "worker_decline"): "worker_declined",
        ("talks_missed", "schedule_talk"): "talks_scheduled",
        ("talks_missed", "employer_decline"): "employer_declined",
        ("talks_missed", "worker_decline"): "worker_declined",
        ("talks_done", "schedule_talk"): "talks_scheduled",
        ("talks_done", "employer_decline"): "employer_declined",
        ("talks_done", "worker_decline"): "worker_declined",
        **{(state, "offer"): "offered" for state in MAY_BE_OFFERED},
        ("offered", "accept_offer"): "offer_accepted",
        ("offered", "refuse_offer"): "offer_refused",
        **{(state, "agree"): "agreed" for state in BEFORE_SEAT},  # the terms sheet that both sides have accepted
        ("agreed", "hire"): "hired",
        ("hired", "start"): "on_duty",
        ("hired", "complete"): "completed",
        ("hired", "mark_absent"): "no_show",
        ("hired", "cancel"): "cancelled",
        ("on_duty", "complete"): "completed",
        ("on_duty", "end_early"): "ended_early",
        ("on_duty", "undo_start"): "hired",
        ("no_show", "repair_start"): "on_duty",
        ("no_show", "repair_complete"): "completed",
        ("no_show", "cancel"): "cancelled",
        ("no_show", "close"): "closed",
        ("completed", "pay"): "paid",
        ("completed", "fall_overdue"): "pay_overdue",
        ("completed", "close"): "closed",
        ("ended_early", "pay"): "paid",
        ("ended_early", "fall_overdue"): "pay_overdue",
        ("ended_early", "close"): "closed",
        ("pay_overdue", "pay"): "paid",
        ("pay_overdue", "close"): "closed",
        ("paid", "close"): "closed",
        **{(state, "withdraw"): "withdrawn" for state in OPEN},
        **{(state, "expire"): "expired" for state in OPEN},
        **{(state, "cancel"): "cancelled" for state in OPEN},
    },
)

TALK = Lifecycle(
    "talk",
    ("planned",),
    {
        ("planned", "hold"): "held",
        ("planned", "miss"): "missed",
        ("planned", "cancel"): "cancelled",
    },
)

SLIP = Lifecycle(
    "slip",
    ("issued",),
    {
        ("issued", "redeem"): "redeemed",
        ("issued", "revoke"): "revoked",
        ("issued", "expire"): "expired",
    },
)
