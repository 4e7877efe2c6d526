"""What can be done with what is entered for others."""

from service.intakes.usecases.answering import confirm_supply, decline_supply, leave_entered, revoke_supply
from service.intakes.usecases.demanding import Call, confirm_demand, decline_demand, enter_demand
from service.intakes.usecases.looking import (
    get_demand,
    get_supply,
    list_demands,
    list_recommendations,
    list_supplies,
    list_tasks,
)
from service.intakes.usecases.recommending import recommend
from service.intakes.usecases.supplying import Told, enter_supply

__all__ = [
    "Call",
    "Told",
    "confirm_demand",
    "confirm_supply",
    "decline_demand",
    "decline_supply",
    "enter_demand",
    "enter_supply",
    "get_demand",
    "get_supply",
    "leave_entered",
    "list_demands",
    "list_recommendations",
    "list_supplies",
    "list_tasks",
    "recommend",
    "revoke_supply",
]
