"""What agreements decide on plain values: the relation, what a template needs, what a signature needs, the hash."""

from service.agreements.rules.filling import Difference, Party, Term, canonical, differences, document_of, fill, hash_of
from service.agreements.rules.signing import check_shown, check_signer, mask, picture_of
from service.agreements.rules.triage import Finding, Verdict, judge

__all__ = [
    "Difference", "Finding", "Party", "Term", "Verdict", "canonical", "check_shown", "check_signer", "differences",
    "document_of", "fill", "hash_of", "judge", "mask", "picture_of",
]  # fmt: skip
