"""What balances let deals and zones do: read what is offered, speak for people and give them back, show what stands
in a place."""

from service.balances.inputs import suits
from service.balances.steps import give_back, hold, offered, take
from service.balances.usecases.standing import counted, standing

PORTS = {
    "balances.offered": offered,
    "balances.suits": suits,
    "balances.hold": hold,
    "balances.take": take,
    "balances.give_back": give_back,
    "balances.counted": counted,
    "balances.standing": standing,
}
