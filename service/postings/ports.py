"""What postings let other features do: an import stores and changes postings through the same checks as the API, and
the review queue's decisions fall as an officer's own do."""

from service.postings.usecases.deciding import decide_review
from service.postings.usecases.importing import upsert_from_source

PORTS = {"postings.upsert": upsert_from_source, "postings.decide": decide_review}
