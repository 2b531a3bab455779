"""The recipe: how many calls of which sort, and that nothing depends on anything but the seed."""

from __future__ import annotations

from collections import Counter
from functools import cache

from corpus.conditions import BY_NAME, deck
from corpus.dialogue import load_dialogues
from corpus.recipe import VOICES, Call, clean_name, hold_line, recipe
from corpus.scripts import body, script_of
from tests.corpus.conftest import dialogue, dialogues

# Names of clean recordings, which depend on what the dialogues happen to be.
_CLEAN = {"clean", "transfer", "short", "music", "fast", "slow", "same-sex"}


@cache
def _calls() -> list[Call]:
    return recipe(dialogues(), 1)


@cache
def _shipped() -> list[Call]:
    return recipe(load_dialogues(), 1)


def test_the_seed_alone_decides() -> None:
    again = list(reversed(dialogues()))
    assert recipe(again, 1) == _calls()
    assert recipe(again, 2) != _calls()


def test_there_are_enough_calls_of_the_corpus() -> None:
    calls = _shipped()
    languages = Counter(call.language for call in calls)
    assert languages["zh"] >= 120
    assert languages["en"] >= 40
    assert len({r.dialogue.id for call in calls for r in call.renderings}) >= 30
    names = {call.condition.name for call in calls}
    assert names >= {*BY_NAME, "transfer", "short", "music", "same-sex", "long", "fast", "slow"}
    used = {voice for call in calls for voice in (call.pair.agent, *call.pair.customer.split("+"))}
    assert set(VOICES["zh"]) <= used
    assert "zf_xiaoni" not in used
    pairs = {(r.dialogue.split, r.pair) for call in calls for r in call.renderings}
    assert sum(pair.same_sex for _, pair in pairs) >= len(pairs) / 3


def test_main_conditions_make_up_three_of_five_mandarin_calls() -> None:
    calls = [call for call in _shipped() if call.language == "zh"]
    main = [
        call
        for call in calls
        if call.condition.layout == "mono"
        and call.condition.snr_db >= 20
        and call.condition.kind[:3] == "wav"
    ]
    assert len(main) >= 0.6 * len(calls)


def test_both_halves_have_the_same_mix_and_share_no_dialogue() -> None:
    calls = _calls()
    halves = {s: [call for call in calls if call.split == s] for s in ("tuning", "reporting")}
    mixes = [
        Counter("clean" if c.condition.name in _CLEAN else c.condition.name for c in half)
        for half in halves.values()
    ]
    told = [{r.dialogue.id for call in half for r in call.renderings} for half in halves.values()]
    assert mixes[0] == mixes[1]
    assert not told[0] & told[1]


def test_ids_are_unique_and_every_dialogue_is_heard_clean_once() -> None:
    calls = _calls()
    assert len({call.id for call in calls}) == len(calls)
    clean = Counter(
        call.renderings[0].dialogue.id
        for call in calls
        if call.condition.name == clean_name(call.renderings[0]) and call.renderings[0].take == "a"
    )
    assert set(clean) == {d.id for d in dialogues()}


def test_renderings_are_recorded_about_equally_often() -> None:
    counts = Counter(call.renderings[0].key for call in _calls() if len(call.renderings) == 1)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_an_agent_keeps_one_voice_and_never_shares_the_customers() -> None:
    voices: dict[str, set[str]] = {}
    for call in _calls():
        for rendering in call.renderings:
            voices.setdefault(str(rendering.agent_id), set()).add(rendering.pair.agent)
            assert rendering.pair.agent not in rendering.pair.customer.split("+")
    assert all(len(names) == 1 for names in voices.values())


def test_a_long_call_is_one_pair_and_nothing_new() -> None:
    calls = _calls()
    spoken = {(r.dialogue.id, r.pair) for call in calls if len(call.renderings) == 1 for r in call.renderings}
    long = [call for call in calls if len(call.renderings) > 1]
    assert len(long) == 2
    for call in long:
        assert {rendering.pair for rendering in call.renderings} == {call.pair}
        assert {(r.dialogue.id, r.pair) for r in call.renderings} <= spoken


def test_a_chained_call_greets_and_takes_leave_once() -> None:
    call = next(call for call in _calls() if len(call.renderings) > 1)
    said = [line.text for line in script_of(call, "wav").lines]
    assert sum("请问有什么可以帮您" in text for text in said) == 1
    assert sum("再见" in text for text in said) == 1
    assert "再见" in said[-1]


def test_the_body_leaves_greeting_and_leave_out() -> None:
    assert body(dialogue()) == (1, 4)


def test_a_hold_comes_where_the_agent_asks_for_patience() -> None:
    assert hold_line(dialogue()) == 2
    assert hold_line(dialogue(lines=[{"agent": "您好。"}, {"customer": "你好。"}])) is None


def test_the_manifest_hides_the_channel_of_calls_with_leakage() -> None:
    for call in _calls():
        known = "agent_channel" in call.manifest
        assert known == (call.condition.layout == "two_channel" and call.condition.leakage_db is None)


def test_a_call_with_two_agents_has_three_voices_and_its_own_name() -> None:
    handed = dialogue(
        agent2={"name": "王强", "id": "B1"},
        lines=[{"agent": "您好。"}, {"customer": "我找专席。" * 20}, {"agent2": "您好，我是王强。" * 20}],
    )
    call = next(call for call in recipe([handed], 1) if call.condition.name == "transfer")
    assert len({call.pair.agent, call.pair.customer, call.pair.agent2}) == 3


def test_the_deck_names_known_conditions_only() -> None:
    assert {condition.name for condition in deck("zh") + deck("en")} <= set(BY_NAME)
