"""What people let other features ask."""

from service.people.steps import open_values

PORTS = {"people.open_values": open_values}
