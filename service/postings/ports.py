<<<<<<< HEAD
"""What postings let other features do: an import stores and changes postings through the same checks as the API, and
the review queue's decisions fall as an officer's own do."""
=======
"""What postings let other features do: an import stores and changes postings through the same checks as the API;
a page shows what everybody sees of one."""
>>>>>>> f06922a (Every public posting has a plain page with JobPosting data; newest jobs by place, sitemap, robots; one look for all pages)

from service.postings.usecases.deciding import decide_review
from service.postings.usecases.importing import upsert_from_source
from service.postings.usecases.reading import shown_to_all

<<<<<<< HEAD
PORTS = {"postings.upsert": upsert_from_source, "postings.decide": decide_review}
=======
PORTS = {"postings.upsert": upsert_from_source, "postings.shown_to_all": shown_to_all}
>>>>>>> f06922a (Every public posting has a plain page with JobPosting data; newest jobs by place, sitemap, robots; one look for all pages)
