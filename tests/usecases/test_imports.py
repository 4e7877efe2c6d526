"""Imports from upload to answer: what becomes of each row, again and again, and wherever it breaks off."""

from __future__ import annotations

import json
import shutil
from collections import Counter

import pytest

from service.context import Context
from service.errors import Missing, Refused
from service.ids import new_id
from service.imports import usecases
from service.imports.running import mapping_text, run_import
from service.imports.spool import folder_of
from tests.builders.city import an_employer
from tests.builders.imports import (
    SAMPLE,
    a_queued_import,
    an_import,
    counts,
    lines_of,
    listings,
    member_of,
    scalar,
    the_import,
)
from tests.conftest import shared_folder
from tests.rules.import_samples import a_listing


@pytest.fixture(autouse=True)
def _empty_spool(ctx: Context) -> None:
    """The tables were emptied before this test; so is the folder."""
    shutil.rmtree(folder_of(ctx.settings), ignore_errors=True)


async def test_the_bundled_sample_imports_and_every_refused_row_has_its_reason(ctx: Context) -> None:
    """Good rows become postings with an approximate place; each bad one says which field, column and why."""
    by = member_of(await an_employer(ctx), new_id())
    row = await an_import(ctx, by, SAMPLE.read_bytes())
    assert (row.state, row.rows_total, row.rows_read, row.failure) == ("done", 16, 16, None)
    answers = {line.number: line for line in await lines_of(ctx, row.id)}
    refused = {n: [r["code"] for r in line.reasons] for n, line in answers.items() if line.outcome == "refused"}
    assert refused[13] == ["expected_number", "time_invalid"]  # pay as text; 24:00
    assert refused[16] == ["duplicate_in_file"]
    assert counts(row) == dict(Counter(line.outcome for line in answers.values()))
    assert counts(row)["accepted"] >= 10
    assert all(reason["pointer"] or reason["column"] for n in refused for reason in answers[n].reasons)
    assert await scalar(ctx, "select approximate from postings where id = :id", id=answers[1].posting_id)


async def test_the_whole_shared_source_imports(ctx: Context) -> None:
    """The designers' file: nothing breaks off, every row is answered."""
    path = shared_folder() / "data" / "shanghai_postings.json"
    if not path.is_file():
        pytest.skip("the shared data is not here")
    by = member_of(await an_employer(ctx), new_id())
    row = await an_import(ctx, by, path.read_bytes())
    total = len(json.loads(path.read_text(encoding="utf-8")))
    assert (row.state, row.rows_read) == ("done", total)
    refused = [line for line in await lines_of(ctx, row.id) if line.outcome == "refused"]
    assert all(line.reasons for line in refused)
    assert not [reason for line in refused for reason in line.reasons if reason["code"] == "row_unforeseen"]
    assert row.accepted > total * 0.8


async def test_a_dry_run_answers_every_row_and_stores_no_posting(ctx: Context) -> None:
    """Its answers are those of the real run that follows; nothing but the answers is kept."""
    by = member_of(await an_employer(ctx), new_id())
    dry = await an_import(ctx, by, SAMPLE.read_bytes(), dry_run=True)
    assert await scalar(ctx, "select count(*) from postings") == 0
    assert await scalar(ctx, "select count(*) from due_work where kind like 'posting.%'") == 0
    assert await scalar(ctx, "select count(*) from transitions where noun in ('posting', 'shift')") == 0
    real = await an_import(ctx, by, SAMPLE.read_bytes())
    assert counts(dry) == counts(real)
    said = [[(line.number, line.outcome, line.reasons) for line in await lines_of(ctx, row.id)] for row in (dry, real)]
    assert said[0] == said[1]


async def test_the_same_file_again_changes_nothing(ctx: Context) -> None:
    """Every row that was accepted is unchanged, in whatever order the file has it; no version is made."""
    by = member_of(await an_employer(ctx), new_id())
    first = await an_import(ctx, by, listings(60))
    assert counts(first) == {"accepted": 60}
    rows = json.loads(listings(60))
    again = await an_import(ctx, by, json.dumps(rows[::-1]).encode())
    assert counts(again) == {"unchanged": 60}
    assert await scalar(ctx, "select count(*) from posting_versions") == 60


