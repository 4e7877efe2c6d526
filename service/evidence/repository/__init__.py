"""Chains and packs in rows, and what the log and its neighbours tell of a seat."""

from service.evidence.repository.chains import EvidenceRepository

__all__ = ["EvidenceRepository"]
