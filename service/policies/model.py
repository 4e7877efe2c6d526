"""The shapes of the dated policies: one frozen dataclass per topic, every field one parameter of its file.

Names carry the unit: `_minutes`, `_metres`, `_fen`, `_permille` (thousandths). What a parameter means, and
where it comes from, stands beside its values in the YAML file of the same name as the topic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.policies.serving import (
    AccessPolicy,
    AgreementsPolicy,
    CasesPolicy,
    Clause,
    ContactsPolicy,
    DealsPolicy,
    FairsPolicy,
    FeesPolicy,
    FollowupsPolicy,
    IntakesPolicy,
    MessagesPolicy,
    MilestoneRule,
    ReferralsPolicy,
    ReviewsPolicy,
    SettlementsPolicy,
    SharingPolicy,
    SuppliesPolicy,
    WebhooksPolicy,
    ZonesPolicy,
)
from service.policies.working import (
    AlarmsPolicy,
    AnyStep,
    ApplicationsPolicy,
    AttendancePolicy,
    CancelTier,
    ConfirmStep,
    DueRule,
    DutyPolicy,
    HallsPolicy,
    HoursPolicy,
    MarkWeight,
    MatchingPolicy,
    PayBounds,
    PayPolicy,
    PostingsPolicy,
    ReliabilityPolicy,
    Step,
    step_at,
)

__all__ = [
    "TOPICS",
    "AccessPolicy",
    "AgreementsPolicy",
    "AlarmsPolicy",
    "AnyStep",
    "ApplicationsPolicy",
    "AttendancePolicy",
    "CancelTier",
    "CasesPolicy",
    "Clause",
    "ConfirmStep",
    "ContactsPolicy",
    "DealsPolicy",
    "DueRule",
    "DutyPolicy",
    "FairsPolicy",
    "FeesPolicy",
    "FollowupsPolicy",
    "HallsPolicy",
    "HoursPolicy",
    "IntakesPolicy",
    "MarkWeight",
    "MatchingPolicy",
    "MessagesPolicy",
    "MilestoneRule",
    "PayBounds",
    "PayPolicy",
    "Policies",
    "PostingsPolicy",
    "ReferralsPolicy",
    "ReliabilityPolicy",
    "ReviewsPolicy",
    "SettlementsPolicy",
    "SharingPolicy",
    "Step",
    "SuppliesPolicy",
    "WebhooksPolicy",
    "ZonesPolicy",
    "step_at",
]


@dataclass(frozen=True, slots=True)
class Policies:
    """Everything in force on `as_of` in `jurisdiction` (GB/T 2260 code, or None for the whole country).

    `in_force_since` is the date of the latest change that is contained; a stored decision keeps it.
    """

    as_of: date
    jurisdiction: str | None
    in_force_since: date
    hours: HoursPolicy
    postings: PostingsPolicy
    applications: ApplicationsPolicy
    attendance: AttendancePolicy
    pay: PayPolicy
    access: AccessPolicy
    messages: MessagesPolicy
    matching: MatchingPolicy
    halls: HallsPolicy
    contacts: ContactsPolicy
    reviews: ReviewsPolicy
    webhooks: WebhooksPolicy
    intakes: IntakesPolicy
    fees: FeesPolicy
    supplies: SuppliesPolicy
    zones: ZonesPolicy
    referrals: ReferralsPolicy
    fairs: FairsPolicy
    reliability: ReliabilityPolicy
    cases: CasesPolicy
    followups: FollowupsPolicy
    alarms: AlarmsPolicy
    duty: DutyPolicy
    sharing: SharingPolicy
    deals: DealsPolicy
    settlements: SettlementsPolicy
    agreements: AgreementsPolicy


TOPICS: Mapping[str, type] = {
    "hours": HoursPolicy,
    "postings": PostingsPolicy,
    "applications": ApplicationsPolicy,
    "attendance": AttendancePolicy,
    "pay": PayPolicy,
    "access": AccessPolicy,
    "messages": MessagesPolicy,
    "matching": MatchingPolicy,
    "halls": HallsPolicy,
    "contacts": ContactsPolicy,
    "reviews": ReviewsPolicy,
    "webhooks": WebhooksPolicy,
    "intakes": IntakesPolicy,
    "fees": FeesPolicy,
    "supplies": SuppliesPolicy,
    "zones": ZonesPolicy,
    "referrals": ReferralsPolicy,
    "fairs": FairsPolicy,
    "reliability": ReliabilityPolicy,
    "cases": CasesPolicy,
    "followups": FollowupsPolicy,
    "alarms": AlarmsPolicy,
    "duty": DutyPolicy,
    "sharing": SharingPolicy,
    "deals": DealsPolicy,
    "settlements": SettlementsPolicy,
    "agreements": AgreementsPolicy,
}
