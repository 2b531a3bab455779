"""The four elements of a greeting, heard through recognition noise and across utterances."""

from dataclasses import replace

import pytest

from callqa.config import MeasureSettings
from callqa.data import Measure
from callqa.language.lexicon import LexiconSet, load_lexicons
from callqa.measures.greeting import measure_greeting
from callqa.measures.names import find_name, roster_wordings
from tests.measures.factories import Line, agent, customer, make_facts

SETTINGS = MeasureSettings()
MATTER = "我想问一下这个月的话费为什么多了"


@pytest.fixture(scope="module")
def zh() -> LexiconSet:
    return load_lexicons("zh")


@pytest.fixture(scope="module")
def en() -> LexiconSet:
    return load_lexicons("en")


def greet(
    lexicons: LexiconSet,
    *lines: Line | str,
    roster: str | None = None,
    company: str | None = None,
    configured: str | None = None,
    agent_id: str | None = None,
) -> Measure:
    made = [agent(0, 6, line) if isinstance(line, str) else line for line in lines]
    facts = make_facts(made, language=lexicons.language, agent_name=roster, company=company)
    facts = replace(facts, recording=replace(facts.recording, agent_id=agent_id))
    return measure_greeting(facts, lexicons, SETTINGS, configured)


def elements(measure: Measure) -> str:
    """The first letters of the elements that were found."""
    assert isinstance(measure.value, dict)
    return "".join(name[0] for name, found in measure.value.items() if found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("您好，我是中国移动的李娜，请问有什么可以帮您？", "scno"),
        ("您好，很高兴为您服务", "so"),
        ("您好，欢迎致电中国移动，我是工号1023，请问有什么可以帮您", "scno"),
        ("您好，中国移动客服，工号一零八八为您服务，请问有什么可以帮您？", "scno"),
        ("您好，中国移动孙悦为您服务，请问有什么可以帮到您？", "scno"),
        ("您好，幺零零八六，请问需要什么帮助", "sco"),
        ("您好，我是客服何芳，请问有什么可以帮您？", "sno"),
        ("您好我是中国电信的周明请问有什么可以帮您", "scno"),
        ("您好，1023号为您服务，请讲", "sno"),
        ("您好，客服小李为您服务", "sno"),
        ("你好，中国联通，请问需要什么帮助？", "co"),
        ("喂，讲。", ""),
        ("喂，你好，说吧什么事", ""),
        ("您好，中国广电。", "sc"),
        ("您好，我是说您的电话费已经查到了", "s"),
    ],
)
def test_greetings_as_they_are_said(text: str, found: str, zh: LexiconSet) -> None:
    assert elements(greet(zh, text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("您好我是中国一栋的李那请问有什么可以帮您", "scno"),
        ("您好,我是中国移洞的李娜,请问有什么可以办您", "scno"),
        ("您好我是中国移动的丽娜请问有什么可以帮到您呢", "scno"),
        ("您好中国移动公号一零二三请问有什么能帮您", "scno"),
        ("您好很高新为您服务", "so"),
    ],
)
def test_recognition_noise_is_borne(text: str, found: str, zh: LexiconSet) -> None:
    assert elements(greet(zh, text, roster="李娜", company="中国移动")) == found


def test_evidence_has_quote_time_and_expectation(zh: LexiconSet) -> None:
    measure = greet(zh, "您好，我是中国移动的李那，请问有什么可以帮您", roster="李娜", company="中国移动")
    name = measure.components["elements"]["name"]
    assert (name["quote"], name["expected"], name["found"]) == ("李那", "李娜", True)
    assert 0 < name["start"] < name["end"] < 6
    assert measure.components["name_is_rosters"] is True
    (said,) = [item for item in measure.evidence if item.quote == "李那"]
    assert "李娜" in said.reason
    assert (said.start, said.end) == (name["start"], name["end"])


def test_missing_elements_are_told_with_what_was_expected(zh: LexiconSet) -> None:
    measure = greet(zh, "喂，中国联通", roster="刘洋", company="中国联通")
    (missing,) = [item for item in measure.evidence if "没有听到" in item.reason]
    assert "刘洋" in missing.reason
    assert "您好" in missing.reason
    assert missing.quote == "喂，中国联通"
    absent = measure.components["elements"]["offer"]
    assert absent["found"] is False
    assert absent["quote"] is None


@pytest.mark.parametrize(
    ("text", "roster", "is_rosters"),
    [
        ("您好，我是中国移动的王芳", "李娜", False),
        ("您好，我是中国移动的李娜", "LiNa", True),
        ("您好，我是中国移动的小李", "李娜", None),
        ("您好，我是中国移动的李娜", None, None),
        ("您好，我是中国移动的章伟", "张伟", True),
        ("您好，我是中国移动的张伟明", "张伟明", True),
    ],
)
def test_the_rosters_name_is_recognised(
    text: str, roster: str | None, is_rosters: bool | None, zh: LexiconSet
) -> None:
    measure = greet(zh, text, roster=roster)
    assert measure.value["name"] is True  # type: ignore[index,call-overload]
    assert measure.components["name_is_rosters"] is is_rosters


