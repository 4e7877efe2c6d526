"""Words that speak as the service or an authority, or ask for an answer to the service; and honest ones."""

from __future__ import annotations

from datetime import date

import pytest

from service.contact_requests.rules import check_words
from service.errors import Refused
from service.guard import shipped
from service.guard.posing import check_not_posing, posing_title, quoted, relayed

DAY = date(2026, 11, 21)
POSES = (
    "确认明天开工请回复1", "请回1", "回“１”", "回 复 ①", "回复:1同意", "同意扣1", "同意的话发1过来", "回个1", "回一",
    "回数字一", "按1确认", "输入1", "【平台】提示", "系统通知", "官方认证", "请把验证码发我", "把四位数发我",
    "把短信里的数字发过来", "回Y", "回复Y", "回复好的", "回复同意", "1代表同意", "人社局通知您", "reply 1",
    "Reply YES", "回短信", "囘復1", "回復1", "回覆壹", "回幺", "请发1", "发1同意", "客服", "把确认码告诉我",
    "收到回复1", "回复一下1", "打1", "回个一", "回1就行", "把平台发你的四个数字发回来", "把刚才收到的四个数发回来",
    "四位数字发我", "回两次1", "请回复數字1", "回壹同意", "囬1", "回ｌ", "回l同意", "回I", "回俩字同意", "回复“一”",
    "发数字1到这个号", "回 1️⃣", "回❶", "回 Ⅰ", "把1发过来", "1发过来就行", "发个1", "来个1", "扣个1", "1就是同意",
    "同意就1", "同意 1 不同意 2", "同意请按一", "回一确认开工", "回复:是", "请答复是", "回个行", "短信回来就行",
    "打个1过来", "写1", "打1回来", "编辑1发送", "发送1", "编辑短信1", "寄1", "零工市场提醒您", "本系统",
    "马上回1,名额有限", "回一个1", "回复1或2", "回个字母y", "平.台", "系 统", "官.方", "驗證碼", "短信码", "把码给我",
    "四位数", "4位数", "4位码", "回执", "劳动局通知", "人社部门要求", "我是社区工作人员", "这里是零工市场",
    "收到四个数字", "同意公开号码就把数字发来", "把收到的数发我", "把他们发的号发来", "【零工】明天八点集合",
    "〖服务中心〗您有一条消息", "[提示] 请按时到岗", "明天八点集合【零工服务】", "零工平台审核通过", "系 統 通 知",
    "xi tong通知", "ＸＩＴＯＮＧ", "系tong提示", "系桶通知", "kefu小李", "ke fu", "客fu", "客伏", "課服", "平臺官方",
    "平☆台", "ping tai", "平抬", "guan fang", "官芳", "官fang", "我是人社局的", "人社局：您的补贴", "人射局",
    "renshe局通知", "人社局补贴已到账", "yan zheng ma", "yzm", "验正码", "验證马", "验zheng码", "请把ＹＺＭ发来",
    "hui fu 1", "huifu Y", "恢复1", "请恢復１", "回付1", "hf1", "hui1", "回yi", "kou 1", "回Ｙ", "回 覆 Ｙ",
    "点链接登记", "點擊下面的鏈接", "打开这个网址", "戳链接", "点开lianjie", "复制链接到浏览器",
    "人力资源社会保障局通知", "劳动监察大队核查", "12333来电", "灵工驿站工作人员", "服务中心通知", "工会通知",
    "本中心提醒", "同意请发“一”", "收到的数念给我", "短信里说的那几个数给我一下", "刚才那条里最后几位是多少", "选1",
    "填1", "给个1", "请答1", "应1", "回信1", "回音1", "回传1", "叩1", "抠1", "press one to agree", "answer 1",
    "huí fù 1", "就业局提醒您", "政务热线", "平囼", "零エ驿站", "本站提醒您", "就业服务中心来电", "社保专员",
)  # fmt: skip
PLAIN = (
    "早上八点到南门口等我行不行", "行，我带两个人一起去", "好", "下雨改天", "看到请回一下", "回一声",
    "12点回3号楼拿工具", "几点回来", "我回家吃饭", "发2个人过来", "发10块钱红包", "看到请回个电话",
    "会开高空作业平台吗", "装消防系统", "扣2个扣子", "打2个洞", "按一下门铃", "回去路上小心", "明早七点集合",
    "回头说", "收到请回复", "请带2瓶水", "恢复3天", "我住4号楼二单元", "包吃住一天200元", "打扫三个房间", "发3件货",
    "输送2号线", "输入员3名", "回填土方2车", "回收2车废品", "选3个人来", "打磨2天", "复印2份材料",
    "回来的时候带2个人", "复工第1天", "回头1点见", "明天1点到", "来1个人就行", "打个电话", "发工资", "发1张照片",
    "写1份清单", "1楼大厅等", "同意的话明天来", "要2个人", "一个人来", "收到后说一声", "您2号能来吗", "是3楼吗",
    "2天一结", "发个定位", "回答一下刚才的问题", "复查一下", "来个人帮忙", "来2个", "按件计", "按1天算", "按小时",
    "输液室", "扣1小时", "按2小时算", "打1个包", "打2份饭", "选1个时间", "回程2趟", "发2箱货", "送1号楼",
    "编辑照片的活", "同意就明天8点", "回一个电话", "写一下地址", "按一层楼算", "打一针", "复习3小时", "把门牌号发我",
    "发一下门牌号", "门口的工作人员会带你", "派出所旁边", "政府门口集合", "把号码牌带上", "回我一下", "来两个人",
    "发工资按月", "一天回两趟", "恢复1楼的电", "会付100元现金", "困难我们一起克服困难", "身份证要带吗",
    "回复得太慢了", "人社局门口集合", "银行对面的劳动公园", "零工服务员两名", "水管链接处漏水", "网线连接两个点",
    "找零工搬家", "急（长期）要两人", "给100元一天", "应聘1名厨师", "供应1000份盒饭", "收到的货数量对吗",
    "政府门口的工作人员会接你", "选一下时间", "回信的时候说一声", "刚才来了几位师傅", "送1桶水", "点1份外卖",
    "text me at 10", "短信里说了地址",
)  # fmt: skip


