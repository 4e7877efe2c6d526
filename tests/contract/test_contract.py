"""The committed contract equals the running application's."""

from __future__ import annotations

from api_specs.write import FOLDER, contract


def test_committed_openapi_is_the_running_one() -> None:
    """`make openapi` has been run since the last change of the API."""
    assert (FOLDER / "openapi.json").read_text(encoding="utf-8") == contract()
