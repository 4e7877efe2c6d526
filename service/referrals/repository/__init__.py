"""Referrals, talks and slips: kept under locks, shown without."""

from service.referrals.repository.pages import ReferralPagesRepository
from service.referrals.repository.referrals import ReferralRepository

__all__ = ["ReferralPagesRepository", "ReferralRepository"]
