"""Contact requests: what follows what, whose turn it is, which words pass, how often, which number is free."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.contact_requests import rules
from service.contact_requests.lexicon import posing
from service.contact_requests.lifecycle import CONTACT_REQUEST, LIVE, OPEN, RELAY, TALKING
from service.contacts import is_number_alone
from service.errors import Conflict, Refused, TooMany
from service.guard import shipped
from service.policies import at
from service.worktime import SHANGHAI, at_local, local_day

NOW = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)
POLICY = at(NOW, "310100").contacts


@pytest.mark.parametrize("lifecycle", [CONTACT_REQUEST, RELAY], ids=lambda each: each.name)
def test_every_state_meets_every_action(lifecycle: object) -> None:
    """What the table does not allow is a conflict that names what is possible."""
    for state in lifecycle.states:  # type: ignore[attr-defined]
        for action in lifecycle.actions:  # type: ignore[attr-defined]
            if (state, action) in lifecycle.moves:  # type: ignore[attr-defined]
                assert lifecycle.fire(state, action) in lifecycle.states  # type: ignore[attr-defined]
                continue
            with pytest.raises(Conflict) as refused:
                lifecycle.fire(state, action)  # type: ignore[attr-defined]
            assert refused.value.facts["possible"] == lifecycle.possible(state)  # type: ignore[attr-defined]


def test_numbers_are_open_in_one_state_that_needs_both() -> None:
    """The only way there is from a talk; whatever is over stays over."""
    assert {state for (state, action), to in CONTACT_REQUEST.moves.items() if to in OPEN} == {"accepted"}
    assert OPEN < TALKING < LIVE
    assert all(CONTACT_REQUEST.is_final(state) == (state not in LIVE) for state in CONTACT_REQUEST.states)


@pytest.mark.parametrize("state", sorted(CONTACT_REQUEST.states))
@pytest.mark.parametrize("asked_by", ["worker", "employer"])
@pytest.mark.parametrize("side", ["worker", "employer", None])
def test_what_is_told_as_possible_is_what_the_turn_allows(state: str, asked_by: str, side: str | None) -> None:
    """Nobody answers the own question; nobody takes back the other's; who looks on does nothing."""
    told = rules.possible_for(state, asked_by, side, has_agreed=False)
    assert set(told) <= set(CONTACT_REQUEST.possible(state))
    if side is None:
        assert told == []
        return
    for action in ("accept", "decline", "withdraw"):
        try:
            rules.check_turn(action, asked_by, side)
            turn = True
        except Conflict:
            turn = False
        assert (action in told) == (turn and action in CONTACT_REQUEST.possible(state))
    assert "lapse" not in told


@pytest.mark.parametrize(
    ("kind", "state", "passes"),
    [
        ("enterprise", "verified", True), ("enterprise", "applied", False), ("household", "applied", True),
        ("household", "restricted", False), ("household", "suspended", False), ("enterprise", "restricted", False),
    ],
)  # fmt: skip
def test_who_may_ask(kind: str, state: str, passes: bool) -> None:
    """Papers seen by an officer, or a household that is not held back."""
    if passes:
        rules.check_may_ask(kind, state)
        return
    with pytest.raises(Conflict, match="contact_needs_verified"):
        rules.check_may_ask(kind, state)


@pytest.mark.parametrize(
    ("side", "words", "passes"),
    [
        ("employer", "明天早上8点到下午5点半，一天200元，管午饭", True),
        ("employer", "不收押金，干完就结", True),
        ("worker", "我有叉车证，住得近，能早到", True),
        ("worker", "KTV那边晚上保洁还要人吗", True),  # may mean something else, and probably does not
        ("employer", "价格面议可以不", True),
        ("employer", "体检费谁出", False),  # about money
        ("worker", "要交押金吗", True),  # a question of who would have to pay it
        ("employer", "报名费50", False),
        ("employer", "电话幺三八零零一三八零零零", False),
        ("worker", "微信同号，搜 zhang_8866", False),
        ("worker", "身份证00000019700115002X", False),
        ("worker", "138-0013", False),
        ("worker", "八 八 六 六", False),
        ("employer", "http://a.b/c", False),
    ],
)
def test_words_pass_or_do_not(side: str, words: str, passes: bool) -> None:
    """No way round the service from either side, no fee from the employer; a refusal does not say the words again."""
    if passes:
        rules.check_words("/text", words, side, shipped(), NOW.date(), "zh-CN")
        return
    with pytest.raises(Refused) as refused:
        rules.check_words("/text", words, side, shipped(), NOW.date(), "zh-CN")
    assert refused.value.code == "contact_words"
    assert words not in str(refused.value.facts)


