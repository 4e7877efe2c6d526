"""States of a balance: a firm has people to lend (surplus, 余工) or lacks people (shortage, 缺工)."""

from service.lifecycle import Lifecycle

BALANCE = Lifecycle(
    "balance",
    ("draft",),
    {
        ("draft", "publish"): "published",
        ("draft", "withdraw"): "closed",
        ("published", "withdraw"): "closed",
        ("published", "fill"): "matched",  # everybody is spoken for
        ("published", "expire"): "closed",  # its last day is over, and nobody was spoken for
        ("published", "end"): "closed",  # its last day is over, and some were
        ("published", "take_down"): "closed",
        ("matched", "refill"): "published",  # a deal has given people back in time
        ("matched", "end"): "closed",
        ("matched", "take_down"): "closed",
    },
)
SIDES = ("surplus", "shortage")
OTHER_SIDE = {"surplus": "shortage", "shortage": "surplus"}
LIVE = frozenset({"draft", "published", "matched"})
PUBLIC = frozenset({"published"})
IN_THE_OPEN = frozenset({"published", "matched"})  # has been published and has not ended
OPEN_TO_EDIT = frozenset({"draft", "published"})
CLOSE_REASONS = {"withdraw": "withdrawn", "expire": "expired", "end": "ended", "take_down": "taken_down"}
EXPIRE = "balance.expire"  # the timer that ends it after its last day
FITTING = "balance.fitting"  # the timer that tells those whom it suits that it is there
