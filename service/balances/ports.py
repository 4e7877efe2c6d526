"""What balances let deals and zones do: speak for people and give them back, show what stands in a place."""

from service.balances.steps import give_back, take
from service.balances.usecases.standing import counted, standing

PORTS = {
    "balances.take": take,
    "balances.give_back": give_back,
    "balances.counted": counted,
    "balances.standing": standing,
}
