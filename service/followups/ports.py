"""What follow-ups let other features ask."""

from service.followups.proofs import tell_answers

PORTS = {"evidence.sources.followups": tell_answers}
