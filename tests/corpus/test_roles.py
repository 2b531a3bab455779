"""Learning who talks like an agent, and the shipped weights."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from callqa.data import CallFacts, Coverage, Recording, Roles
from callqa.turns.role_model import RoleModel, features, model_path
from corpus.roles import LANGUAGES, Language, Lines, as_json, learn, read_lines
from corpus.roles_check import Known, compare, cut, judge, lose, variants
from tests.turns.talk import talk

A, B = "SPEAKER_00", "SPEAKER_01"
ASKS, ANSWERS = "您报一下号码", "我不晓得啊"


def _lines(name: str, agent: str, customer: str) -> Lines:
    return Lines(name, "zh", (("agent", agent), ("customer", customer)))


def _facts(*lines: tuple[str, str]) -> CallFacts:
    turns, utterances = talk(*lines)
    return CallFacts(
        recording=Recording("1", "z01a.wav", 60.0, 8000, 1, company="中国移动", agent_name="李娜"),
        language="zh",
        turns=tuple(turns),
        roles=Roles(False, None, "signs"),
        utterances=tuple(utterances),
        coverage=Coverage(0.0, 0.0),
        acoustics=(),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_weights_are_those_of_the_dialogues(language: Language) -> None:
    model = learn(read_lines(), language)
    shipped = model_path(language).read_text(encoding="utf-8")
    assert shipped == as_json(model), "run `python -m corpus.roles`"


def test_the_reporting_half_is_not_learned_from(tmp_path: Path) -> None:
    body = "language: zh\nlines:\n  - {agent: 您好}\n  - {customer: 喂}\n  - {music: 3}\n"
    (tmp_path / "a.yaml").write_text("id: a\nsplit: tuning\n" + body, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("id: b\nsplit: reporting\n" + body, encoding="utf-8")
    (tmp_path / "c.yaml").write_text("id: c\n" + body, encoding="utf-8")
    assert list(read_lines([tmp_path])) == [_lines("a", "您好", "喂"), _lines("c", "您好", "喂")]


def test_weights_point_to_the_party_that_says_it() -> None:
    model = learn([_lines("a", ASKS, ANSWERS), _lines("b", ASKS, ANSWERS)], "zh")
    assert model.score([ASKS]) > 0 > model.score([ANSWERS])


def test_what_one_dialogue_alone_says_is_not_learned() -> None:
    model = learn([_lines("a", ASKS, ANSWERS), _lines("b", ASKS, "喂")], "zh")
    assert set(model.weights) == set(features(ASKS, "zh"))


def test_the_file_says_what_was_learned() -> None:
    assert json.loads(as_json(RoleModel("zh", {"lin hao": 1.2345})))["weights"] == {"lin hao": 1.23}


def test_a_call_is_judged_by_what_other_dialogues_taught() -> None:
    call = Known("z01a-clean", _facts((A, ANSWERS), (B, ASKS)), B)
    alike = [_lines("z02", ASKS, ANSWERS), _lines("z03", ASKS, ANSWERS)]
    taught = compare([call], [*alike, _lines("z01", ANSWERS, ASKS)])
    assert taught["zh", "as it is"][1] == Counter(right=1)
    alone = compare([call], [_lines("z01", ASKS, ANSWERS), _lines("z02", ASKS, ANSWERS)])
    assert alone["zh", "as it is"][0] == alone["zh", "as it is"][1]
    assert compare([call], alike) == {}


def test_a_result_is_right_wrong_or_uncertain() -> None:
    nothing = RoleModel("zh", {})
    facts = _facts((A, "您好，请问有什么可以帮您？"), (B, "我想查一下我的话费。"))
    assert judge(facts, A, nothing) == "right"
    assert judge(facts, B, nothing) == "wrong"
    assert judge(_facts((A, "嗯。"), (B, "啊。")), A, nothing) == "uncertain"


def test_the_variants_have_less_to_go_by() -> None:
    facts = _facts((A, "您好" * 60), (B, "喂你好"))
    made = dict(variants(Known("z01a", facts, A)))
    assert made["as it is"] == facts
    assert made["without the manifest"].recording.company is None
    assert made["without the manifest"].recording.agent_name is None
    assert len(made["a fifth lost"].utterances[0].text) < 110
    assert all(item.start >= 20 for item in made["both"].utterances)


def test_lost_syllables_are_the_same_every_time() -> None:
    facts = _facts((A, "您好" * 40))
    assert lose(facts, 0.2, "a") == lose(facts, 0.2, "a") != lose(facts, 0.2, "b")
    assert lose(facts, 1.0, "a").utterances == ()


def test_what_is_cut_off_is_gone_from_words_and_turns() -> None:
    facts = _facts((A, "您好"), (B, "喂你好喂你好"))
    late = cut(facts, 2.0)
    assert [item.speaker for item in late.utterances] == [B]
    assert late.utterances[0].start >= 2.0
    assert [turn.speaker for turn in late.turns] == [B]
