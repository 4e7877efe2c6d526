"""States of a deal (people lent by one firm to another for a time), and of each person who is lent under it."""

from service.lifecycle import Lifecycle

DEAL = Lifecycle(
    "deal",
    ("proposed",),
    {
        ("proposed", "agree"): "firms_agreed",
        ("proposed", "decline"): "refused",
        ("proposed", "withdraw"): "cancelled",
        ("proposed", "lapse"): "cancelled",
        ("firms_agreed", "collect"): "consents_collecting",  # the first person was asked
        ("firms_agreed", "cancel"): "cancelled",
        ("firms_agreed", "lapse"): "cancelled",
        ("consents_collecting", "sign"): "signed",
        ("consents_collecting", "cancel"): "cancelled",
        ("consents_collecting", "lapse"): "cancelled",
        ("signed", "collect"): "consents_collecting",  # somebody more was asked before it has begun
        ("signed", "start"): "running",
        ("signed", "cancel"): "cancelled",
        ("signed", "lapse"): "cancelled",
        ("running", "extend"): "extended",
        ("running", "return"): "returning",
        ("running", "breach"): "breached",
        ("extended", "extend"): "extended",
        ("extended", "return"): "returning",
        ("extended", "breach"): "breached",
        ("returning", "settle"): "settled",
        ("returning", "breach"): "breached",
        ("settled", "close"): "closed",
    },
)
BEFORE_AGREED = ("proposed",)
PREPARING = ("firms_agreed", "consents_collecting", "signed")  # agreed by the firms, and not begun
LISTING = ("firms_agreed", "consents_collecting", "signed", "running", "extended")  # people may be asked
UNDER_WAY = ("running", "extended")
LIVE = ("proposed", *PREPARING, *UNDER_WAY, "returning")
AGREED = (*PREPARING, *UNDER_WAY, "returning", "settled", "closed", "breached")  # both firms had said yes
BEGUN = (*UNDER_WAY, "returning", "settled", "closed", "breached")
ENDED = ("refused", "cancelled", "breached", "closed")

LENT = Lifecycle(
    "lent",
    ("asked",),
    {
        ("asked", "consent"): "consented",
        ("asked", "refuse"): "refused",
        ("asked", "drop"): "dropped",
        ("asked", "lapse"): "dropped",
        ("consented", "start"): "working",
        ("consented", "withdraw"): "withdrawn",
        ("consented", "drop"): "dropped",
        ("consented", "lapse"): "dropped",
        ("working", "end"): "returning",
        ("working", "release"): "released",  # the lender is no more: nobody takes the person back
        ("returning", "take_back"): "returned",
        ("returning", "release"): "released",
    },
)
LENT_OPEN = ("asked", "consented")  # not there yet
LENT_FIRM = ("consented", "working")  # whose days are taken
LENT_TAKEN = (*LENT_OPEN, "working")  # of the lender's staff, now or soon
LENT_THERE = ("working", "returning")
LENT_LIVE = (*LENT_OPEN, *LENT_THERE)  # not over: who it is is not forgotten
LENT_WORKED = ("working", "returning", "returned", "released")
