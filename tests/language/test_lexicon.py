"""Lexicon files: what they may hold, what their mistakes are called, what is found with them."""

import dataclasses
from pathlib import Path

import pytest

from callqa.errors import InvalidFileError
from callqa.language import searcher
from callqa.language.lexicon import (
    LEXICON_NAMES,
    Entry,
    Lexicon,
    changed_entries,
    check_lexicons,
    find_entries,
    from_plain,
    load_lexicon,
    load_lexicons,
    to_plain,
)


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


def problems_of(*paths: Path) -> list[str]:
    with pytest.raises(InvalidFileError) as caught:
        load_lexicons("zh", paths)
    return list(caught.value.problems)


def test_every_mistake_is_listed_with_its_line(tmp_path: Path) -> None:
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
remove: [没有这个词]
remove: [光毛]
""",
    )
    write(tmp_path, "forbidden.zh.yaml", 'version: "1"\nentries:\n - {phrase: 滚, kind: mockin}\n')
    found = problems_of(tmp_path)
    for part in (
        "jargon.zh.yaml: line 3: extra: no such key; known: version",
        "jargon.zh.yaml: line 5: entry 1 (光猫): plain: is missing",
        "jargon.zh.yaml: line 6: entry 2 (光猫): '光猫' stands already on line 5",
        "jargon.zh.yaml: line 7: entry 3 (OLT): colour: no such key; known: phrase",
        "jargon.zh.yaml: line 8: entry 4: phrase: is missing",
        "jargon.zh.yaml: line 9: entry 5: the file: must have keys, not be 5",
        "jargon.zh.yaml: line 11: remove: stands already on line 10",
        "forbidden.zh.yaml: line 3: entry 1 (滚): kind: mockin is none of them; did you mean mocking?",
    ):
        assert any(part in problem for problem in found), (part, found)
    assert len(found) == 8


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("wait.en.yaml", "a: [", "no valid YAML"),
        ("wait.en.yaml", "- 1", "must have the keys version and entries"),
        ("wait.en.yaml", "version: 1\nentries: 3", "line 2: entries: must be a list"),
        (
            "wait.en.yaml",
            "version: 1\nmode: replac\nentries: []",
            "line 2: mode: replac is none of them; did you",
        ),
        ("jargn.zh.yaml", 'version: "1"\nentries: []', "name none; did you mean jargon?"),
        ("terms.yaml", 'version: "1"\nlexicon: jargon\nentries: []', "add language: zh"),
        ("roles.zh.yaml", 'version: "1"\nentries: []', "not for users"),
        ("jargon.zh.yaml", 'version: "1"\nremove: [光毛]', "remove: 光毛 is no phrase of this lexicon"),
        (
            "jargon.zh.yaml",
            'version: "1"\nentries:\n - {phrase: 小白盒, variants: [光猫], kind: 终端, plain: 盒子}',
            "line 3: entry (小白盒): '光猫' stands already in the entry 光猫",
        ),
    ],
)
def test_one_mistake(tmp_path: Path, name: str, text: str, problem: str) -> None:
    write(tmp_path, name, text)
    assert any(problem in found for found in problems_of(tmp_path / name))
    with pytest.raises(InvalidFileError):
        check_lexicons((tmp_path,))


def test_paths_that_hold_no_lexicon(tmp_path: Path) -> None:
    assert "There is no lexicon" in problems_of(tmp_path / "nowhere.yaml")[0]
    assert "has no lexicon files" in problems_of(tmp_path)[0]


def test_ones_own_file_adds_takes_the_place_of_and_removes(tmp_path: Path) -> None:
    shipped = load_lexicons("zh")
    path = tmp_path / "terms.yaml"
    path.write_text(
        """
version: "ours"
lexicon: jargon
language: zh
remove: [割接]
entries:
  - {phrase: 光猫, variants: [光纤猫], kind: 终端, plain: 客厅里的小盒子}
  - {phrase: 智家通, kind: 业务, plain: 家里的网络套餐}
""",
        encoding="utf-8",
    )
    own = load_lexicons("zh", (path,))
    phrases = [entry.phrase for entry in own.jargon]
    assert len(own.jargon) == len(shipped.jargon)
    assert "割接" not in phrases
    assert phrases[-1] == "智家通"
    assert next(e.plain for e in own.jargon if e.phrase == "光猫") == "客厅里的小盒子"
    assert phrases.index("光猫") < len(phrases) - 1
    assert own.digest != shipped.digest == load_lexicons("zh").digest
    assert load_lexicons("en", (path,)) == load_lexicons("en")
    changed = changed_entries(shipped, own)
    assert list(changed) == ["jargon"]
    assert sorted(entry.phrase for entry in changed["jargon"]) == ["光猫", "光猫", "割接", "智家通"]
    assert from_plain("zh", to_plain(own)) == own
    assert from_plain("zh", to_plain(own)).digest == own.digest


def test_a_file_may_be_the_whole_lexicon(tmp_path: Path) -> None:
    write(
        tmp_path,
        "wait.zh.yaml",
        'version: "1"\nmode: replace\nentries: [{phrase: 稍等, kind: announce}]\n',
    )
    shipped, own = load_lexicons("zh"), load_lexicons("zh", (tmp_path,))
    assert [entry.phrase for entry in own.wait] == ["稍等"]
    assert own.jargon == shipped.jargon


def test_another_order_is_a_change_of_every_entry() -> None:
    shipped = load_lexicons("zh")
    turned = Lexicon("wait", "zh", "1", shipped.wait.entries[::-1])
    changed = changed_entries(shipped, dataclasses.replace(shipped, wait=turned))
    assert len(changed["wait"]) == 2 * len(shipped.wait)


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
