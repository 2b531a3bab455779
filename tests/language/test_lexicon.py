"""Lexicon files: what they may hold, what their mistakes are called, what is found with them."""

from pathlib import Path

import pytest

from callqa.errors import InvalidFileError
from callqa.language import searcher
from callqa.language.lexicon import LEXICON_NAMES, Entry, Lexicon, find_entries, load_lexicon, load_lexicons


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("language", ["zh", "en"])
def test_shipped_lexicons_hold(language: str) -> None:
    lexicons = load_lexicons(language)
    for name in LEXICON_NAMES:
        assert len(getattr(lexicons, name)) or (name, language) == ("operators", "en")
    assert len(lexicons.jargon) >= (170 if language == "zh" else 40)
    for entry in lexicons.jargon:
        assert "unless" not in (entry.plain or "")


def test_terms_that_calls_have_are_known() -> None:
    terms = {wording for entry in load_lexicon("jargon", "zh") for wording in entry.wordings}
    asked = (
        "光猫 ONU OLT APN VoLTE 基站 携号转网 呼叫转移 国际漫游 流量池 副卡 合约机 端口 信令 机房 分光器 "
        "光衰 双频 DNS IP地址 拨号 割接 核心网 带宽 上行 下行 停机保号 靓号 主副卡 融合套餐 结转流量 "
        "定向流量 工单 外呼 物联网卡"
    )
    assert set(asked.split()) <= terms
    assert not {"流量", "套餐", "话费", "宽带", "路由器", "信号", "手机", "5G", "WiFi"} & terms


def test_every_mistake_is_listed(tmp_path: Path) -> None:
    write(
        tmp_path,
        "jargon.zh.yaml",
        """
version: "1"
extra: 1
entries:
  - {phrase: 光猫, kind: 终端}
  - {phrase: 光猫, kind: 终端, plain: 小盒子}
  - {phrase: OLT, kind: 接入, plain: 设备, colour: red}
  - {plain: 没有词}
  - 5
""",
    )
    with pytest.raises(InvalidFileError) as caught:
        load_lexicon("jargon", "zh", tmp_path)
    problems = "\n".join(caught.value.problems)
    for part in (
        "extra: no such key",
        "plain: is missing",
        "stands already in entry 1",
        "colour: no such key",
    ):
        assert part in problems
    assert len(caught.value.problems) >= 6


def test_kinds_are_checked(tmp_path: Path) -> None:
    write(tmp_path, "forbidden.zh.yaml", 'version: "1"\nentries: [{phrase: 滚, kind: rude}]\n')
    with pytest.raises(InvalidFileError, match="kind: must be one of refusing"):
        load_lexicon("forbidden", "zh", tmp_path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("a: [", "no valid YAML"), ("- 1", "must have the keys"), ("version: 1\nentries: 3", "must be a list")],
)
def test_files_that_are_no_lexicon(tmp_path: Path, text: str, problem: str) -> None:
    write(tmp_path, "wait.en.yaml", text)
    with pytest.raises(InvalidFileError) as caught:
        load_lexicon("wait", "en", tmp_path)
    assert problem in "\n".join(caught.value.problems)


def test_a_folder_overrides_single_files_and_its_misspelt_names_are_told(tmp_path: Path) -> None:
    shipped = load_lexicons("zh")
    write(tmp_path, "wait.zh.yaml", 'version: "1"\nentries: [{phrase: 稍等, kind: announce}]\n')
    own = load_lexicons("zh", tmp_path)
    assert [entry.phrase for entry in own.wait] == ["稍等"]
    assert own.jargon == shipped.jargon
    assert own.digest != shipped.digest == load_lexicons("zh").digest
    write(tmp_path, "jargn.zh.yaml", "")
    with pytest.raises(InvalidFileError) as caught:
        load_lexicons("zh", tmp_path)
    assert "jargn.zh.yaml" in caught.value.problems[0]


def lexicon(*entries: Entry) -> Lexicon:
    return Lexicon("forbidden", "zh", "1", entries)


def said(entries: Lexicon, text: str) -> list[str]:
    return [item.match.heard for item in find_entries(entries, searcher(text, "zh"), 0.85)]


def test_near_misses_do_not_count() -> None:
    phrases = lexicon(
        Entry(phrase="没办法", unless=("非常抱歉",)), Entry(phrase="不知道", unless=("不知道您",))
    )
    assert said(phrases, "我也没办法") == ["没办法"]
    assert said(phrases, "没办法，是我们的系统问题，非常抱歉") == []
    assert said(phrases, "没办法。您还要办别的吗？非常抱歉") == ["没办法"]
    assert said(phrases, "我不知道您说的是哪一个") == []
    assert said(phrases, "我不知道，您问别人吧") == ["不知道"]


def test_homophones_do_not_excuse() -> None:
    phrases = lexicon(Entry(phrase="光猫", unless=("广贸",)))
    assert said(phrases, "光猫坏了") == ["光猫"]
    assert said(phrases, "广贸大厦") == []


def test_the_longest_wording_stays() -> None:
    phrases = lexicon(Entry(phrase="漫游"), Entry(phrase="国际漫游"))
    assert said(phrases, "国际漫游和漫游") == ["国际漫游", "漫游"]


def test_an_excuse_does_not_reach_across_the_end_of_a_sentence() -> None:
    phrases = lexicon(Entry(phrase="不知道", unless=("不知道您", "我帮您查")))
    assert said(phrases, "这个我也不知道。您还是找别人吧") == ["不知道"]
    assert said(phrases, "这个我也不知道……您还是找别人吧") == ["不知道"]
    assert said(phrases, "这个我不知道，我帮您查一下") == []
    assert said(phrases, "这个我不知道。下次我帮您查") == ["不知道"]
    english = Lexicon("forbidden", "en", "1", (Entry(phrase="I don't know", unless=("know you",)),))
    for text, number in (("I don't know. You should have asked", 1), ("I don't know you", 0)):
        assert len(find_entries(english, searcher(text, "en"), 0.85)) == number


FORBIDDEN = load_lexicon("forbidden", "zh")


@pytest.mark.parametrize(
    "text",
    [
        "好的，那就这样吧，再见",
        "那就这样吧",
        "谁让你们家的宽带先装好，我们就先登记谁",
        "请问是谁让您办这个业务的？",
        "不知道您说的是哪一个套餐",
    ],
)
def test_what_agents_may_say_is_not_forbidden(text: str) -> None:
    assert said(FORBIDDEN, text) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_forbidden_entry_is_found_in_its_own_examples(language: str) -> None:
    entries = load_lexicon("forbidden", language)
    unheard = [
        (entry.phrase, example)
        for entry in entries
        for example in entry.examples
        if entry not in [item.entry for item in find_entries(entries, searcher(example, language), 0.9)]
    ]
    assert unheard == []


@pytest.mark.parametrize("text", ["谁让你不看合同", "谁叫你自己办的", "不跟你说了，就这样吧", "那我挂了啊"])
def test_what_blames_or_breaks_off_is_forbidden(text: str) -> None:
    assert len(said(FORBIDDEN, text)) == 1
