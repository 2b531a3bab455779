"""Terms: found through recognition noise, not found in everyday speech, and whether explained."""

import pytest

from callqa.config import MeasureSettings
from callqa.data import CallFacts, Measure
from callqa.language import searcher
from callqa.language.lexicon import LexiconSet, load_lexicons
from callqa.measures.jargon import measure_jargon
from callqa.measures.terms import find_terms
from tests.measures.everyday import everyday
from tests.measures.factories import agent, customer, make_facts

SETTINGS = MeasureSettings()
FILLER = "好的，我先帮您看一下这个问题到底出在哪里"


@pytest.fixture(scope="module")
def zh() -> LexiconSet:
    return load_lexicons("zh")


@pytest.fixture(scope="module")
def en() -> LexiconSet:
    return load_lexicons("en")


def terms(text: str, lexicons: LexiconSet) -> list[str]:
    found = find_terms(lexicons.jargon, searcher(text, lexicons.language), lexicons.language, 0.85)
    return [item.entry.phrase for item in found]


def statuses(measure: Measure) -> list[tuple[str, str]]:
    return [(item["term"], item["status"]) for item in measure.components["occurrences"]]


def call(*lines: str, language: str = "zh") -> CallFacts:
    """Lines begin with A: or C:, five seconds each."""
    made = [
        (agent if line.startswith("A:") else customer)(5 * i, 5 * i + 5, line[2:].strip())
        for i, line in enumerate(lines)
    ]
    return make_facts(made, language=language)


def test_everyday_speech_has_no_terms(zh: LexiconSet) -> None:
    sentences = everyday()
    assert len(sentences) >= 300
    assert {text: terms(text, zh) for text in sentences if terms(text, zh)} == {}


def test_every_shipped_term_is_found_as_written(zh: LexiconSet) -> None:
    lost = [
        wording for entry in zh.jargon for wording in entry.wordings
        if entry.phrase not in terms(f"这个{wording}的问题", zh)
    ]  # fmt: skip
    assert lost == []


@pytest.mark.parametrize(
    ("heard", "term"),
    [
        ("光毛的灯", "光猫"),
        ("协号转往", "携号转网"),
        ("欧爱尔替坏了", "OLT"),
        ("欧尔提坏了", "OLT"),
        ("OL设备故障", "OLT"),
        ("欧恩优掉线", "ONU"),
        ("诶皮恩设置", "APN"),
        ("爱批地址", "IP地址"),
        ("DN S设置", "DNS"),
        ("分光气坏了", "分光器"),
        ("忽叫转移", "呼叫转移"),
        ("国际慢游", "国际漫游"),
        ("合约鸡", "合约机"),
        ("短口松了", "端口"),
        ("机站在维修", "基站"),
        ("核心往", "核心网"),
        ("停机报号", "停机保号"),
        ("融和套餐", "融合套餐"),
        ("接转流量", "结转流量"),
        ("定向流亮", "定向流量"),
        ("公单派了", "工单"),
        ("物连网卡", "物联网卡"),
        ("隔接完成", "割接"),
        ("亮号有合约", "靓号"),
    ],
)
def test_terms_are_heard_through_noise(heard: str, term: str, zh: LexiconSet) -> None:
    assert terms(f"您这边{heard}", zh) == [term]


def test_the_longest_term_wins(zh: LexiconSet) -> None:
    assert terms("定向流量和流量池", zh) == ["定向流量", "流量池"]
    assert terms("主副卡", zh) == ["主副卡"]


def test_an_unexplained_term_is_counted_with_its_plain_words(zh: LexiconSet) -> None:
    measure = measure_jargon(call("C:上不了网", f"A:{FILLER}，是光猫坏了"), zh, SETTINGS)
    (item,) = measure.components["occurrences"]
    assert (item["term"], item["heard"], item["status"]) == ("光猫", "光猫", "unexplained")
    assert item["plain"] == "光纤转网络的小盒子"
    assert 5 < item["start"] < item["end"] <= 10
    assert measure.components["agent_syllables"] == 24
    assert measure.value == pytest.approx(100 / 24, abs=0.001)
    assert measure.evidence[0].quote.startswith("光猫")
    assert "光纤转网络的小盒子" in measure.evidence[0].reason


@pytest.mark.parametrize(
    "lines",
    [
        ("A:您看一下光猫，就是把光纤信号转成网络的那个小盒子",),
        ("A:您家里那个接光纤的小盒子，也就是光猫，灯亮吗",),
        ("A:墙角那个小盒子我们叫光猫，上面有几个灯",),
        ("A:您看一下光猫的灯", "C:什么是光猫", "A:简单来说就是师傅装宽带时放的盒子"),
        ("A:是光猫的问题", "C:啊", "A:嗯，我给您说", "C:好", "A:光猫就是那个接光纤的白色盒子"),
        ("A:是光衰太大，相当于线路里的信号变弱了，所以网就慢",),
        ("A:光猫，光纤转网络的那个小盒子，放在哪里",),
    ],
)
def test_an_explanation_is_heard(lines: tuple[str, ...], zh: LexiconSet) -> None:
    measure = measure_jargon(call(*lines, f"A:{FILLER}"), zh, SETTINGS)
    assert {status for _, status in statuses(measure)} == {"explained"}
    assert measure.value == 0


