from __future__ import annotations

import dataclasses

import pytest

from callqa.clips.choose import Example
from callqa.clips.hiding import agent_names, find_names, hide_names, spans_to_beep, widen_numbers
from callqa.clips.make import Clip, ClipOptions, cut_clip
from callqa.data import CallAnalysis, Measure, Role, TimeSpan
from callqa.masking import find_personal_data
from tests.clips.calls import make_call, power_at, sound_of
from tests.clips.spoken_numbers import digits_of, leaks

A, C = Role.AGENT, Role.CUSTOMER
NUMBER = "我的手机号码是幺六九五幺八七二六四零谢谢您了啊"


def clip_of(
    analysis: CallAnalysis, span: TimeSpan, quotes: tuple[str, ...] = (), by_name: bool = False
) -> Clip:
    example = Example(span, quotes, f"听到“{quotes[0] if quotes else ''}”。", 0.9)
    return cut_clip(analysis, example, sound_of(analysis), "greeting", ClipOptions(), by_name)


def test_a_number_is_neither_read_nor_heard() -> None:
    analysis = make_call([(A, 1, "请问您的号码是多少"), (C, 4, NUMBER), (A, 11, "好的谢谢")], 15)
    clip = clip_of(analysis, TimeSpan(4, 9), (NUMBER,))
    assert leaks(" ".join([*clip.quotes, clip.reason, *(line.text for line in clip.lines)]), "zh") == []
    assert "［电话号码］" in clip.quotes[0]
    assert power_at(clip.samples, 2500) < 1e-9
    assert power_at(clip.samples, 1000) > 1e-6
    # Words around it stay.
    assert any("我的手机号码是" in line.text and "谢谢" in line.text for line in clip.lines)
    assert power_at(clip.samples, 500) > 1e-5


def test_an_utterance_that_is_nearly_all_number_is_beeped_from_end_to_end() -> None:
    analysis = make_call([(A, 1, "请问您的号码是多少"), (C, 5, "是幺六九五幺八七二六四零啊")], 12)
    facts = analysis.facts
    (span,) = spans_to_beep(facts, find_personal_data(facts.utterances, "zh"))
    assert span.start <= facts.utterances[1].start
    assert span.end >= facts.utterances[1].end


def test_unread_speech_near_a_number_is_beeped_and_elsewhere_not() -> None:
    near, far = TimeSpan(10.2, 10.9), TimeSpan(25.0, 26.0)
    analysis = make_call([(C, 4, NUMBER)], 30, untranscribed=(near, far))
    spans = spans_to_beep(analysis.facts, find_personal_data(analysis.facts.utterances, "zh"))
    assert any(span.overlap(near) == pytest.approx(near.duration) for span in spans)
    assert not any(span.overlap(far) for span in spans)


def greeted(text: str, heard: str) -> CallAnalysis:
    analysis = make_call([(A, 1, text), (C, 8, "我想问一下话费")], 15)
    greeting = Measure("greeting", {}, "elements", {"elements": {"name": {"quote": heard}}})
    return dataclasses.replace(analysis, measures={**analysis.measures, "greeting": greeting})


def test_an_agents_name_is_hidden_also_as_it_was_misheard() -> None:
    analysis = greeted("您好我是中国移动的理纳请问有什么可以帮您", "理纳")
    clip = clip_of(analysis, TimeSpan(1, 4), ("您好", "理纳"))
    assert "理纳" not in " ".join([*clip.quotes, clip.reason, *(line.text for line in clip.lines)])
    assert clip.name is None
    assert clip.day is None
    (beep,) = clip.beeps
    assert beep.duration < 1.0


def test_who_agreed_is_named() -> None:
    clip = clip_of(greeted("您好我是中国移动的李娜请问", "李娜"), TimeSpan(1, 4), by_name=True)
    assert clip.name == "李娜"
    assert clip.beeps == ()
    assert "李娜" in clip.lines[0].text


def test_names_are_found_once_and_hidden_in_sentences() -> None:
    analysis = greeted("您好我是李娜", "李娜")
    names = agent_names(analysis)
    assert names == ("李娜", "A1023")
    assert len(find_names(analysis.facts, names, ())) == 1
    assert hide_names("应为“李娜”", names, "zh") == "应为“［姓名］”"


def test_the_margins_are_wider_than_the_words() -> None:
    facts = make_call([(C, 4, NUMBER)], 15).facts
    (masked,) = find_personal_data(facts.utterances, "zh")
    (span,) = spans_to_beep(facts, [masked])
    assert span.start <= masked.span.start - 0.1
    assert span.end >= masked.span.end + 0.1


def test_digits_are_read_however_they_are_written() -> None:
    assert digits_of("幺六九五 1 八", "zh") == "169518"
    assert digits_of("oh one, seven 2", "en") == "0172"
    assert leaks("six 172 eight", "en") == ["172"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (
            "号的四十四-零三零六一九九五、十二-三十三到四十八RX、核对",
            "四十四-零三零六一九九五、十二-三十三到四十八RX",
        ),
        ("是四四零三零六一九九五嗯最后是X谢谢", "四四零三零六一九九五嗯最后是X"),
        ("我的号码是幺六九五幺八七二六四零最后一个问题", "幺六九五幺八七二六四零"),
    ],
)
def test_figures_right_beside_a_number_belong_to_it(text: str, hidden: str) -> None:
    facts = make_call([(C, 1, text)], 20).facts
    masked = find_personal_data(facts.utterances, "zh")
    found = widen_numbers(facts, masked, 0.15)
    assert text[found[0].first_char : found[-1].end_char] == hidden
    assert found[0].span.start <= facts.utterances[0].span_between(text.index(hidden), len(text)).start
