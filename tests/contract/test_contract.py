"""The committed contract equals the running application's."""

from __future__ import annotations

import json

from api_specs.write import FOLDER, contract, entry_of_feed
from service.people.consents import shipped_texts
from service.people.rules import SCOPES


def test_committed_openapi_is_the_running_one() -> None:
    """`make openapi` has been run since the last change of the API."""
    assert (FOLDER / "openapi.json").read_text(encoding="utf-8") == contract()


def test_committed_schema_of_feed_entries_is_the_running_one() -> None:
    """The same for the open-data feed."""
    assert (FOLDER / "feed_entry.schema.json").read_text(encoding="utf-8") == entry_of_feed()


def test_consents_are_the_same_everywhere() -> None:
    """Who registers may consent to what a person may later: one set of scopes."""
    document = json.loads(contract())
    shapes = ("RegisterIn", "BecomeIn", "RegisterByOfficerIn")
    said = [document["components"]["schemas"][each]["properties"]["consents"]["items"]["enum"] for each in shapes]
    for operation in document["paths"]["/v1/me/consents/{scope}"].values():
        said += [each["schema"]["enum"] for each in operation["parameters"] if each["name"] == "scope"]
    assert said == [list(SCOPES)] * 5
    assert set(SCOPES) == shipped_texts().keys()