@pytest.mark.parametrize(
    "lines",
    [
        ("A:光猫就是坏了，要换一个新的才行",),
        ("A:您看一下光猫的灯", "C:好", "A:灯亮不亮", "A:红灯吗", "A:简单来说光纤进来接的那个东西"),
        ("A:您的意思是光猫换过了是吧，我看一下",),
        ("A:这个就是光猫，您看看亮什么灯",),
    ],
)
def test_no_explanation_is_imagined(lines: tuple[str, ...], zh: LexiconSet) -> None:
    measure = measure_jargon(call(*lines, f"A:{FILLER}"), zh, SETTINGS)
    assert ("光猫", "unexplained") in statuses(measure)


def test_what_the_customer_said_first_is_known_to_it(zh: LexiconSet) -> None:
    measure = measure_jargon(
        call("C:我想问携号转网", f"A:{FILLER}，携号转网可以办", "A:还要看合约机"), zh, SETTINGS
    )
    assert statuses(measure) == [("携号转网", "customer_first"), ("合约机", "unexplained")]


def test_what_the_customer_says_later_was_not_first(zh: LexiconSet) -> None:
    measure = measure_jargon(call(f"A:{FILLER}，光猫坏了", "C:光猫是什么"), zh, SETTINGS)
    assert statuses(measure) == [("光猫", "unexplained")]


def test_a_term_once_explained_stays_explained(zh: LexiconSet) -> None:
    measure = measure_jargon(
        call("A:光猫就是那个接光纤的小盒子", *["A:好的", "C:嗯"] * 4, "A:光猫的灯亮了吗"), zh, SETTINGS
    )
    assert statuses(measure) == [("光猫", "explained")] * 2


def test_english_terms(en: LexiconSet) -> None:
    lines = (
        "A: I can see the ONT is down, that's the small box where the fibre comes in.",
        "C: All right, what about the latency",
        "A: The latency is fine but we need a firmware upgrade on it.",
    )
    measure = measure_jargon(call(*lines, language="en"), en, SETTINGS)
    assert statuses(measure) == [
        ("ONT", "explained"), ("latency", "customer_first"), ("firmware", "unexplained")
    ]  # fmt: skip
    assert measure.unit == "unexplained per 100 words"


def test_unknown_roles_and_silence_have_no_value(zh: LexiconSet) -> None:
    uncertain = measure_jargon(make_facts([agent(0, 5, "光猫坏了")], certain=False), zh, SETTINGS)
    assert uncertain.value is None
    assert uncertain.reason
    short = measure_jargon(call("A:好的", "C:光猫坏了怎么办"), zh, SETTINGS)
    assert short.value is None
    assert short.reason


@pytest.mark.parametrize(
    ("heard", "term"),
    [
        ("您这个是静号，每个月有最低消费", "靓号"),
        ("你这个还是静好，有最低消费", "靓号"),
        ("周边做过隔阶，数据还要重新导入", "割接"),
        ("那是外乎的人打的", "外呼"),
    ],
)
def test_terms_of_two_syllables_are_found_as_recognition_writes_them(heard: str, term: str) -> None:
    lexicons = load_lexicons("zh")
    assert [item.entry.phrase for item in find_terms(lexicons.jargon, searcher(heard, "zh"), "zh", 0.85)] == [
        term
    ]


def test_everyday_words_near_them_are_no_terms() -> None:
    lexicons = load_lexicons("zh")
    for text in ("原因不外乎这两个", "信号良好", "那个接光纤的盒子", "隔壁也是这样", "祝您岁月静好"):
        assert find_terms(lexicons.jargon, searcher(text, "zh"), "zh", 0.85) == []


@pytest.mark.parametrize(
    ("heard", "term"),
    [
        ("您说的这个章器就是从一号到月底按整月算", "账期"),
        ("主卡是您的，户卡不能单独停用", "副卡"),
        ("主教就是打电话过来的那一方", "主叫"),
        ("后面那根伪鲜弯折了", "尾纤"),
        ("登记好了派给中维，让他带新的过来", "装维"),
        ("这个要走插机流程", "拆机"),
        ("要等财务集合过了才行", "稽核"),
        ("看电视走的祖博不正常", "组播"),
        ("这个信号评断比较高", "频段"),
    ],
)
def test_words_of_its_trade_vouch_for_a_term_in_loose_sound(heard: str, term: str, zh: LexiconSet) -> None:
    assert terms(heard, zh) == [term]


@pytest.mark.parametrize(
    "text",
    [
        "章器",  # nothing vouches for it
        "要等大家集合以后再走",
        "套餐是长期有效的，不是到月底",  # another word, by `unless`
        "宽带退订以后开机看一下",
        "电视的点播节目都正常",
        "您的套餐补卡要十块钱",
        "不能直接转的，他的号码还在用",
        "每个月一起，账单，其他的不变",  # the sound runs across a comma
        "那那要收钱吗",
        "我逐条帮您看号码的条件",
    ],
)
def test_loose_sound_alone_makes_no_term(text: str, zh: LexiconSet) -> None:
    assert terms(text, zh) == []
