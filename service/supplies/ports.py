"""What supply postings let other features do: the review queue's decisions fall as an officer's own do, an appeal that
was right brings one back, and somebody else enters a person's wish with the person's yes."""

from service.supplies.usecases import check_wish, decide_review, offer_supply, restore

PORTS = {
    "supplies.decide": decide_review,
    "supplies.offer": offer_supply,
    "supplies.check": check_wish,
    "supplies.restore": restore,
}
