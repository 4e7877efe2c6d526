"""What deals let other features see."""

from service.deals.usecases.looking import seen

PORTS = {"deals.seen": seen}