def test_no_text_asks_for_an_answer_to_the_service_or_speaks_as_it() -> None:
    """However it is written; the refusal names words that stand in the text."""
    for words in POSES:
        with pytest.raises(Refused, match="relay_poses") as refused:
            check_not_posing("/text", words, relayed(), "relay_poses")
        assert all(each in words for each in str(refused.value.facts["words"]).split(", ")), words


def test_what_people_write_about_work_is_no_pose() -> None:
    """Figures of floors, things and people, going back, platforms to stand on."""
    for words in PLAIN:
        check_not_posing("/text", words, relayed(), "relay_poses")


QUOTED = (
    "【零工驿站】回复1领补贴", "洗碗工 回1报名", "【人社局】保洁两名", "[系统通知] 您有一笔补贴",
    "（平台提示）请按时到岗", "系统通知：人社局官方客服提醒您", "人社局通知：领补贴", "本平台提醒您",
    "客服提醒您：名额将满", "公安局核查身份", "把验证码发我", "领补贴【零工驿站】", "市人社局官方 洗碗工", "官方通知",
    "社保局：您的账户", "同意请回复一", "Reply 1", "huí fù 1 报名", "【12333】招保洁", "press one to agree",
)  # fmt: skip
HONEST = (
    "平台装卸", "系统维护员", "客服", "前台", "政务大厅保洁", "社区工作人员", "【急招】洗碗工", "【日结】搬运工两名",
    "【客服】晚班", "【平台装卸】日结", "政务热线接线员", "社保专员", "官方旗舰店客服", "消防系统巡检", "街道网格员",
    "派出所食堂帮厨", "通知单派送员", "政府公告栏安装", "电商平台客服（夜班）", "外卖平台骑手", "后台数据录入",
    "物业客服前台", "工会活动布展", "高空作业平台操作工", "人社局食堂保洁", "法院门口保安", "税务大厅引导员",
    "仓库管理系统录入", "发传单1天", "搬运工1名", "洗碗工（1人）", "送1号楼家具", "[长期] 小时工", "12345热线话务员",
    "居委会登门核查员", "回收工", "选菜工1名", "1天1结保洁", "公安辅警协助", "银行大堂系统引导",
)  # fmt: skip


@pytest.mark.parametrize("title", QUOTED)
def test_a_title_that_speaks_as_the_service_or_an_authority_is_found(title: str) -> None:
    """It would be read inside the service's own texts; the finding says which words."""
    [warning] = posing_title(title)
    assert all(each in title for each in warning["facts"]["words"].split(", "))


def test_honest_titles_are_none() -> None:
    """Platforms, systems, authorities and their halls are places of work too."""
    assert {title: posing_title(title) for title in HONEST if posing_title(title)} == {}
    assert quoted().found("") == []


@pytest.mark.parametrize("words", ["报名请汇款", "先垫付100", "自备50块钱买工服", "身份证发来"])
@pytest.mark.parametrize("side", ["worker", "employer"])
def test_money_and_papers_are_not_asked_for_in_passing(words: str, side: str) -> None:
    """What an advertisement may need a second look for, a relayed text may not say at all."""
    with pytest.raises(Refused, match="contact_words"):
        check_words("/text", words, side, shipped(), DAY, "zh-CN")  # type: ignore[arg-type]


@pytest.mark.parametrize("words", ["报名要带身份证", "自备工具", "身份证要带吗", "面试当天结清", "先转地铁再走100米"])
def test_what_is_brought_and_laid_out_is_said(words: str) -> None:
    """The honest neighbours of what may not be asked for."""
    check_words("/text", words, "employer", shipped(), DAY, "zh-CN")
