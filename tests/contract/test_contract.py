"""The committed contract equals the running application's."""

from __future__ import annotations

from api_specs.write import FOLDER, contract, entry_of_feed


def test_committed_openapi_is_the_running_one() -> None:
    """`make openapi` has been run since the last change of the API."""
    assert (FOLDER / "openapi.json").read_text(encoding="utf-8") == contract()


def test_committed_schema_of_feed_entries_is_the_running_one() -> None:
    """The same for the open-data feed."""
    assert (FOLDER / "feed_entry.schema.json").read_text(encoding="utf-8") == entry_of_feed()
