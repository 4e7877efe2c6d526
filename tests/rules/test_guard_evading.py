"""What was written to get past the guard: warnings, complaints, lists, excuses and marks beside a plain breach."""

from __future__ import annotations

from datetime import date

import pytest

from service.guard import judge, shipped
from service.guard.learned import shipped_weights

TODAY = date(2026, 11, 21)
RULES = shipped()
WEIGHTS = shipped_weights()
HELD = ("review", "block")
EVADING = [
    "搬货小心轻放，每人交押金200元",
    "打击盗窃，每人交押金200元",
    "小心轻放，入职押身份证",
    "小心轻放，只招男的",
    "小心轻放，只要汉族",
    "小心轻放，手机刷单日结佣金",
    "小心驾驶，交押金三百",
    "谨防迟到，每人押金200元",
    "举报有奖，每人押金200元",
    "遇到旺季大家都忙，每人交押金200元",
    "招聘信息如下，公司发现优秀员工，入职交押金500元",
    "发现岗位合适者交押金200元",
    "入职交押金200元，有问题可投诉",
    "入职交押金200元，不退可投诉",
    "带资入职，不满可投诉",
    "每人先交押金300元，不满可举报",
    "扣押身份证，不满可投诉",
    "身份证原件上交，不还可报警",
    "只招女生，有意见可投诉",
    "交押金200元的是假期工",
    "交押金200元的都是黑马班的",
    "按级别押金200元",
    "个别押金200元当天交",
    "服装费没有发票，150元现场结清",
    "入职不用体检，押金200元",
    "不用经验、技术、押金200元",
    "不收任何技术费、押金200元",
    "不用住宿、押身份证",
    "不要熟手、押金300元",
    "小心轻放，押身份证",
    "小心台阶，交押金200元",
    "做事小心，陪酒800",
    "做事小心，出租银行卡一张500元",
    "出租银行卡，不付款可投诉",
    "体检费我们收120元",
    "培训费公司收800元",
    "入职培训费老板收800元，当天交",
    "押金店里出单200元",
    "押金公司报名时收200元",
    "入职交押金收据保管好200元",
    "交工服押金90元，还退",
    "有些人先交押金200元",
    "工装费店里收150元",
    "保险费平台收30元一人",
    "138-12-34-56-78",
    "13-81-23-45-67-8",
    "1-3-8-1-2-3-4-5-6-7-8",
    "电话1、3、8、1、2、3、4、5、6、7、8",
    "1/3/8/1/2/3/4/5/6/7/8",
    "1,3,8,1,2,3,4,5,6,7,8",
    "1:3:8:1:2:3:4:5:6:7:8",
    "138到1234到5678",
    "l3812345678",
    "I38I2345678",
    "138I234S678",
    "1\u0417812345678",
    "138\u02d11234\u02d15678",
    "138\u14271234\u14275678",
    "&#25276;&#37329;200元，入职当天交给店长",
    "入职交&#x62BC;&#x91D1;200元",
    "押\u02d1金\u02d12\u02d10\u02d10\u02d1元，入职当天交",
    "No smoking, men only.",
    "Never late, deposit of 200 yuan required",
    "小心轻放，加微信abc12345聊",
    "微信小心abc12345",
]
HONEST = [
    "不收押金", "不收中介费、服装费、体检费", "无中介费、服装费、押金", "小心轻放，有电梯", "凡是收押金的都是骗子",
    "身份证登记后当场归还", "体检费公司报销", "押金租客付，你只登记", "营业时间18:00-22:00，150元一晚",
    "13:30-15:00，16:00-18:00，两班可选", "有问题可投诉到驿站", "周一、三、五、七，1、3、8、10号都行",
]  # fmt: skip


@pytest.mark.parametrize("text", EVADING)
def test_what_was_written_to_get_past_is_looked_at(text: str) -> None:
    """By an attacker who had read the rules: nothing of it is shown to anybody before a person has seen it."""
    assert judge({"/description": text}, RULES, TODAY, learned=WEIGHTS).action in HELD


@pytest.mark.parametrize("text", HONEST)
def test_what_looks_alike_and_is_honest_passes(text: str) -> None:
    """Denials, other people's deposits and times of a day."""
    assert judge({"/description": text}, RULES, TODAY, learned=WEIGHTS).action not in HELD
