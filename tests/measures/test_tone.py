import pytest

from callqa.config import MeasureSettings
from callqa.data import ToneWindow
from callqa.measures.tone import measure_raised_voice
from tests.measures.factories import Line, agent, customer, make_facts

SETTINGS = MeasureSettings()
CALM, RAISED = (150.0, -25.0), (200.0, -17.0)


def windows(start: float, *levels: tuple[float | None, float]) -> tuple[ToneWindow, ...]:
    return tuple(
        ToneWindow(start + i / 2, start + (i + 1) / 2, pitch, loud) for i, (pitch, loud) in enumerate(levels)
    )


def calm(start: float) -> Line:
    return agent(start, start + 5, "这个月您用了十兆流量", windows=windows(start, *[CALM] * 10))


def test_two_raised_windows_are_an_event_with_its_words() -> None:
    loud = agent(6, 8, "我说过了啊", windows=windows(6, CALM, RAISED, RAISED, CALM))
    measure = measure_raised_voice(make_facts([calm(0), loud]), SETTINGS)
    assert measure.value == 1
    event = measure.components["events"][0]
    assert (event["start"], event["end"], event["loudness_db_above"]) == (6.5, 7.5, 8.0)
    assert event["semitones_above"] == pytest.approx(5.0, abs=0.05)
    assert measure.evidence[0].quote in loud.text
    assert measure.evidence[0].quote


@pytest.mark.parametrize(
    "levels",
    [
        [CALM, RAISED, CALM, RAISED],  # single windows
        [CALM, (150.0, -15.0), (150.0, -15.0), CALM],  # loud, not higher
        [CALM, (220.0, -25.0), (220.0, -25.0), CALM],  # higher, not louder
        [CALM, (None, -10.0), (None, -10.0), CALM],  # no pitch
    ],
)
def test_what_is_no_raised_voice(levels: list) -> None:
    measure = measure_raised_voice(
        make_facts([calm(0), agent(6, 8, "好", windows=windows(6, *levels))]), SETTINGS
    )
    assert measure.value == 0
    assert measure.evidence == ()


def test_overlapped_speech_does_not_count() -> None:
    raised = windows(6, RAISED, RAISED, RAISED)
    flagged = agent(6, 8, "好", windows=raised, overlapped=True)
    assert measure_raised_voice(make_facts([calm(0), flagged]), SETTINGS).value == 0
    crossed = [calm(0), agent(6, 8, "好", windows=raised), customer(6.2, 7.4, "不是")]
    assert measure_raised_voice(make_facts(crossed), SETTINGS).value == 0


def test_too_few_windows_are_no_level() -> None:
    measure = measure_raised_voice(
        make_facts([agent(0, 2, "好", windows=windows(0, CALM, RAISED))]), SETTINGS
    )
    assert measure.value is None
    assert measure.reason


def test_needs_to_know_the_agent() -> None:
    assert measure_raised_voice(make_facts([calm(0)], certain=False), SETTINGS).value is None
