"""Every feature's repository, made on first use, all on the session of one transaction."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from sqlalchemy.ext.asyncio import AsyncSession

from service.access.repository import AccessRepository, AccountsRepository, TriesRepository
from service.agreements.repository import AgreementRepository
from service.alarms.repository import AlarmRepository
from service.appeals.repository import AppealRepository
from service.applications.repository import ApplicationPagesRepository, ApplicationRepository, SeatCaseRepository
from service.attendance.repository import AttendanceRepository
from service.audit.repository import AuditRepository
from service.balances.repository import BalanceRepository
from service.brokers.repository import BrokerRepository
from service.cases.repository import (
    CaseDeadlineRepository,
    CaseFileRepository,
    CaseListRepository,
    DecisionRepository,
    ExtractRepository,
)
from service.channels.repository import ChannelRepository
from service.contact_requests.repository import ContactRequestRepository
from service.dead_letters.repository import DeadLetterRepository
from service.deals.repository import DealRepository, LentRepository
from service.duplicates.repository import DuplicateRepository
from service.duties.repository import DutyRepository
from service.employers.repository import (
    EmployersRepository,
    InvitationsRepository,
    MembersRepository,
    PoolsRepository,
    SitesRepository,
)
from service.engagements.repository import (
    EngagementPagesRepository,
    EngagementRepository,
    HireRepository,
    LedgerRepository,
)
from service.evidence.repository import EvidenceRepository
from service.fairs.repository import FairRepository
from service.feed.repository import FeedRepository
from service.fees.repository import FeeRepository
from service.followups.repository import FollowupRepository
from service.guidance.repository import GuidanceRepository
from service.halls.repository import HallRepository
from service.holds.repository import HoldRepository
from service.imports.repository import ImportRepository
from service.intakes.repository import IntakeRepository
from service.intents.repository import IntentRepository
from service.jobpages.repository import JobPagesRepository
from service.listings.repository import ListingRepository
from service.locks import Locks
from service.matches.repository import MatchesRepository
from service.messages.budget_repository import SmsBudgetRepository
from service.messages.repository import MessageRepository
from service.pay.repository import PayRepository
from service.people.repository import PeopleRepository
from service.plans.repository import PlanRepository
from service.postings.repository import PostingRepository
from service.reference.repository import ReferenceRepository
from service.referrals.repository import ReferralPagesRepository, ReferralRepository
from service.reliability.repository import ReliabilityRepository
from service.reports.repository import ReportRepository
from service.reviews.repository import ReviewRepository
from service.searches.repository import SearchRepository
from service.settlements.repository import SettlementRepository
from service.shifts.repository import ShiftRepository
from service.supplies.repository import SupplyRepository
from service.venues.repository import VenueRepository
from service.wages.repository import WageRepository
from service.webhooks.repository import DeliveriesRepository, ReadingRepository, SubscriptionsRepository
from service.workers.repository import (
    BlocksRepository,
    CrewsRepository,
    MergingRepository,
    WaitingsRepository,
    WorkerCodesRepository,
    WorkersRepository,
    WorkRecordsRepository,
)
from service.zones.repository import ZoneRepository

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import Uow


class Repositories:
    """Attributes are the plural nouns of the business."""

    session: AsyncSession
    ctx: Context

    @cached_property
    def agreements(self) -> AgreementRepository:
        """Agreements, their signatures, and what relation the work of postings is."""
        return AgreementRepository(cast("Uow", self))

    @cached_property
    def alarms(self) -> AlarmRepository:
        """What is wrong on the spot, pressed by either side."""
        return AlarmRepository(cast("Uow", self))

    @cached_property
    def duties(self) -> DutyRepository:
        """Who is on duty where, and who is told of what happens there."""
        return DutyRepository(cast("Uow", self))

    @cached_property
    def audit(self) -> AuditRepository:
        """What of the log is on its way out of the house."""
        return AuditRepository(self.session)

    @cached_property
    def evidence(self) -> EvidenceRepository:
        """Chains of evidence and the packs issued of them."""
        return EvidenceRepository(cast("Uow", self))

    @cached_property
    def halls(self) -> HallRepository:
        """Rules, sessions and people present of the gig markets."""
        return HallRepository(cast("Uow", self))

    @cached_property
    def plans(self) -> PlanRepository:
        """Who gets which seat at a gig market, round by round."""
        return PlanRepository(cast("Uow", self))

    @cached_property
    def feed(self) -> FeedRepository:
        """The publication log of the open-data feed, and the truth beside it."""
        return FeedRepository(cast("Uow", self))

    @cached_property
    def zones(self) -> ZoneRepository:
        """Zones, columns, pins."""
        return ZoneRepository(cast("Uow", self))

    @cached_property
    def supplies(self) -> SupplyRepository:
        """What people want or offer in the free zone."""
        return SupplyRepository(cast("Uow", self))

    @cached_property
    def contact_requests(self) -> ContactRequestRepository:
        """Who asks whom to talk, and when something was relayed."""
        return ContactRequestRepository(cast("Uow", self))

    @cached_property
    def appeals(self) -> AppealRepository:
        """What authors hold against rejections and removals."""
        return AppealRepository(cast("Uow", self))

    @cached_property
    def reports(self) -> ReportRepository:
        """What the public says is wrong."""
        return ReportRepository(cast("Uow", self))

    @cached_property
    def referrals(self) -> ReferralRepository:
        """Who was recommended where, talks, slips."""
        return ReferralRepository(cast("Uow", self))

    @cached_property
    def referral_pages(self) -> ReferralPagesRepository:
        """Referrals and slips as the sides see them."""
        return ReferralPagesRepository(cast("Uow", self))

    @cached_property
    def followups(self) -> FollowupRepository:
        """Who is asked what, when, and what was answered."""
        return FollowupRepository(cast("Uow", self))

    @cached_property
    def duplicates(self) -> DuplicateRepository:
        """Postings that may say the same."""
        return DuplicateRepository(cast("Uow", self))

    @cached_property
    def holds(self) -> HoldRepository:
        """What officers have paused until a second one decides."""
        return HoldRepository(cast("Uow", self))

    @cached_property
    def reviews(self) -> ReviewRepository:
        """What waits for an officer, and what was decided."""
        return ReviewRepository(cast("Uow", self))

    @cached_property
    def wages(self) -> WageRepository:
        """What work really pays, as it was told week by week."""
        return WageRepository(cast("Uow", self))

    @cached_property
    def job_pages(self) -> JobPagesRepository:
        """What pages about postings show."""
        return JobPagesRepository(cast("Uow", self))

    @cached_property
    def searches(self) -> SearchRepository:
        """What people want to be told about, and what was found for them."""
        return SearchRepository(cast("Uow", self))

    @cached_property
    def listings(self) -> ListingRepository:
        """What the public sees of both sides, found by filters."""
        return ListingRepository(cast("Uow", self))

    @cached_property
    def subscriptions(self) -> SubscriptionsRepository:
        """Who is told of events, and where."""
        return SubscriptionsRepository(cast("Uow", self))

    @cached_property
    def webhook_deliveries(self) -> DeliveriesRepository:
        """Events on their way to receivers."""
        return DeliveriesRepository(cast("Uow", self))

    @cached_property
    def webhook_log(self) -> ReadingRepository:
        """The log, read for events."""
        return ReadingRepository(cast("Uow", self))

    @cached_property
    def balances(self) -> BalanceRepository:
        """What firms would lend, and whom they lack."""
        return BalanceRepository(cast("Uow", self))

    @cached_property
    def brokers(self) -> BrokerRepository:
        """Which agencies act for whom."""
        return BrokerRepository(cast("Uow", self))

    @cached_property
    def intakes(self) -> IntakeRepository:
        """What officers and brokers enter for others."""
        return IntakeRepository(cast("Uow", self))

    @cached_property
    def fairs(self) -> FairRepository:
        """Fairs, their booths, who comes to them, what is proposed."""
        return FairRepository(cast("Uow", self))

    @cached_property
    def deals(self) -> DealRepository:
        """One firm's people for another, for a time."""
        return DealRepository(cast("Uow", self))

    @cached_property
    def lent(self) -> LentRepository:
        """Who is lent under a deal."""
        return LentRepository(cast("Uow", self))

    @cached_property
    def intents(self) -> IntentRepository:
        """Who has agreed to be considered for lending."""
        return IntentRepository(cast("Uow", self))

    @cached_property
    def guidance(self) -> GuidanceRepository:
        """What officers find of deals, and their figures."""
        return GuidanceRepository(cast("Uow", self))

    @cached_property
    def settlements(self) -> SettlementRepository:
        """Days of lent people, statements of months, the two legs of their money."""
        return SettlementRepository(cast("Uow", self))

    @cached_property
    def fees(self) -> FeeRepository:
        """What agencies and platforms say they charge."""
        return FeeRepository(cast("Uow", self))

    @cached_property
    def people(self) -> PeopleRepository:
        """Natural persons, their consents, who opened what of them."""
        return PeopleRepository(cast("Uow", self))

    @cached_property
    def access(self) -> AccessRepository:
        """Codes on their way, tickets, sessions and their tokens."""
        return AccessRepository(cast("Uow", self))

    @cached_property
    def accounts(self) -> AccountsRepository:
        """Staff, kiosks, integrators' keys."""
        return AccountsRepository(cast("Uow", self))

    @cached_property
    def tries(self) -> TriesRepository:
        """What is counted so that it can be limited."""
        return TriesRepository(cast("Uow", self))

    @cached_property
    def attendance(self) -> AttendanceRepository:
        """What was told of arrivals and departures, and the timesheets."""
        return AttendanceRepository(self.session)

    @cached_property
    def pay_records(self) -> PayRepository:
        """Debts of employers to workers."""
        return PayRepository(self.session)

    @cached_property
    def reliability(self) -> ReliabilityRepository:
        """What speaks for and against workers and employers."""
        return ReliabilityRepository(cast("Uow", self))

    @cached_property
    def sms_budget(self) -> SmsBudgetRepository:
        """Text messages of the day, by city and in all."""
        return SmsBudgetRepository(self.session)

    @cached_property
    def dead_letters(self) -> DeadLetterRepository:
        """Due work that was given up."""
        return DeadLetterRepository(cast("Uow", self))

    @cached_property
    def messages(self) -> MessageRepository:
        """What was told to whom, how it left, and what came back."""
        return MessageRepository(self.session)

    @cached_property
    def channels(self) -> ChannelRepository:
        """E-mail and WeChat of people, and how they want to be told."""
        return ChannelRepository(cast("Uow", self))

    @cached_property
    def applications(self) -> ApplicationRepository:
        """Who wants which seat, or is wanted for it."""
        return ApplicationRepository(cast("Uow", self))

    @cached_property
    def application_pages(self) -> ApplicationPagesRepository:
        """Applications as both sides see them."""
        return ApplicationPagesRepository(cast("Uow", self))

    @cached_property
    def case_files(self) -> CaseFileRepository:
        """Complaints, what was noted of them, to whom they were handed, whom they ask."""
        return CaseFileRepository(cast("Uow", self))

    @cached_property
    def case_lists(self) -> CaseListRepository:
        """Complaints by what is due, by who brought them, in figures."""
        return CaseListRepository(cast("Uow", self))

    @cached_property
    def case_deadlines(self) -> CaseDeadlineRepository:
        """Limits of complaints, and their pauses."""
        return CaseDeadlineRepository(cast("Uow", self))

    @cached_property
    def case_extracts(self) -> ExtractRepository:
        """What the ledger says of somebody's work, as evidence."""
        return ExtractRepository(cast("Uow", self))

    @cached_property
    def decision_appeals(self) -> DecisionRepository:
        """Appeals against decisions of platforms."""
        return DecisionRepository(cast("Uow", self))

    @cached_property
    def seat_cases(self) -> SeatCaseRepository:
        """Workers beside places where they want a seat: what the gates look at."""
        return SeatCaseRepository(cast("Uow", self))

    @cached_property
    def locks(self) -> Locks:
        """Workers, then places: what everything around a seat begins with."""
        return Locks(self.session)

    @cached_property
    def engagements(self) -> EngagementRepository:
        """Seats taken."""
        return EngagementRepository(cast("Uow", self))

    @cached_property
    def engagement_pages(self) -> EngagementPagesRepository:
        """Seats as their sides see them."""
        return EngagementPagesRepository(cast("Uow", self))

    @cached_property
    def ledger(self) -> LedgerRepository:
        """Hours over all employers."""
        return LedgerRepository(cast("Uow", self))

    @cached_property
    def hires(self) -> HireRepository:
        """Hires by sight."""
        return HireRepository(cast("Uow", self))

    @cached_property
    def postings(self) -> PostingRepository:
        """Needs of employers, the versions of their terms, the public search."""
        return PostingRepository(cast("Uow", self))

    @cached_property
    def imports(self) -> ImportRepository:
        """Files of many postings and the answers to their rows."""
        return ImportRepository(cast("Uow", self))

    @cached_property
    def shifts(self) -> ShiftRepository:
        """Dated occurrences of postings, and their counted seats."""
        return ShiftRepository(cast("Uow", self))

    @cached_property
    def reference(self) -> ReferenceRepository:
        """Dated rows, and the catalogue of this process."""
        return ReferenceRepository(cast("Uow", self))

    @cached_property
    def venues(self) -> VenueRepository:
        """Markets, stations and windows."""
        return VenueRepository(cast("Uow", self))

    @cached_property
    def employers(self) -> EmployersRepository:
        """Who needs hands."""
        return EmployersRepository(cast("Uow", self))

    @cached_property
    def members(self) -> MembersRepository:
        """People who act for an employer."""
        return MembersRepository(cast("Uow", self))

    @cached_property
    def invitations(self) -> InvitationsRepository:
        """Roles offered to phone numbers."""
        return InvitationsRepository(cast("Uow", self))

    @cached_property
    def sites(self) -> SitesRepository:
        """Places of work."""
        return SitesRepository(cast("Uow", self))

    @cached_property
    def pools(self) -> PoolsRepository:
        """People whom an employer asks first."""
        return PoolsRepository(cast("Uow", self))

    @cached_property
    def workers(self) -> WorkersRepository:
        """Working profiles, skills, certificates; lock a worker before a shift."""
        return WorkersRepository(cast("Uow", self))

    @cached_property
    def waitings(self) -> WaitingsRepository:
        """Who waits for work now."""
        return WaitingsRepository(cast("Uow", self))

    @cached_property
    def crews(self) -> CrewsRepository:
        """People who want to work together."""
        return CrewsRepository(cast("Uow", self))

    @cached_property
    def blocks(self) -> BlocksRepository:
        """Who does not want to see whom."""
        return BlocksRepository(cast("Uow", self))

    @cached_property
    def worker_codes(self) -> WorkerCodesRepository:
        """Cards, calendar addresses, words of today."""
        return WorkerCodesRepository(cast("Uow", self))

    @cached_property
    def work_records(self) -> WorkRecordsRepository:
        """What somebody has worked and earned."""
        return WorkRecordsRepository(cast("Uow", self))

    @cached_property
    def merging(self) -> MergingRepository:
        """What hangs on a worker's record."""
        return MergingRepository(cast("Uow", self))

    @cached_property
    def matches(self) -> MatchesRepository:
        """What rankings are made of."""
        return MatchesRepository(cast("Uow", self))
