"""Checking one evidence pack (用工凭证): every byte of it, and where it is wrong.

A pack is {"core": {"entries", "header"}, "openings", "signature"} in canonical form. Each entry holds the hash of
the one before and a mark of each of its fields; the header holds the last hash and is signed. Openings show what
stands behind commitments; a pack without them is as good.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .canonical import Finding, Unreadable, canonical, commitment, is_hex, mark, read, sha256, signature_of

FORMAT, LENT_FORMAT = "linggong-evidence-1", "linggong-lent-evidence-1"
_SAME = {"format", "service", "pack_id", "side", "parties", "issued_at", "key_id", "count", "head", "marks"}
HEADER = _SAME | {"engagement_id", "posting_id", "terms_version", "terms_hash"}
LENT_HEADER = _SAME | {"lent_id", "deal_id", "deal_number", "terms_version", "consent_hash"}
ABOUT = {FORMAT: "engagement_id", LENT_FORMAT: "lent_id"}  # what a chain is about: a seat, or somebody lent
ENTRY = {"seq", "at", "side", "what", "facts", "prev", "hash", "marks"}
OPENING = {"seq", "field", "salt", "value"}


def first_link(about_id: str, side: str, form: str = FORMAT) -> str:
    """What the first entry holds as the hash before it: whose chain this is."""
    return sha256(canonical({"format": form, ABOUT.get(form, ABOUT[FORMAT]): about_id, "side": side}))


def _first(header: Mapping[str, Any]) -> str:
    """The same, as a header says it."""
    form = LENT_FORMAT if header["format"] == LENT_FORMAT else FORMAT
    return first_link(header[ABOUT[form]], header["side"], form)


def marks_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """A mark for each field, those of `facts` one by one."""
    found: dict[str, str] = {}
    for name, value in fields.items():
        if name == "facts":
            found |= {f"facts.{inner}": mark(each) for inner, each in value.items()}
        elif name not in ("marks", "hash", "prev"):
            found[name] = mark(value)
    return found


def hash_of(entry: Mapping[str, Any]) -> str:
    """The hash of an entry: everything in it but the hash itself."""
    return sha256(canonical({name: value for name, value in entry.items() if name != "hash"}))


def signed_bytes(header: Mapping[str, Any]) -> bytes:
    """What the signature stands under; the head is in the header."""
    return b"linggong evidence\n" + canonical(header)


def verify_pack(data: bytes, keys: Mapping[str, Any]) -> list[Finding]:
    """Everything that is wrong; empty when the pack is as it was issued."""
    try:
        pack = read(data)
    except Unreadable as wrong:
        return [Finding(wrong.code, f"byte {wrong.offset}")]
    try:
        found = _shape(pack)
        return found or [*_entries(pack["core"]), *_header(pack, keys), *_openings(pack)]
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        return [Finding("malformed", f"pack ({type(wrong).__name__})")]


def _shape(pack: Any) -> list[Finding]:
    """The names that stand in it, no others."""
    found = _names(pack, {"core", "openings", "signature"}, "pack")
    if found:
        return found
    found = _names(pack["core"], {"entries", "header"}, "core") + _names(
        pack["signature"], {"key_id", "value"}, "signature"
    )
    if found:
        return found
    header = pack["core"]["header"]
    of_lent = isinstance(header, dict) and header.get("format") == LENT_FORMAT
    found = _names(header, LENT_HEADER if of_lent else HEADER, "header")
    for seq, entry in enumerate(pack["core"]["entries"], 1):
        found += _names(entry, ENTRY, f"entry {seq}")
    for number, opening in enumerate(pack["openings"], 1):
        found += _names(opening, OPENING, f"opening {number}")
    return found


def _names(value: Any, names: set[str], place: str) -> list[Finding]:
    if not isinstance(value, dict):
        return [Finding("malformed", place)]
    return [Finding("field_unexpected" if name in value else "field_missing", f"{place}, {name}")
            for name in sorted(names ^ value.keys())]  # fmt: skip


def _entries(core: Mapping[str, Any]) -> list[Finding]:
    found: list[Finding] = []
    before = _first(core["header"])
    for seq, entry in enumerate(core["entries"], 1):
        found += _entry(entry, seq, before)
        before = entry["hash"]
    return found


def _entry(entry: Mapping[str, Any], seq: int, before: str) -> list[Finding]:
    place = f"entry {seq}"
    if entry["seq"] != seq:
        return [Finding("out_of_order", f"{place}, seq")]
    right, said = marks_of(entry), entry["marks"]
    changed = [Finding("changed", f"{place}, {name}") for name in sorted(right.keys() | said.keys())
               if right.get(name) != said.get(name)]  # fmt: skip
    if entry["prev"] != before:
        changed.append(Finding("chain_broken", f"{place}, prev"))
    if not changed and hash_of(entry) != entry["hash"]:
        changed.append(Finding("changed", f"{place}, hash"))
    return changed


def _header(pack: Mapping[str, Any], keys: Mapping[str, Any]) -> list[Finding]:
    header, entries = pack["core"]["header"], pack["core"]["entries"]
    if header["format"] not in ABOUT:
        return [Finding("format_unknown", "header, format")]
    right = marks_of(header)
    found = [Finding("changed", f"header, {name}") for name in sorted(right.keys() | header["marks"].keys())
             if right.get(name) != header["marks"].get(name)]  # fmt: skip
    if header["count"] != len(entries):
        found.append(Finding("cut_short" if len(entries) < header["count"] else "added_to", "header, count"))
    head = entries[-1]["hash"] if entries else _first(header)
    if header["head"] != head:
        found.append(Finding("head_differs", "header, head"))
    if pack["signature"]["key_id"] != header["key_id"]:
        found.append(Finding("changed", "signature, key_id"))
    wrong = signature_of(keys, pack["signature"], signed_bytes(header), header["issued_at"])
    return [*found, Finding(wrong, "signature, value")] if wrong else found


def _openings(pack: Mapping[str, Any]) -> list[Finding]:
    """Each shows exactly what one commitment holds, in the order of the entries, once."""
    entries, found, before = pack["core"]["entries"], [], (0, "")
    if not isinstance(pack["openings"], list):
        return [Finding("malformed", "openings")]
    for number, opening in enumerate(pack["openings"], 1):
        place, at = f"opening {number}", (opening["seq"], opening["field"])
        said = entries[at[0] - 1]["facts"].get(at[1]) if 1 <= at[0] <= len(entries) else None
        if at <= before or not isinstance(said, dict) or "commitment" not in said:
            found.append(Finding("opens_nothing", f"{place}, field"))
        elif not is_hex(opening["salt"], 64) or commitment(opening["salt"], opening["value"]) != said["commitment"]:
            found.append(Finding("changed", f"{place}, value"))
        before = max(before, at)
    return found
