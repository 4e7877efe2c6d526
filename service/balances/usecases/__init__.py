"""What can be done with balances."""

from service.balances.usecases.looking import (
    get_balance,
    get_terms,
    list_balances,
    list_conditions,
    list_own_balances,
    list_region_balances,
    show_balance,
    take_down_balance,
)
from service.balances.usecases.matching import plan_region, rank_balances
from service.balances.usecases.writing import (
    agree_to_balance,
    change_balance,
    copy_balance,
    create_balance,
    publish_balance,
    withdraw_balance,
)

__all__ = [
    "agree_to_balance",
    "change_balance",
    "copy_balance",
    "create_balance",
    "get_balance",
    "get_terms",
    "list_balances",
    "list_conditions",
    "list_own_balances",
    "list_region_balances",
    "plan_region",
    "publish_balance",
    "rank_balances",
    "show_balance",
    "take_down_balance",
    "withdraw_balance",
]
