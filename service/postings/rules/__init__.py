"""What postings decide, without web, database or clock: the checks, the terms, the review, the occurrences."""

from service.postings.rules.asking import asked_again, asked_of, from_source, merged, moved_to
from service.postings.rules.changes import Verdict, verdict_of
from service.postings.rules.checking import Checked, Ground, Wage, check_posting
from service.postings.rules.occurrences import Occurrence, dropped, occurrences_of
from service.postings.rules.places import Site, city_of
from service.postings.rules.review import (
    HELD_BACK_BY,
    check_may_post,
    check_reason,
    goes_live_at_once,
    next_reviewer,
    review_due_at,
    sees_all,
    stale_at,
)
from service.postings.rules.searching import check_codes, search_words
from service.postings.rules.terms import terms_hash, terms_of, without_door

__all__ = [
    "HELD_BACK_BY",
    "Checked",
    "Ground",
    "Occurrence",
    "Site",
    "Verdict",
    "Wage",
    "asked_again",
    "asked_of",
    "check_codes",
    "check_may_post",
    "check_posting",
    "check_reason",
    "city_of",
    "dropped",
    "from_source",
    "goes_live_at_once",
    "merged",
    "moved_to",
    "next_reviewer",
    "occurrences_of",
    "review_due_at",
    "search_words",
    "sees_all",
    "stale_at",
    "terms_hash",
    "terms_of",
    "verdict_of",
    "without_door",
]
