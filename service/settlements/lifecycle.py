"""States of a day worked for a borrower, of a month's statement, and of each leg of its money."""

from service.lifecycle import Lifecycle

LENT_DAY = Lifecycle(
    "lent_day",
    ("entered",),
    {
        ("entered", "agree"): "agreed",
        ("entered", "object"): "objected",
        ("entered", "correct"): "entered",
        ("agreed", "object"): "objected",
        ("agreed", "correct"): "entered",
        ("objected", "agree"): "agreed",
        ("objected", "correct"): "entered",
        ("entered", "decide"): "decided",
        ("agreed", "decide"): "decided",
        ("objected", "decide"): "decided",
        ("decided", "decide"): "decided",
    },
)

SETTLEMENT = Lifecycle(
    "settlement",
    ("stated",),
    {
        ("stated", "correct"): "corrected",
        ("corrected", "correct"): "corrected",
    },
)

LEG = Lifecycle(
    "leg",
    ("due",),
    {
        ("due", "pay"): "paid_by_payer",
        ("due", "settle"): "settled",
        ("due", "fall_overdue"): "overdue",
        ("due", "dispute"): "disputed",
        ("due", "cancel"): "cancelled",  # a correction has left nothing to pay
        ("due", "claim"): "claimed",  # the payer is insolvent: it goes into the claims
        ("overdue", "pay"): "paid_by_payer",
        ("overdue", "settle"): "settled",
        ("overdue", "dispute"): "disputed",
        ("overdue", "cancel"): "cancelled",
        ("overdue", "claim"): "claimed",
        ("paid_by_payer", "settle"): "settled",
        ("paid_by_payer", "stand"): "settled",  # asked twice, the payee has said nothing
        ("paid_by_payer", "dispute"): "disputed",
        ("paid_by_payer", "correct"): "due",  # more is due than was thought
        ("disputed", "pay"): "paid_by_payer",
        ("disputed", "settle"): "settled",
        ("disputed", "cancel"): "cancelled",
        ("disputed", "claim"): "claimed",
        ("settled", "dispute"): "disputed",  # what only silence has settled
        ("settled", "correct"): "due",
        ("claimed", "reopen"): "due",  # the payer is not insolvent after all
        ("claimed", "pay"): "paid_by_payer",  # out of the estate
        ("claimed", "settle"): "settled",
        ("claimed", "cancel"): "cancelled",
        ("cancelled", "correct"): "due",
    },
)
LEG_OPEN = ("due", "overdue", "paid_by_payer", "disputed")
LEG_LISTED = (*LEG_OPEN, "claimed")  # on the officers' list, once they are listed
LEG_ENDED = ("settled", "cancelled", "claimed")
