"""What referrals let other features ask."""

from service.referrals.proofs import tell_referral

PORTS = {"evidence.sources.referrals": tell_referral}
