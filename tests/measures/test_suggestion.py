import pytest

from callqa.measures.suggestion import suggestion


@pytest.mark.parametrize(
    ("text", "heard", "term", "plain", "said"),
    [
        # A noun in a noun's place; the filler before and the full stop after are left out.
        (
            "呃，您的光猫红灯亮了。请重启",
            "光猫",
            "光猫",
            "光纤转网络的小盒子",
            "您的光纤转网络的小盒子红灯亮了",
        ),
        # A verb in a verb's place.
        ("我给您冲正。", "冲正", "冲正", "把多扣的钱退回您的话费里", "我给您把多扣的钱退回您的话费里"),
        # A clause where a noun is wanted follows it.
        (
            "给您做一个桥接就行",
            "桥接",
            "桥接",
            "改成由您自己来连网",
            "给您做一个桥接，也就是改成由您自己来连网，就行",
        ),
        # What was misheard is put right.
        (
            "要看在网时场，够不够",
            "在网时场，",
            "携号转网",
            "号码不变，换到别的公司用",
            "要看携号转网，也就是号码不变，换到别的公司用，够不够",
        ),
        # What both say is said once.
        ("请看您家的ONU亮不亮", "ONU", "ONU", "您家里接光纤的盒子", "请看您家里接光纤的盒子亮不亮"),
    ],
)
def test_chinese(text: str, heard: str, term: str, plain: str, said: str) -> None:
    first = text.index(heard)
    assert suggestion(text, first, first + len(heard), term, plain, "zh") == said


@pytest.mark.parametrize(
    ("text", "term", "plain", "said"),
    [
        ("Right, restart your ONU.", "ONU", "the small box", "Restart the small box."),
        (
            "it has latency today",
            "latency",
            "how long the internet takes",
            "It has how long the internet takes today",
        ),
        (
            "we plan a cutover tonight.",
            "cutover",
            "moving your line",
            "We plan a cutover, that is, moving your line, tonight.",
        ),
        ("the ONU light is red", "ONU", "the small box", "The ONU, that is, the small box, light is red"),
    ],
)
def test_english(text: str, term: str, plain: str, said: str) -> None:
    first = text.index(term)
    assert suggestion(text, first, first + len(term), term, plain, "en") == said


def test_of_a_long_sentence_the_clauses_around_the_term() -> None:
    text = "这个月的账单我给您念过了，" * 3 + "您把光猫拔掉，" + "然后等一会儿再插上去看看好不好用，" * 3
    first = text.index("光猫")
    said = suggestion(text, first, first + 2, "光猫", "小盒子", "zh")
    assert said.startswith("您把小盒子拔掉")
    assert len(said) < 45
