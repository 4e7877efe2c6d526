"""What rankings let other features do: read people and open work of one day as the values that `matching` takes."""

from service.matches.day import work_of_day

PORTS = {"matches.work_of_day": work_of_day}
