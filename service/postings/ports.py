"""What postings let other features do: an import stores and changes postings through the same checks as the API."""

from service.postings.usecases.importing import upsert_from_source

PORTS = {"postings.upsert": upsert_from_source}