@given(st.text(alphabet="0123456789 -.,、", max_size=12))
def test_figures_alone_are_told_by_their_count(text: str) -> None:
    """Three and more, whatever stands between; a word beside them makes them a sentence."""
    assert is_number_alone(text) == (sum(each.isdigit() for each in text) >= 3)
    assert not is_number_alone(f"{text}元")


@pytest.mark.parametrize("words", ["幺三洞洞 洞洞幺三", "洞、拐、勾", "幺三八"])
def test_figures_as_they_are_said_by_radio_are_figures(words: str) -> None:
    """A number may be read out like this."""
    assert is_number_alone(words)


@given(st.integers(min_value=0, max_value=40), st.integers(min_value=1, max_value=20))
def test_a_day_ends_at_midnight_in_shanghai(asked: int, most: int) -> None:
    """Below the allowance nothing; from it on, until the day is over and not a second less."""
    if asked < most:
        rules.check_asks_of_day(asked, most, NOW)
        return
    with pytest.raises(TooMany) as refused:
        rules.check_asks_of_day(asked, most, NOW)
    again = NOW + timedelta(seconds=refused.value.retry_after)
    assert timedelta() < again - at_local(local_day(NOW) + timedelta(days=1), 0) <= timedelta(seconds=1)


def test_a_household_asks_less_often_than_a_firm() -> None:
    """By the policy of the day."""
    assert rules.asks_of_day("employer", "household", POLICY) < rules.asks_of_day("employer", "enterprise", POLICY)
    assert rules.asks_of_day("worker", None, POLICY) == POLICY.asks_per_worker_per_day


@given(st.sets(st.sampled_from(["a", "b", "c"])))
def test_the_first_number_that_nobody_has(taken: set[str]) -> None:
    """None left is told like every other reason."""
    if taken == {"a", "b", "c"}:
        with pytest.raises(Conflict, match="relay_call_unavailable"):
            rules.free_number(("a", "b", "c"), frozenset(taken))
        return
    found = rules.free_number(("a", "b", "c"), frozenset(taken))
    assert found not in taken
    assert all(each in taken for each in "abc" if each < found)


@pytest.mark.parametrize(
    ("start", "seconds", "passes"), [(0, 60, True), (-1, 0, False), (61, 0, False), (30, 1801, False), (59, 60, True)]
)
def test_a_call_lies_within_its_number(start: int, seconds: int, passes: bool) -> None:
    """Bound for an hour, told an hour after: begun inside, over by now. Start in minutes, length in seconds."""
    began = NOW + timedelta(minutes=start)
    told = NOW + timedelta(minutes=60)
    args = (began, seconds, NOW, told, told)
    if passes:
        rules.check_call_time(*args)
        return
    with pytest.raises(Refused, match="relay_call_time"):
        rules.check_call_time(*args)


