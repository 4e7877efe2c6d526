"""What postings let other features do: an import stores and changes postings through the same checks as the API, the
review queue's decisions fall as an officer's own do, an appeal that was right brings one back, and a page shows what
everybody sees of one."""

from service.postings.usecases.deciding import decide_review, merge_posting, restore
from service.postings.usecases.entering import draft_for, last_job, offer_draft
from service.postings.usecases.importing import upsert_from_source
from service.postings.usecases.reading import shown_to_all

PORTS = {
    "postings.upsert": upsert_from_source,
    "postings.decide": decide_review,
    "postings.shown_to_all": shown_to_all,
    "postings.draft": draft_for,
    "postings.offer": offer_draft,
    "postings.last_job": last_job,
    "postings.merge": merge_posting,
    "postings.restore": restore,
}