async def test_a_changed_field_is_an_update_with_new_terms(ctx: Context) -> None:
    """One row's pay rises: that posting is updated to its second terms version, the other stays."""
    by = member_of(await an_employer(ctx), new_id())
    await an_import(ctx, by, listings(2))
    raised = json.dumps([a_listing(source_id=1), a_listing(source_id=2, pay=27.0)]).encode()
    row = await an_import(ctx, by, raised)
    assert counts(row) == {"unchanged": 1, "updated": 1}
    changed = (await lines_of(ctx, row.id))[1].posting_id
    assert await scalar(ctx, "select pay_fen from postings where id = :id", id=changed) == 2700
    assert await scalar(ctx, "select terms_version from postings where id = :id", id=changed) == 2


async def test_two_employers_may_use_the_same_ids(ctx: Context) -> None:
    """Ids belong to who sends them: nobody's row changes, or blocks, somebody else's posting."""
    one, other = [member_of(await an_employer(ctx), new_id()) for _ in range(2)]
    assert counts(await an_import(ctx, one, listings(3))) == {"accepted": 3}
    assert counts(await an_import(ctx, other, listings(3, pay=26.0))) == {"accepted": 3}
    assert await scalar(ctx, "select count(*) from postings where pay_fen = 2500") == 3


async def test_a_file_that_breaks_keeps_the_rows_before(ctx: Context) -> None:
    """Truncated after two rows: these are postings, and the import says where and why it ended."""
    by = member_of(await an_employer(ctx), new_id())
    whole = listings(3)
    row = await an_import(ctx, by, whole[: whole.rindex(b"{") + 20])
    assert (row.state, counts(row)["accepted"]) == ("failed", 2)
    assert row.failure is not None
    assert row.failure["code"] in {"json_truncated", "json_broken"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.7 ...", "file_type_unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "workbook_legacy"),
        (b"<html><body>login</body></html>", "file_type_unknown"),
        (b"\x89PNG\r\n\x1a\n", "file_type_unknown"),
    ],
)
async def test_what_a_first_look_shows_is_refused_at_once(ctx: Context, content: bytes, code: str) -> None:
    """No import is queued for what is no file of rows, and nothing stays in the spool."""
    by = member_of(await an_employer(ctx), new_id())
    with pytest.raises(Refused, match=code):
        await a_queued_import(ctx, by, content)
    assert await scalar(ctx, "select count(*) from imports") == 0
    assert not list(folder_of(ctx.settings).glob("*"))


async def test_a_file_that_shows_its_teeth_later_fails_with_its_code(ctx: Context) -> None:
    """An archive that only claims to be a workbook is queued, read, and failed; its file is removed."""
    by = member_of(await an_employer(ctx), new_id())
    row = await an_import(ctx, by, b"PK\x03\x04" + b"\0" * 400, mapping="plain_template")
    assert row.state == "failed"
    assert row.failure is not None
    assert row.failure["code"].startswith("workbook_")
    assert not list(folder_of(ctx.settings).glob("*"))


async def test_a_mapping_of_ones_own_is_taken(ctx: Context) -> None:
    """A YAML text sent along maps the file; a wrong one is refused naming its key."""
    by = member_of(await an_employer(ctx), new_id())
    text = mapping_text("shanghai_postings").replace("source: shanghai_postings", "source: partner_nine")
    row = await an_import(ctx, by, listings(2), mapping=None, mapping_text=text)
    assert (row.mapping, counts(row)) == ("partner_nine", {"accepted": 2})
    with pytest.raises(Refused, match="mapping_unknown_key"):
        await a_queued_import(ctx, by, listings(1), mapping=None, mapping_text=text + "\nsurprise: 1\n")


async def test_somebody_elses_import_is_not_there(ctx: Context) -> None:
    """Another employer's member sees neither the import nor a difference to a missing one."""
    mine, other = [member_of(await an_employer(ctx), new_id()) for _ in range(2)]
    row = await a_queued_import(ctx, mine, listings(1))
    for asked in (row.id, new_id()):
        with pytest.raises(Missing):
            await usecases.get_import(ctx, asked, by=other)
    with pytest.raises(Missing):
        await a_queued_import(ctx, other, listings(1), employer_id=mine.employer_id)


async def test_a_cancelled_import_stays_cancelled(ctx: Context) -> None:
    """Cancelled while it waits: nothing is read any more, the file is gone, the due work too."""
    by = member_of(await an_employer(ctx), new_id())
    row = await a_queued_import(ctx, by, listings(2))
    await usecases.cancel_import(ctx, row.id, by=by)
    await run_import(ctx, row.id)
    assert (await the_import(ctx, row.id)).state == "cancelled"
    assert await scalar(ctx, "select count(*) from postings") == 0
    assert await scalar(ctx, "select state from due_work where kind = 'import.run'") == "cancelled"
    assert not list(folder_of(ctx.settings).glob("*"))
