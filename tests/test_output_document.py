"""Holds documents of `callqa show --json` against the tables of ``docs/output.md``."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from callqa.config import Settings
from callqa.data import CallAnalysis, CallFacts, Evidence, Measure, Provenance, RemovedText, ToneWindow
from callqa.language.lexicon import load_lexicons
from callqa.measures.take import take_measures
from callqa.reports.document import call_document
from callqa.scoring import default_rubric, score_call
from tests.measures.factories import Line, agent, customer
from tests.measures.factories import make_facts as make_call
from tests.synthetic import make_analysis

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "output.md"
KINDS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "list": (list,),
    "object": (dict,),
    "null": (type(None),),
}


@dataclass(frozen=True)
class Field:
    """One row of a table."""

    path: str
    kinds: tuple[str, ...]
    range: str
    example: str

    def faults(self, value: Any) -> Iterator[str]:
        """What is wrong with a value of this field."""
        fits = any(
            isinstance(value, KINDS[kind]) and (kind == "boolean") == isinstance(value, bool)
            for kind in self.kinds
        )
        if not fits:
            yield f"{value!r:.60} is no {' or '.join(self.kinds)}"
        elif isinstance(value, str) and self.range.startswith("one of: "):
            if value not in self.range.removeprefix("one of: ").split(", "):
                yield f"{value!r} is not {self.range}"
        elif isinstance(value, str) and self.range.startswith("/"):
            if not re.fullmatch(self.range[1:-1], value, re.DOTALL):
                yield f"{value!r} does not match {self.range}"
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            if not math.isfinite(value):
                yield f"{value} is no number"
            low, dots, high = self.range.partition("..")
            if dots and ((low and value < float(low)) or (high and value > float(high))):
                yield f"{value} is not in {self.range}"


def read_page() -> dict[str, Field]:
    """The rows of all tables by path."""
    fields = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)][1:-1]
        if len(cells) != 7 or not cells[0].startswith("`"):
            continue
        path, kinds, _, limits, _, _, example = (cell.strip("`") for cell in cells)
        assert path not in fields, f"{path} stands in two rows"
        fields[path] = Field(path, tuple(kinds.split(" or ")), limits, example)
    return fields


FIELDS = read_page()


def find_field(path: str) -> Field | None:
    """The row of a path; names come before ``*``."""
    if path in FIELDS:
        return FIELDS[path]
    steps = re.findall(r"\[\]|[^.\[\]]+", path)
    candidates = []
    for field in FIELDS.values():
        pattern = re.findall(r"\[\]|[^.\[\]]+", field.path)
        if len(pattern) == len(steps) and all(
            known in (step, "*") and (known != "*" or step != "[]")
            for known, step in zip(pattern, steps, strict=True)
        ):
            candidates.append((sum(known == "*" for known in pattern), field))
    return min(candidates, key=lambda item: item[0])[1] if candidates else None


def check(value: Any, path: str = "", seen: set[str] | None = None) -> list[str]:
    """Everything in which a document departs from the page."""
    faults: list[str] = []
    if path:
        field = find_field(path)
        if field is None:
            return [f"{path} is not documented"]
        if seen is not None:
            seen.add(field.path)
        faults += [f"{path}: {fault}" for fault in field.faults(value)]
    if isinstance(value, dict):
        for name, item in value.items():
            assert "." not in name
            faults += check(item, f"{path}.{name}" if path else name, seen)
        if (
            {"start", "end"} <= set(value)
            and value["start"] is not None
            and not value["start"] <= value["end"]
        ):
            faults.append(f"{path} ends before it begins")
    elif isinstance(value, list):
        for item in value:
            faults += check(item, f"{path}[]", seen)
    return faults


def windows(start: float, end: float, pitch: float, loudness: float) -> tuple[ToneWindow, ...]:
    count = int((end - start) / 0.5)
    return tuple(ToneWindow(start + i / 2, start + i / 2 + 0.5, pitch, loudness) for i in range(count))


def rich_call(language: str) -> CallFacts:
    """A call in which every measure finds something."""
    zh: list[Line] = [
        agent(
            0.5,
            6.0,
            "您好，我是中国移动的李娜，请问有什么可以帮您？",
            windows=windows(0.5, 6.0, 200.0, -25.0),
        ),
        customer(6.5, 12.0, "我家里的宽带从昨天晚上开始就一直上不去网了，我想问"),
        agent(10.5, 14.0, "应该是您自己弄坏了光猫，你重启一下。", windows=windows(12.0, 14.0, 330.0, -12.0)),
        customer(15.0, 20.0, "你们这个服务太差了，我要投诉你们。"),
        agent(
            20.5,
            26.0,
            "这个不归我管，快点说，你自己看着办，我也没办法。",
            windows=windows(20.5, 26.0, 200.0, -25.0),
        ),
        customer(26.5, 29.0, "那你说怎么办呢？"),
        agent(29.5, 34.0, "麻烦您报一下您的密码和完整的验证码。", windows=windows(29.5, 34.0, 200.0, -25.0)),
        customer(32.5, 36.0, "我不想把密码告诉你们这种人啊真的"),
        agent(36.5, 40.0, "请您稍等，我正在为您查询。", windows=windows(36.5, 40.0, 200.0, -25.0)),
        agent(
            48.0,
            54.0,
            "师傅会在二十四小时之内联系您上门处理，请问您还有其他需要吗？",
            windows=windows(48.0, 54.0, 200.0, -25.0),
        ),
        customer(54.5, 56.0, "没有了，谢谢"),
        agent(56.5, 59.0, "感谢您的来电，再见。", windows=windows(56.5, 59.0, 200.0, -25.0)),
    ]
    en: list[Line] = [
        agent(0.5, 5.0, "Thank you for calling Acme, my name is Chris, how can I help you today?"),
        customer(5.5, 12.0, "My broadband has been down since yesterday evening and I would like to"),
        agent(10.5, 14.0, "That's not my problem, you must have broken the router yourself."),
        customer(15.0, 18.0, "That is really terrible service, I want to complain."),
        agent(18.5, 22.0, "Please hold on a moment while I check the ONT for you."),
        agent(28.0, 33.0, "An engineer will call you within 24 hours. Is there anything else I can do?"),
        customer(33.5, 35.0, "No, thank you, goodbye."),
        agent(35.5, 37.0, "Thank you for calling, goodbye."),
    ]
    facts = make_call(
        zh if language == "zh" else en, language=language, agent_name="李娜" if language == "zh" else None
    )
    coverage = dataclasses.replace(
        facts.coverage, removed=(RemovedText(44.0, 46.0, "谢谢观看", "no speech under it"),)
    )
    return dataclasses.replace(facts, coverage=coverage)


def judge(facts: CallFacts) -> CallAnalysis:
    settings = Settings()
    measures = take_measures(facts, load_lexicons(facts.language), settings.measures, None)
    card = score_call(facts, measures, default_rubric(facts.language))
    provenance = Provenance(
        "0.1.0", {"recogniser": "whisper-base"}, settings.hash(), "2025-03-05T01:02:03+00:00"
    )
    return CallAnalysis(facts, measures, card, provenance)


def document_of(analysis: CallAnalysis) -> dict[str, Any]:
    document = call_document(analysis, ["calls/李娜.wav"])
    # As it is printed: strict JSON, without NaN.
    return json.loads(json.dumps(document, allow_nan=False))


CALLS = {
    "zh": rich_call("zh"),
    "en": rich_call("en"),
    "left open": make_call(
        [
            agent(0, 3, "您好，请问有什么可以帮您？"),
            customer(3.5, 9, "我想问一下话费怎么这么多。谢谢"),
            agent(8.1, 12, "您稍等一分钟我看看这个月的账单"),
            customer(9.5, 15, "那我这个钱什么时候能退给我呢。谢谢"),
            customer(22, 26, "喂我说话你听得到没有啊"),
            agent(20, 20.3, "嗯"),
            agent(27, 33, "这个钱已经给您退到话费里面了。谢谢"),
            customer(32.1, 36, "那我知道了我去看一下"),
        ]
    ),
    "uncertain": make_call([agent(0, 5, "您好"), customer(6, 12, "你好我想问一下话费")], certain=False),
    "nothing": make_call([], status="no_speech"),
    "no words": make_call([agent(0, 5, None), customer(6, 12, None)]),
    "one party": make_call([agent(0, 5, "您好，请问有什么可以帮您？")], status="one_party"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_judged_call_is_as_the_page_says(name: str) -> None:
    assert check(document_of(judge(CALLS[name]))) == []


def test_a_call_with_every_field_set_is_as_the_page_says() -> None:
    document = document_of(make_analysis())
    # The stand-in's measures have components of their own.
    for measure in document["measures"].values():
        measure["components"] = {}
    assert check(document) == []


def test_every_row_of_the_page_is_found_in_some_document() -> None:
    seen: set[str] = set()
    for facts in CALLS.values():
        check(document_of(judge(facts)), seen=seen)
    document = document_of(make_analysis())
    document.pop("measures")
    check(document, seen=seen)
    assert sorted(set(FIELDS) - seen) == []


def test_the_examples_of_the_page_are_valid_themselves() -> None:
    checked = 0
    for field in FIELDS.values():
        if field.example != "–":
            assert list(field.faults(json.loads(field.example))) == [], field.path
            checked += 1
    assert checked > 100


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("recording", "extra"), 1, "recording.extra is not documented"),
        (("recording", "id"), "xyz", "does not match"),
        (("recording", "agent_name"), "", "does not match"),
        (("recording", "channels"), 1.5, "is no integer"),
        (("roles", "confidence"), 1.2, "is not in 0..1"),
        (("roles", "status"), "maybe", "is not one of"),
        (("turns", 0, "start"), None, "is no number"),
        (("turns", 0, "start"), True, "is no number"),
        (("turns", 0, "end"), 0.1, "ends before it begins"),
        (("measures", "talk_share", "value"), 1.2, "is not in 0..1"),
        (("measures", "talk_share", "components", "ratio"), 1, "is not documented"),
        (("scorecard", "score"), 101, "is not in 0..100"),
        (("scorecard", "criteria", 0, "verdict"), "good", "is not one of"),
    ],
)
def test_a_document_that_departs_from_the_page_is_found_out(path: tuple, value: object, fault: str) -> None:
    document = document_of(judge(CALLS["zh"]))
    target: Any = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    faults = check(document)
    assert any(fault in item for item in faults), faults


def test_numbers_are_rounded_and_none_of_them_is_nan() -> None:
    analysis = make_analysis()
    measure = Measure(
        "talk_share",
        math.nan,
        "share",
        {"x": math.inf, "start": 1.23456},
        (Evidence(0.12345, 0.9999, "", "r"),),
    )
    document = document_of(dataclasses.replace(analysis, measures={"talk_share": measure}))
    assert document["recording"]["duration"] == 62.123457
    talk_share = document["measures"]["talk_share"]
    assert talk_share["value"] is None
    assert talk_share["components"] == {"x": None, "start": 1.235}
    assert (talk_share["evidence"][0]["start"], talk_share["evidence"][0]["end"]) == (0.123, 1.0)
    assert document["utterances"][0]["words"][1]["end"] == 3.3


SAMPLES = sorted((ROOT / "samples").glob("zh*.wav"))[:1]


@pytest.mark.weights
@pytest.mark.skipif(not SAMPLES, reason="there are no sample calls")
def test_a_sample_call_scored_by_the_whole_pipeline_is_as_the_page_says(tmp_path: Path) -> None:
    from callqa.analysers import make_factory
    from callqa.data import CallRequest

    analyser = make_factory(Settings(), None)()
    analysis = analyser.judge(analyser.analyse(CallRequest(str(SAMPLES[0]))))
    assert check(document_of(analysis)) == []
    assert analysis.facts.utterances
