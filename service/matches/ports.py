"""What rankings let other features do: read people and open work of one day, and a
trade, as the values that `matching` takes."""

from service.matches.day import work_of_day
from service.matches.inputs import trade_need

PORTS = {"matches.work_of_day": work_of_day, "matches.trade_need": trade_need}
