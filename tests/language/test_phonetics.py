"""Phrases found by sound, and phrases that must not be."""

import time

import pytest

from callqa.language import find_phrase
from callqa.language.mandarin import pinyin
from callqa.language.phonetics import Searcher, similarity


def heard(phrase: str, text: str, threshold: float = 0.85) -> list[str]:
    return [match.heard for match in find_phrase(phrase, text, "zh", threshold)]


@pytest.mark.parametrize("spoken", ["欧爱尔替", "欧艾尔提", "O L T", "OLT", "olt", "欧尔提", "哦艾尔踢"])
def test_letter_names_are_heard_in_han_characters(spoken: str) -> None:
    assert heard("OLT", f"您的{spoken}设备坏了") == [spoken]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("光猫", "您家的光毛坏了", "光毛"),
        ("中国移动", "欢迎致电中国一栋", "中国一栋"),
        ("携号转网", "我想协号转往", "协号转往"),
        ("呼叫转移", "忽叫转一下", "忽叫转一"),
        ("国际漫游", "国际蛮有包", "国际蛮有"),
        ("10086", "幺零零八六", "幺零零八六"),
        ("10086", "拨打10086", "10086"),
        ("李娜", "我是李那", "李那"),
        ("李娜", "我是LiNa", "LiNa"),
        ("请问有什么可以帮您", "请问，有什么可以帮到您", "请问，有什么可以帮到您"),
    ],
)
def test_confused_sounds_are_found(phrase: str, text: str, found: str) -> None:
    assert heard(phrase, text) == [found]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("宽带", "宽大的房子"),
        ("请", "清楚"),
        ("您好", "你好"),
        ("IP", "VIP客户"),
        ("10086", "1008611"),
        ("中国移动", "中国联通"),
        ("中国移动", "中国电信"),
        ("王强", "刘洋"),
        ("光猫", "外面的光。猫在睡觉"),
    ],
)
def test_other_sounds_are_not(phrase: str, text: str) -> None:
    assert heard(phrase, text) == []


def test_the_same_words_are_wholly_alike() -> None:
    for phrase in ("请", "您好", "感谢您的耐心等待", "OLT", "10086"):
        (match,) = find_phrase(phrase, f"那{phrase}吧", "zh", 0.99)
        assert match.similarity == 1
        assert (match.first_char, match.end_char) == (1, 1 + len(phrase))


def test_every_place_is_found_once() -> None:
    matches = find_phrase("我帮您查一下", "我帮您查一下，好，我帮您查下", "zh", 0.8)
    assert [match.heard for match in matches] == ["我帮您查一下", "我帮您查下"]


def test_the_end_of_a_sentence_parts_words() -> None:
    assert heard("知道了吗", "知道了吗") == ["知道了吗"]
    assert heard("知道了吗", "我知道。了吗", 0.95) == []


def test_similarity_orders_confusions() -> None:
    name = pinyin("陈静")
    same, tone, near, far = (similarity(name, pinyin(other)) for other in ("陈静", "趁京", "程进", "刘洋"))
    assert same == 1 > tone > near > 0.85 > 0.5 > far
    assert similarity((), ()) == 1
    assert similarity(name, ()) == 0


def test_many_phrases_in_a_long_text_take_little_time() -> None:
    text = "您好欢迎致电中国移动我帮您检查一下光猫的指示灯是否正常然后再看看网线有没有插紧" * 38
    phrases = [
        f"{first}{second}"
        for first in ("呼叫转移", "携号转网", "国际漫游")
        for second in "一二三四五六七八九十" * 10
    ]
    begin = time.perf_counter()
    search = Searcher(text[:1500])
    for phrase in phrases:
        search.find(phrase, 0.85)
    assert time.perf_counter() - begin < 2


def test_many_phrases_in_one_pass_are_found_as_each_by_itself() -> None:
    text = "您家的光毛坏了，我帮您查一下光猫设备，10086的国际慢游费是三十元。请稍等，欧爱尔替也看一下"
    phrases = ("光猫", "光猫设备", "国际漫游", "OLT", "请稍等", "一零零八六", "没办法", "看")
    search = Searcher(text)
    together = search.find_all(phrases, 0.85)
    alone = {phrase: search.find(phrase, 0.85) for phrase in phrases}
    assert together == {phrase: matches for phrase, matches in alone.items() if matches}
    assert set(phrases) - set(together) == {"没办法"}


@pytest.mark.parametrize("phrase", ["光猫", "国际漫游", "OLT", "副卡", "请稍等", "没办法"])
def test_what_may_not_be_said_is_not_found(phrase: str) -> None:
    texts = ("您的光毛坏了", "国际慢游费", "欧爱尔替设备", "负卡要多少钱", "麻烦您晒等", "您好，今天天气很好")
    for text in texts:
        search = Searcher(text)
        found = any(search.find(phrase, threshold) for threshold in (0.85, 0.9, 0.95))
        assert search.may_say((phrase,), 0.85) or not found
    assert not Searcher(texts[-1]).may_say((phrase,), 0.85)
