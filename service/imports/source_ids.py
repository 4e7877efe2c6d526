"""Which ids of a source may stand in the open data: the feed repeats them, so that no number or account hides there."""

from __future__ import annotations

import re

from service.contacts import contact_in

_FORM = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:/#-]{0,126}[A-Za-z0-9])?")
_HEX = re.compile(r"[0-9a-f]{32,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BETWEEN = re.compile(r"(?<=[0-9])[._:/#-]+(?=[0-9])")
_PHONE = re.compile(r"(?<![0-9])(?:0{0,2}86|0)?1[3-9][0-9]{9}(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9])0[1-9][0-9]{1,2}[._:/#-][2-8][0-9]{6,7}(?![0-9])")
_IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]{4}[0-9Xx](?![0-9])")


def is_plain_id(source_id: str) -> bool:
    """Whether it is at most 128 letters, digits and `._:/#-`, and reads as no phone, identity number or account.

    Digits count as one run whatever stands between them («1-3812345678»); UUIDs and digests hold any digits.
    """
    if not _FORM.fullmatch(source_id):
        return False
    if _HEX.fullmatch(source_id):
        return True
    digits = _BETWEEN.sub("", source_id)
    personal = _LANDLINE.search(source_id) or any(each.search(digits) for each in (_PHONE, _IDENTITY))
    return not personal and contact_in(source_id) is None
