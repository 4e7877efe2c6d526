"""What follow-ups let other features ask."""

from service.followups.proofs import answers_told, tell_answers

PORTS = {"evidence.sources.followups": tell_answers, "followups.answers": answers_told}
