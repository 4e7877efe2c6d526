"""What supply postings let other features do: the review queue's decisions fall as an officer's own do."""

from service.supplies.usecases import decide_review

PORTS = {"supplies.decide": decide_review}
