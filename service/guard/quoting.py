"""Words that the service quotes in its own texts and nobody looks at before: names, labels, notes, deals by sight."""

from __future__ import annotations

from datetime import date

from service.contacts import leads_out
from service.errors import Refused
from service.guard.posing import check_not_posing, quoted
from service.guard.rulebook import Rulebook
from service.guard.telling import findings_in_passing, in_language

CONTACT = "C29"
_TOLD = ("rule", "since", "words", "name", "advice", "basis")


def check_quoted(
    pointer: str,
    words: str | None,
    rules: Rulebook,
    day: date,
    language: str,
    *,
    side: str = "demand",
    judged: bool = False,
) -> None:
    """Raises Refused words_contact (a phone, an account, a link), guard_hit (a rule that holds a posting back, named
    with its advice; not where they were `judged` elsewhere), words_pose (as if the service or an authority spoke)."""
    if not words:
        return
    found = [facts for _, facts in findings_in_passing({pointer: words}, rules, day, side=side)]
    if leads_out(words) or any(facts["rule"] == CONTACT for facts in found):
        raise Refused("words_contact", field=pointer)
    if found and not judged:
        told = in_language(found[0], language)
        raise Refused("guard_hit", field=pointer, **{name: told[name] for name in _TOLD})
    check_not_posing(pointer, words, quoted())