def test_a_staff_number_is_held_against_the_rosters(zh: LexiconSet) -> None:
    known = greet(zh, "您好，工号一零二三为您服务", roster="李娜", agent_id="A1023")
    assert known.components["name_is_rosters"] is True
    other = greet(zh, "您好，工号八八为您服务", roster="李娜", agent_id="A1023")
    assert other.components["name_is_rosters"] is None
    by_sound = greet(zh, "您好，公号一灵而散，请问", agent_id="A1023")
    assert by_sound.components["name_is_rosters"] is True


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("电信客服、各公号一机领悟、请为有什么", "公号一机领悟"),
        ("公号五百二十、行为有神乐可以帮到您", "公号五百二十"),
        ("工号是一机领悟请问有什么可以帮您", "工号是一机领悟"),
        ("请问您的工号您记一下", None),
        ("工号我忘了", None),
        ("工号一机，领悟", None),
    ],
)
def test_staff_numbers_are_found_by_their_sound(text: str, quote: str | None) -> None:
    found = find_name(text, "zh", None, 0.85)
    assert (found.heard if found else None) == quote


@pytest.mark.parametrize(
    ("text", "roster", "quote", "is_rosters"),
    [
        ("您好，中国广电续套，请问", "薛涛", "续套", None),
        ("您好，中国联通了凯，请问", "廖凯", "了凯", None),
        ("您好，我是中国移动的械厅，请问", "谢婷", "械厅", True),
        ("您好，我是中国移动的械厅，请问", None, "械厅", None),
        ("您好，中国移动领大为您服务", None, "领大", None),
        ("您好，中国电信高远，请问", None, "高远", None),
        ("您好，中国联通了凯，请问", None, None, None),
        ("您好，中国联通了凯，请问", "薛涛", None, None),
        ("您好，中国移动江苏公司，请问", None, None, None),
        ("您好，中国移动，请问", "苗青", None, None),
    ],
)
def test_names_behind_the_company_are_found_by_their_sound(
    text: str, roster: str | None, quote: str | None, is_rosters: bool | None, zh: LexiconSet
) -> None:
    measure = greet(zh, text, roster=roster)
    assert measure.components["elements"]["name"]["quote"] == quote
    assert measure.components["name_is_rosters"] is is_rosters


def test_the_recordings_company_comes_before_the_configured_one(zh: LexiconSet) -> None:
    text = "您好，中国联通"
    assert "c" in elements(greet(zh, text))
    assert "c" not in elements(greet(zh, text, configured="中国移动"))
    assert "c" in elements(greet(zh, text, company="中国联通", configured="中国移动"))
    assert "c" in elements(greet(zh, "您好，一零零一零客服", company="10010"))
    assert "c" in elements(greet(zh, "您好，北方通信", configured="北方通信|北通"))


def test_elements_are_found_across_utterances(zh: LexiconSet) -> None:
    lines = (
        agent(0, 1, "您好，"),
        customer(1, 2, "喂你好"),
        agent(2, 4, "我是中国移动的"),
        agent(4.2, 6, "李娜，请问有什么"),
        agent(6.1, 7, "可以帮您"),
    )
    measure = greet(zh, *lines, roster="李娜")
    assert elements(measure) == "scno"
    assert measure.components["late"] is False


def test_a_greeting_after_the_matter_is_late(zh: LexiconSet) -> None:
    greeting = "您好，我是中国电信的周明，请问有什么可以帮您"
    late = greet(zh, customer(0, 4, MATTER), agent(4, 9, greeting))
    assert elements(late) == "scno"
    assert late.components["late"] is True
    assert any("客户已经说了来意" in item.reason for item in late.evidence)
    hello = greet(zh, customer(0, 1, "喂，您好，喂，你好"), agent(2, 6, greeting))
    assert hello.components["late"] is False


def test_a_later_salutation_is_not_the_greetings(zh: LexiconSet) -> None:
    measure = greet(
        zh,
        agent(0, 4, "你好，我是中国移动的孙悦，请问有什么可以帮您"),
        customer(4, 8, MATTER),
        agent(8, 12, "您好，我看了一下"),
    )
    assert elements(measure) == "cno"


def test_only_the_first_seconds_of_agent_speech_count(zh: LexiconSet) -> None:
    lines = (agent(0, 25, "嗯" * 50), agent(26, 30, "您好，我是中国移动的李娜，请问有什么可以帮您"))
    assert elements(greet(zh, *lines)) == ""
    waiting = (customer(0, 25, "喂"), agent(26, 30, "您好，我是中国移动的李娜，请问有什么可以帮您"))
    assert elements(greet(zh, *waiting)) == "scno"


