import pytest

from callqa.config import MeasureSettings
from callqa.measures.pace import measure_pace
from tests.measures.factories import agent, customer, make_facts

SETTINGS = MeasureSettings()
TEN = "我帮您看一下这个月账单"  # eleven syllables


def test_rates_use_turn_time_and_speech_time() -> None:
    facts = make_facts(
        [agent(0, 4, TEN, speech_seconds=3.0), customer(5, 9, "好的谢谢你啊", speech_seconds=1)]
    )
    measures = measure_pace(facts, SETTINGS)
    assert measures["speaking_rate"].value == pytest.approx(60 * 11 / 4)
    assert measures["articulation_rate"].value == pytest.approx(60 * 11 / 3)
    assert measures["speaking_rate"].unit == "字/分"
    assert measures["articulation_rate"].components["syllables"] == 11


def test_digits_count_as_read() -> None:
    facts = make_facts([agent(0, 3, "一共168元")])
    assert measure_pace(facts, SETTINGS)["speaking_rate"].components["syllables"] == 8


def test_turn_without_words_is_left_out_of_the_time() -> None:
    facts = make_facts([agent(0, 4, TEN), agent(10, 18, None)])
    measures = measure_pace(facts, SETTINGS)
    assert measures["speaking_rate"].value == pytest.approx(60 * 11 / 4)
    assert measures["speaking_rate"].components["untranscribed_seconds"] == 8


def test_part_of_a_turn_without_words_is_left_out() -> None:
    facts = make_facts([agent(0, 6, TEN)], untranscribed=[(4, 6)])
    measures = measure_pace(facts, SETTINGS)
    assert measures["speaking_rate"].value == pytest.approx(60 * 11 / 4)
    assert measures["articulation_rate"].value == pytest.approx(60 * 11 / 4)


def test_wordless_turn_of_the_other_party_does_not_shorten_the_agents() -> None:
    facts = make_facts([agent(0, 4, TEN), customer(2, 3, None)])
    assert measure_pace(facts, SETTINGS)["speaking_rate"].components["turn_seconds"] == 4


def test_evidence_is_the_fastest_and_the_slowest_stretch() -> None:
    facts = make_facts([agent(0, 2, TEN), agent(3, 7, TEN), agent(8, 11, TEN), agent(12, 20, "好的")])
    evidence = measure_pace(facts, SETTINGS)["articulation_rate"].evidence
    assert [(item.start, item.end) for item in evidence] == [(0, 2), (3, 7)]
    assert "330" in evidence[0].reason
    assert evidence[0].quote == TEN


def test_short_utterances_have_no_rate_of_their_own() -> None:
    facts = make_facts([agent(0, 2, TEN), agent(3, 7, "好的")])
    rows = measure_pace(facts, SETTINGS)["speaking_rate"].components["utterances"]
    assert [row["speaking_rate"] for row in rows] == [330.0, None]


def test_acoustic_rate_says_how_far_it_is_from_the_words() -> None:
    facts = make_facts([agent(0, 4, TEN, nuclei=22), agent(5, 6, "好的", nuclei=90, overlapped=True)])
    measure = measure_pace(facts, SETTINGS)["acoustic_rate"]
    assert measure.value == pytest.approx(60 * 22 / 4)
    assert measure.components["disagreement"] == pytest.approx(1.0)


def test_english_counts_words_and_checks_syllables() -> None:
    facts = make_facts(
        [agent(0, 3, "thank you for calling us today how may I help", nuclei=12)], language="en"
    )
    measures = measure_pace(facts, SETTINGS)
    assert measures["speaking_rate"].unit == "words/min"
    assert measures["speaking_rate"].value == pytest.approx(60 * 10 / 3)
    assert measures["acoustic_rate"].components["syllables"] == 12


@pytest.mark.parametrize("lines", [[], [customer(0, 3, "我想查一下话费")], [agent(0, 3, None)]])
def test_nothing_to_time_is_no_rate(lines: list) -> None:
    for measure in measure_pace(make_facts(lines), SETTINGS).values():
        assert measure.value is None
        assert measure.reason


def test_uncertain_roles_have_no_rate() -> None:
    measures = measure_pace(make_facts([agent(0, 4, TEN)], certain=False), SETTINGS)
    assert {measure.value for measure in measures.values()} == {None}


def test_the_customers_lost_words_do_not_shorten_the_agents_turn() -> None:
    # They speak at once from 4 to 6; what the customer said there was not made out.
    facts = make_facts([customer(0, 6, TEN), agent(4, 10, TEN)], untranscribed=[(4.5, 5.5)])
    assert measure_pace(facts, SETTINGS)["speaking_rate"].components["turn_seconds"] == 6
