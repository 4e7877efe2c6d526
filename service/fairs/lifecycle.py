"""States of a fair, of an employer's booth at it, of a person's place there, and of a proposal to hold one."""

from service.lifecycle import Lifecycle

FAIR = Lifecycle(
    "fair",
    ("draft",),
    {
        ("draft", "announce"): "announced",
        ("draft", "discard"): "discarded",
        ("announced", "open"): "running",
        ("announced", "suspend"): "suspended",
        ("announced", "call_off"): "called_off",
        ("running", "close"): "over",
        ("running", "suspend"): "suspended",
        ("running", "call_off"): "called_off",
        ("suspended", "resume"): "announced",  # and open again at once where its first session has begun
        ("suspended", "call_off"): "called_off",
    },
)
PUBLIC = frozenset({"announced", "suspended", "running", "over", "called_off"})
OPEN = frozenset({"announced", "running"})  # people sign up, come, and employers ask for booths
COMING = frozenset({"announced", "suspended", "running"})  # not at its end
OPEN_TO_EDIT = COMING | {"draft"}

BOOTH = Lifecycle(
    "fair_booth",
    ("asked",),
    {
        ("asked", "confirm"): "confirmed",
        ("asked", "decline"): "declined",
        ("asked", "withdraw"): "withdrawn",
        ("asked", "expire"): "ended",
        ("confirmed", "decline"): "declined",
        ("confirmed", "withdraw"): "withdrawn",
        ("confirmed", "expire"): "ended",
    },
)
BOOTH_LIVE = ("asked", "confirmed")  # whose number nobody else has

ENTRY = Lifecycle(
    "fair_entry",
    ("signed_up", "waiting", "came"),
    {
        ("signed_up", "withdraw"): "withdrawn",
        ("signed_up", "check_in"): "came",
        ("signed_up", "lapse"): "missed",
        ("signed_up", "expire"): "ended",
        ("waiting", "promote"): "signed_up",
        ("waiting", "withdraw"): "withdrawn",
        ("waiting", "check_in"): "came",
        ("waiting", "expire"): "ended",
        ("withdrawn", "sign_up"): "signed_up",
        ("withdrawn", "wait"): "waiting",
        ("withdrawn", "check_in"): "came",
    },
)
ENTRY_LIVE = ("signed_up", "waiting")
PLACED = ("signed_up", "came", "missed")  # what `fairs.taken` counts until the fair has ended

PROPOSAL = Lifecycle(
    "fair_proposal",
    ("open",),
    {
        ("open", "draft"): "drafted",
        ("open", "dismiss"): "dismissed",
        ("open", "lapse"): "lapsed",
    },
)