@pytest.mark.parametrize(
    ("text", "probability", "found"),
    [
        ("您好，中国移动", 0.6, True),
        ("您好，中国移动", 0.2, None),
        ("你好，中国移动", 0.9, None),
        ("移号移动客服", 0.9, None),
        ("依好联通客服", 0.9, None),
        ("也好我是中国移动的李娜", 0.9, None),
        ("哎，铃号，联通", 0.9, None),
        ("中国移动，你好", 0.9, None),
        ("您您好，中国移动", 0.9, True),
        ("喂，联通客服", 0.9, False),
        ("你号码是多少", 0.9, False),
        ("你好像没有交费", 0.9, False),
        ("中国移动，请问要一号线路吗", 0.9, False),
    ],
)
def test_hello_and_its_polite_form_cannot_be_told_apart(
    text: str, probability: float, found: bool | None, zh: LexiconSet
) -> None:
    measure = greet(zh, agent(0, 3, text, probability=probability))
    assert measure.value["salutation"] is found  # type: ignore[index,call-overload]
    component = measure.components["elements"]["salutation"]
    assert component["found"] is found
    assert (component["quote"] is None) == (found is False)
    unclear = [item for item in measure.evidence if "听不清" in item.reason]
    assert len(unclear) == (found is None)
    assert not any("问候（应为" in item.reason for item in measure.evidence if found is None)


def test_an_unclear_hello_before_the_matter_is_not_late(zh: LexiconSet) -> None:
    measure = greet(
        zh, agent(0, 1, "你好"), customer(1, 5, MATTER), agent(5, 9, "我是中国移动的李娜，请问有什么可以帮您")
    )
    assert measure.components["late"] is False


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("你好，电信，啥事", "电信"),
        ("你好连通你请讲", "连通"),
        ("移动客服杨帆，请问", "移动客服"),
        ("电信，您请讲", "电信"),
        ("你好，电信诈骗很多，您小心", None),
        ("那个，移动一下路由器", None),
        ("您好，您是想用移动吗", None),
    ],
)
def test_short_names_of_operators_count_where_one_names_oneself(
    text: str, quote: str | None, zh: LexiconSet
) -> None:
    assert greet(zh, text).components["elements"]["company"]["quote"] == quote
    assert "c" not in elements(greet(zh, text, configured="中国广电"))


@pytest.mark.parametrize(
    ("text", "is_offer"),
    [
        ("你好，请为有什么能当年", True),
        ("依好联通客服，很高兴为你服", True),
        ("热情会有神的可以当你", True),
        ("您好，您请讲", True),
        ("联通客服，请问您，您要办理什么业务", True),
        ("哎，你好，电信，啥事", False),
        ("我可以帮您取消", False),
        ("我们有为老人服务的套餐", False),
    ],
)
def test_offers_are_borne_with_errors(text: str, is_offer: bool, zh: LexiconSet) -> None:
    assert ("o" in elements(greet(zh, text))) is is_offer


def test_uncertain_roles_and_silence_have_no_value(zh: LexiconSet) -> None:
    facts = make_facts([agent(0, 5, "您好")], certain=False)
    assert measure_greeting(facts, zh, SETTINGS, None).value is None
    silent = make_facts([agent(0, 5, None), customer(5, 9, "喂")])
    measure = measure_greeting(silent, zh, SETTINGS, None)
    assert measure.value is None
    assert measure.reason


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Good morning, this is Northline Telecom. My name is Emma. How can I help you today?", "scno"),
        ("Hello, this is Emma speaking, how may I assist you?", "sno"),
        ("thank you for calling north line telecom my name is Ema how can i help you", "scno"),
        ("Yeah, what is it?", ""),
        ("Northline Telecom, agent number four three three, what can I do for you?", "cno"),
    ],
)
def test_english_greetings(text: str, found: str, en: LexiconSet) -> None:
    assert elements(greet(en, text, roster="Emma", company="Northline Telecom")) == found


def test_without_a_company_english_has_none_to_expect(en: LexiconSet) -> None:
    measure = greet(en, "Hello, this is Chris, how can I help you?", roster="ChrisL")
    assert measure.value == {"salutation": True, "company": None, "name": True, "offer": True}
    assert measure.components["name_is_rosters"] is True


def test_roster_names_in_latin_letters() -> None:
    assert roster_wordings("ChrisL", "en") == ("Chris",)
    assert "LiNa" in roster_wordings("LiNa", "zh")
    assert roster_wordings(None, "zh") == ()
    assert find_name("Not a name here", "en", None, 0.85) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("您好，中国联通何芳为您服务", "何芳"),
        ("您好，中国移动客服赵磊，很高兴为您服务", "赵磊"),
        ("张先生，很高兴为您服务", None),
        ("您好，中国联通客服，很高兴为您服务", None),
    ],
)
def test_a_name_right_behind_the_company_is_found_without_a_roster(text: str, name: str | None) -> None:
    found = find_name(text, "zh", None, 0.85, ["中国联通", "中国联通客服", "中国移动"])
    assert (found.heard if found else None) == name
