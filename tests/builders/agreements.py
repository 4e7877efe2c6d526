"""Builders of triage and agreements: answers of each relation, facts for every blank, agreements drawn and signed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from service.actor import SYSTEM
from service.agreements.data import template_of, triage
from service.agreements.lifecycle import AGREEMENT
from service.agreements.rules import Party
from service.agreements.rules.labour import ContractTerm, Probation
from service.agreements.saying import said_facts
from service.agreements.steps import draw
from service.agreements.tables import AgreementRow
from service.context import Context
from service.engagements.tables import EngagementRow
from service.postings.tables import PostingRow
from service.worktime import local_day
from tests.builders.city import now_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LABOUR: dict[str, bool] = dict.fromkeys(triage().codes, True) | {"may_refuse": False, "serves_others": False}
INCOMPLETE: dict[str, bool] = LABOUR | {"business_part": False}
CIVIL: dict[str, bool] = dict.fromkeys(triage().codes, False) | {
    "employer_able": True, "worker_able": True, "worker_16": True,
}  # fmt: skip
ANSWERS = {"labour_relation": LABOUR, "incomplete_relation": INCOMPLETE, "civil": CIVIL}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
GIVEN = {
    "extended_from": "2026年12月20日",
    "lender_name": "甲甲服装厂",
    "lender_number": "91310000000000001A",
    "lender_address": "一路1号",
    "borrower_name": "乙乙食品厂",
    "borrower_number": "91310000000000002B",
    "borrower_address": "二路2号",
    "employer_name": "丙丙餐饮",
    "employer_number": "91310000000000003C",
    "employer_address": "三路3号",
    "employer_head": "李经理",
    "worker_name": "张三",
    "worker_id_number": "11010519491231002X",
    "worker_address": "四路4号",
    "headcount": "5",
    "workers": "1号 张*（本人同意书校验码 0f1e2d）、2号 李*（本人同意书校验码 3c4b5a）",
    "work_content": "晚市洗碗",
    "work_place": "某路2号",
    "starts_on": "2026年12月1日",
    "ends_on": "2026年12月20日",
    "working_hours": "每天8小时",
    "rest": "每周休两天",
    "pay_standard": "每月5000元",
    "settles_by": "每月5日前",
    "settlement": "日结",
    "pays_by": "每月10日前",
    "insurance_amount": "每人每月1200元",
    "insurance_bearer": "缺工企业",
    "meals": "包午饭",
    "lodging": "不提供",
    "transport": "班车",
    "protection": "发手套和围裙",
    "training": "上岗前半天",
    "injury_compensation": "缺工企业补偿一半",
    "damage": "由缺工企业承担",
    "return_conditions": "不能胜任或者生病",
    "notice_days": "3",
    "dispute_way": "向人民法院起诉",
    "contract_ends_on": "2028年6月30日",
    "insurance": "五险照常",
    "hazards": "地面湿滑",
    "withdraw_days": "3",
    "arbitration_place": "上海市徐汇区",
    "starts_at": "2026年11月23日 17:00",
    "ends_at": "2026年11月23日 21:00",
    "break_minutes": "30 分钟",
    "pay": "25 元/小时",
    "pay_interval_days": "1",
    "injury_insurance": "已参加工伤保险",
    "social_insurance": "自行参加",
    "term_ends_on": "2026年12月31日",
    "platform": "无",
    "task_rule": "提前一天发班次",
    "refusal_rule": "前一天说一声",
    "longest_run_minutes": "4 小时",
    "longest_day_minutes": "8 小时",
    "pay_parts": "按小时计",
    "pay_floor": "每小时24元",
    "deductions": "没有扣款",
    "quota": "不计件",
    "equipment": "用工方提供",
    "injury_bearer": "由用工方负责",
    "algorithm_rules": "在店里张贴",
    "appeal_channel": "找店长或者打电话",
    "appeal_days": "3",
    "cancel_rule": "提前一天说一声",
}
TERM = ContractTerm("fixed", date(2026, 11, 23), date(2028, 11, 22))
LENGTH: dict[str, Any] = {"contract_term": TERM, "probation": Probation(2, 80)}
GIVEN |= said_facts(LENGTH)
DRAWN: dict[str, Any] = GIVEN | LENGTH
CONTRACT: dict[str, Any] = {
    "term": {"kind": "fixed", "ends_on": "2028-11-22"}, "probation": {"months": 2, "pay_percent": 80},
}  # fmt: skip
FROM_THE_SEAT = frozenset({
    "employer_name", "worker_name", "work_content", "work_place", "starts_at", "ends_at", "break_minutes", "pay",
    "settlement", "pay_interval_days", "employer_number", "working_hours", "injury_bearer",
})  # fmt: skip
SENT = {
    "longest_run_minutes": "240", "longest_day_minutes": "480", "term_ends_on": "2026-12-31",
    "injury_insurance": "work_injury",
}  # fmt: skip
INSURED = {"labour_contract": {"social_insurance": "five"}, "part_time": {"social_insurance": "own"}}


def added(kind: str, **more: str) -> dict[str, str]:
    """What an employer has to add to what a seat says, for a template."""
    names = template_of(kind, local_day(NOW)).facts
    sent = GIVEN | SENT | INSURED.get(kind, {})
    return {name: sent[name] for name in names if name not in {*FROM_THE_SEAT, *LENGTH}} | more


async def a_triage(ctx: Context, posting: PostingRow, result: str = "incomplete_relation") -> None:
    """The relation of a posting, as its employer found it."""
    data = triage()
    async with ctx.uow() as uow:
        row = uow.agreements.new_triage(
            posting_id=posting.id,
            employer_id=posting.employer_id,
            city_code=posting.city_code,
            questions_version=data.version,
            answers=ANSWERS[result],
            result=result,
            rule={"labour_relation": "three_marks", "civil": "own_account"}.get(result, "managed_in_part"),
            findings=["managed"],
            kind=data.result(result).kind_of(posting.job_kind),
            needed=data.result(result).when,
        )
        await uow.add(row, by=SYSTEM, action="decide")


async def an_agreement(
    ctx: Context, seat: EngagementRow, *, kind: str = "service_note", signed: bool = False, **facts: Any
) -> AgreementRow:
    """One laid before both sides of a seat, or signed by both on paper."""
    now = await now_of(ctx)
    async with ctx.uow() as uow:
        row = await draw(
            uow,
            kind,
            ("engagement", seat.id),
            [Party("employer", employer_id=seat.employer_id), Party("worker", person_id=seat.worker_id)],
            DRAWN | facts,
            by=SYSTEM,
            at=now,
            city_code=seat.city_code,
            posting=(seat.posting_id, seat.terms_version),
        )
        if not signed:
            return row
        owners = await uow.members.deciders(seat.employer_id)
        for place in (await uow.agreements.signatures(row.id))[row.id]:
            signer = place.person_id or owners[0]
            columns = {"signer_id": signer, "how": "code", "hash": row.hash, "signed_at": now}
            await uow.edit(place, by=SYSTEM, at=now, action="sign", **columns)
        await uow.flush()
        await uow.move(row, AGREEMENT, "complete", by=SYSTEM, at=now, signed_at=now)
        return row
