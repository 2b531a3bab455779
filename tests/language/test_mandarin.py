"""Script and syllables with their places."""

from callqa.language import count_syllables, normalise_for_scoring
from callqa.language.latin import pinyin_parts
from callqa.language.mandarin import pinyin, to_simplified


def test_traditional_text_becomes_simplified() -> None:
    assert to_simplified("您的寬帶號碼") == "您的宽带号码"


def test_syllables_know_their_characters() -> None:
    text = "您好，李娜"
    syllables = pinyin(text)
    assert [text[s.first_char : s.end_char] for s in syllables] == ["您", "好", "李", "娜"]
    assert [(s.initial, s.final, s.tone) for s in syllables] == [
        ("n", "in", 2), ("h", "ao", 3), ("l", "i", 3), ("n", "a", 4)
    ]  # fmt: skip


def test_a_numbers_syllables_stand_for_the_whole_number() -> None:
    text = "共168元"
    places = {(s.text, s.first_char, s.end_char) for s in pinyin(text)}
    assert ("百", 1, 4) in places
    assert ("元", 4, 5) in places


def test_phone_digits_keep_their_own_places() -> None:
    assert [(s.text, s.first_char) for s in pinyin("拨10086")][1:] == [
        ("一", 1), ("零", 2), ("零", 3), ("八", 4), ("六", 5)
    ]  # fmt: skip


def test_traditional_text_keeps_its_offsets() -> None:
    assert [(s.text, s.first_char) for s in pinyin("寬帶")] == [("宽", 0), ("带", 1)]


def test_context_decides_between_readings() -> None:
    assert pinyin("银行")[1].final == "ang"
    assert pinyin("下行")[1].final == "ing"


def test_pinyin_in_latin_letters_is_read_as_pinyin() -> None:
    assert [(s.initial, s.final) for s in pinyin("LiNa")] == [("l", "i"), ("n", "a")]
    assert pinyin_parts("xian") == ("xian",)
    assert pinyin_parts("bob") is None


def test_letters_sound_like_their_names() -> None:
    assert [s.final for s in pinyin("OL")] == ["ou", "ai", "er"]


def test_scoring_form_of_mandarin() -> None:
    assert normalise_for_scoring("OLT 的 2 個 端口，10086。", "zh") == "olt的二个端口一零零八六"
    assert normalise_for_scoring("幺零零八六", "zh") == normalise_for_scoring("10086", "zh")


def test_scoring_form_of_english() -> None:
    assert normalise_for_scoring("It's 25% off, OK?", "en") == "it is twenty five percent off ok"


def test_counts_follow_the_language() -> None:
    assert count_syllables("您好", "zh") == 2
    assert count_syllables("How can I help you?", "en") == 5
