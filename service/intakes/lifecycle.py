"""States of what is entered for somebody else (代录): a person's wish, a boss's telephoned job."""

from service.lifecycle import Lifecycle

SUPPLY_INTAKE = Lifecycle(
    "supply_intake",
    ("asked", "open"),  # open at once where an officer has recorded the person's yes
    {
        ("asked", "confirm"): "open",
        ("asked", "decline"): "declined",
        ("asked", "lapse"): "lapsed",
        ("asked", "revoke"): "revoked",
        ("asked", "hold"): "held",  # the yes is there, the age is not known yet
        ("held", "confirm"): "open",
        ("held", "lapse"): "lapsed",
        ("held", "revoke"): "revoked",
        ("open", "recommend"): "recommended",
        ("open", "close"): "closed",
        ("open", "revoke"): "revoked",
        ("recommended", "close"): "closed",
        ("recommended", "revoke"): "revoked",
    },
)
UNENDED_SUPPLY = frozenset({"asked", "held", "open", "recommended"})
SHOWN = frozenset({"open", "recommended"})  # there is a supply posting

DEMAND_INTAKE = Lifecycle(
    "demand_intake",
    ("asked",),
    {
        ("asked", "confirm"): "confirmed",
        ("asked", "decline"): "declined",
        ("asked", "lapse"): "lapsed",
        ("asked", "withdraw"): "withdrawn",
    },
)
