"""Which refusal a violated constraint of this feature stands for; the other row is never described."""

VIOLATIONS = {
    "uq_employers_credit_code": "employer_exists",
    "uq_members_live": "member_exists",
    "uq_invitations_live": "invitation_exists",
    "uq_pool_members_live": "pool_member_exists",
}
