"""What balances let deals, zones and intents do: read what is offered, speak for people and give them back, show what
stands in a place, compare and explain."""

from service.balances.inputs import centre, suits, value_of
from service.balances.shaping import offer_out
from service.balances.steps import give_back, hold, offered, take
from service.balances.telling import line_of
from service.balances.usecases.matching import apart
from service.balances.usecases.standing import counted, standing, terms_said

PORTS = {
    "balances.offered": offered,
    "balances.suits": suits,
    "balances.hold": hold,
    "balances.take": take,
    "balances.give_back": give_back,
    "balances.counted": counted,
    "balances.standing": standing,
    "balances.line": line_of,
    "balances.terms_said": terms_said,
    "balances.apart": apart,
    "balances.centre": centre,
    "balances.offer_out": offer_out,
    "balances.value_of": value_of,
}
