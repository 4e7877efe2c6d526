"""What can be done with supply postings."""

from service.supplies.usecases.deciding import decide_review, decide_supply, restore
from service.supplies.usecases.looking import (
    get_supply,
    list_own_supplies,
    list_supplies,
    list_supply_reviews,
    show_supply,
)
from service.supplies.usecases.offering import change_supply, check_wish, create_supply, move_supply, offer_supply

__all__ = [
    "change_supply",
    "check_wish",
    "create_supply",
    "decide_review",
    "decide_supply",
    "get_supply",
    "list_own_supplies",
    "list_supplies",
    "list_supply_reviews",
    "move_supply",
    "offer_supply",
    "restore",
    "show_supply",
]