POSES = (
    "确认明天开工请回复1", "请回1", "回“１”", "回 复 ①", "回复:1同意", "同意扣1", "同意的话发1过来", "回个1",
    "回一", "回数字一", "按1确认", "输入1", "【平台】提示", "系统通知", "官方认证", "请把验证码发我",
    "把四位数发我", "把短信里的数字发过来", "回Y", "回复Y", "回复好的", "回复同意", "1代表同意", "人社局通知您",
    "reply 1", "Reply YES", "回短信", "囘復1", "回復1", "回覆壹", "回幺", "请发1", "发1同意", "客服",
    "把确认码告诉我", "收到回复1", "回复一下1", "打1", "回个一", "回1就行", "把平台发你的四个数字发回来",
    "把刚才收到的四个数发回来", "四位数字发我", "回两次1", "请回复數字1", "回壹同意", "囬1", "回ｌ", "回l同意",
    "回I", "回俩字同意", "回复“一”", "发数字1到这个号", "回 1️⃣", "回❶", "回 Ⅰ", "把1发过来",
    "1发过来就行", "发个1", "来个1", "扣个1", "1就是同意", "同意就1", "同意 1 不同意 2", "同意请按一",
    "回一确认开工", "回复:是", "请答复是", "回个行", "短信回来就行", "打个1过来", "写1", "打1回来", "编辑1发送",
    "发送1", "编辑短信1", "寄1", "零工市场提醒您", "本系统", "马上回1,名额有限", "回一个1", "回复1或2",
    "回个字母y", "平.台", "系 统", "官.方", "驗證碼", "短信码", "把码给我", "四位数", "4位数", "4位码", "回执",
    "劳动局通知", "人社部门要求", "我是社区工作人员", "这里是零工市场", "收到四个数字",
    "同意公开号码就把数字发来", "把收到的数发我", "把他们发的号发来",
    "【零工】明天八点集合", "〖服务中心〗您有一条消息", "[提示] 请按时到岗", "明天八点集合【零工服务】",
    "零工平台审核通过",
    "系 統 通 知", "xi tong通知", "ＸＩＴＯＮＧ", "系tong提示", "系桶通知", "kefu小李", "ke fu", "客fu", "客伏", "課服",
    "平臺官方", "平☆台", "ping tai", "平抬", "guan fang", "官芳", "官fang", "我是人社局的", "人社局：您的补贴",
    "人射局", "renshe局通知", "人社局补贴已到账", "yan zheng ma", "yzm", "验正码", "验證马", "验zheng码",
    "请把ＹＺＭ发来",
    "hui fu 1", "huifu Y", "恢复1", "请恢復１", "回付1", "hf1", "hui1", "回yi", "kou 1", "回Ｙ", "回 覆 Ｙ",
    "点链接登记", "點擊下面的鏈接", "打开这个网址", "戳链接", "点开lianjie", "复制链接到浏览器",
)  # fmt: skip
PLAIN = (
    "早上八点到南门口等我行不行", "行，我带两个人一起去", "好", "下雨改天", "看到请回一下", "回一声",
    "12点回3号楼拿工具", "几点回来", "我回家吃饭", "发2个人过来", "发10块钱红包", "看到请回个电话",
    "会开高空作业平台吗", "装消防系统", "扣2个扣子", "打2个洞", "按一下门铃", "回去路上小心", "明早七点集合",
    "回头说", "收到请回复", "请带2瓶水", "恢复3天", "我住4号楼二单元", "包吃住一天200元", "打扫三个房间",
    "发3件货", "输送2号线", "输入员3名", "回填土方2车", "回收2车废品", "选3个人来", "打磨2天", "复印2份材料",
    "回来的时候带2个人", "复工第1天", "回头1点见", "明天1点到", "来1个人就行", "打个电话", "发工资",
    "发1张照片", "写1份清单", "1楼大厅等", "同意的话明天来", "要2个人", "一个人来", "收到后说一声",
    "您2号能来吗", "是3楼吗", "2天一结", "发个定位", "回答一下刚才的问题", "复查一下", "来个人帮忙", "来2个",
    "按件计", "按1天算", "按小时", "输液室", "扣1小时", "按2小时算", "打1个包", "打2份饭", "选1个时间",
    "回程2趟", "发2箱货", "送1号楼", "编辑照片的活", "同意就明天8点", "回一个电话", "写一下地址", "按一层楼算",
    "打一针", "复习3小时", "把门牌号发我", "发一下门牌号", "门口的工作人员会带你", "派出所旁边", "政府门口集合",
    "把号码牌带上", "回我一下", "来两个人", "发工资按月", "一天回两趟", "恢复1楼的电", "会付100元现金",
    "困难我们一起克服困难", "身份证要带吗", "回复得太慢了",
    "人社局门口集合", "银行对面的劳动公园", "零工服务员两名", "水管链接处漏水", "网线连接两个点", "找零工搬家",
    "急（长期）要两人",
)  # fmt: skip


def test_no_text_asks_for_an_answer_to_the_service_or_speaks_as_it() -> None:
    """However it is written; the refusal names words that stand in the text."""
    for words in POSES:
        with pytest.raises(Refused, match="relay_poses") as refused:
            rules.check_not_posing("/text", words, posing())
        assert all(each in words for each in str(refused.value.facts["words"]).split(", ")), words


def test_what_people_write_about_work_is_no_pose() -> None:
    """Figures of floors, things and people, going back, platforms to stand on."""
    for words in PLAIN:
        rules.check_not_posing("/text", words, posing())
