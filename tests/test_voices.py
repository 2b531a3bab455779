"""Agents known by their voice in a batch: off by default, taught by certain calls, by people."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import sqlite3
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callqa import analysers, cli, doctor
from callqa.batch import BatchResult, facts_key, judge_key, run_batch
from callqa.config import Settings
from callqa.data import CallAnalysis, CallFacts, CallRequest, Role
from callqa.data.voices import SpeakerVoice
from callqa.errors import StoreError
from callqa.evaluation.truth import load_truth
from callqa.pipeline import lexicons_of, role_context
from callqa.settling import with_roles
from callqa.store import Store
from callqa.store.sealing import KEY_VARIABLE, create_key
from callqa.turns.roles import VOICE, find_roles
from callqa.turns.voices import likeness, voice_print
from tests.measures.factories import agent, customer
from tests.measures.factories import make_facts as make_call
from tests.synthetic import make_analysis

A, B = "SPEAKER_00", "SPEAKER_01"
AGENT, OTHER = (1.0, 0.0, 0.1), (0.5, 0.8, 0.0)
ON = Settings(voices=True)
CLEAR = [
    agent(0.0, 4.0, "您好，中国移动，很高兴为您服务，请问有什么可以帮您？"),
    customer(4.5, 8.0, "我想查一下我这个月的话费。"),
    agent(8.5, 11.0, "好的，请您稍等，我帮您查询一下。"),
]
VAGUE = [agent(0.0, 4.0, "嗯，对。"), customer(4.5, 8.0, "是这样的。"), agent(8.5, 11.0, "行。")]


@dataclass
class Listener:
    """Stands in for the pipeline. The file's text says whether roles can be told by its words
    (``clear``) or not; the agent always sounds the same. `settings` as the pipeline takes them."""

    settings: Settings
    voices: tuple[SpeakerVoice, ...] = ()

    def analyse(self, request: CallRequest, hook: Callable[[str, float], None] | None = None) -> CallFacts:
        text = Path(request.path).read_text()
        facts = make_call(CLEAR if text.startswith("clear") else VAGUE)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        recording = dataclasses.replace(
            facts.recording, id=digest, path=request.path, agent_id=request.agent_id
        )
        facts = dataclasses.replace(facts, recording=recording)
        self.voices = ()
        if self.settings.voices and request.agent_id is not None:
            self.voices = (_voice(A, AGENT), _voice(B, OTHER))
        known = request.agent_voice
        alike = {} if known is None else likeness(self.voices, known)
        context = role_context(recording, "zh", lexicons_of("zh"), self.settings, alike)
        return with_roles(facts, find_roles(facts.turns, facts.utterances, context, 0.8))

    def judge(self, facts: CallFacts) -> CallAnalysis:
        return make_analysis(facts)


@dataclass(frozen=True)
class ListenerFactory:
    settings: Settings

    def __call__(self) -> Listener:
        return Listener(self.settings)


def _voice(speaker: str, vector: tuple[float, ...]) -> SpeakerVoice:
    unit = voice_print([SpeakerVoice(speaker, vector, 1.0, "ge2e")])
    assert unit is not None
    return SpeakerVoice(speaker, unit.vector, 12.0, "ge2e")


class Desk:
    """A workspace and files to score into it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = root / "ws"

    def score(self, *names: str, settings: Settings = ON, jobs: int = 1, force: bool = False) -> BatchResult:
        requests = []
        for name in names:
            file, _, agent_id = name.partition("@")
            (self.root / file).write_text(file)
            requests.append(CallRequest(str(self.root / file), agent_id=agent_id or None))
        with Store.open(self.workspace, create=True) as store:
            return run_batch(
                requests,
                store,
                ListenerFactory(settings),
                settings=settings,
                rubrics_digest="r1",
                workspace=self.workspace,
                jobs=jobs,
                force=force,
            )

    def facts(self, name: str) -> CallFacts:
        with Store.open(self.workspace) as store:
            return store.load(store.find(str(self.root / name))).analysis.facts

    def rows(self) -> list[tuple[str, bool]]:
        """Speaker of each kept voice, and whether it teaches."""
        with sqlite3.connect(self.workspace / "callqa.db") as connection:
            rows = connection.execute("SELECT speaker, teaches FROM voices ORDER BY added_at, speaker")
            return [(speaker, bool(teaches)) for speaker, teaches in rows]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    key = tmp_path / "keys" / "voices.key"
    create_key(key, tmp_path / "ws")
    monkeypatch.setenv(KEY_VARIABLE, str(key))
    return Desk(tmp_path)


def test_off_by_default_nothing_is_kept(desk: Desk) -> None:
    assert not Settings().voices
    desk.score("clear1@A1", "vague1@A1", settings=Settings())
    assert desk.rows() == []
    assert not desk.facts("vague1").roles.certain


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_agent_is_known_by_the_voice_whatever_the_order(desk: Desk, jobs: int) -> None:
    desk.score("vague1@A1", "clear1@A1", "vague2@A1", "vague3@B2", "vague4", jobs=jobs)
    for name in ("vague1", "vague2"):
        roles = desk.facts(name).roles
        assert (roles.certain, roles.source, roles.speakers[A]) == (True, "signs", Role.AGENT)
        assert roles.signs[VOICE] > 0
    # Another agent's number, or none: nothing is known of the voice.
    assert not desk.facts("vague3").roles.certain
    assert not desk.facts("vague4").roles.certain
    # The certain call keeps the agent's voice, the waiting one both, those told by voice none.
    assert sorted(desk.rows()) == [(A, False), (A, True), (B, False)]


def test_switching_voices_off_forgets_what_a_call_had_kept(desk: Desk) -> None:
    desk.score("clear1@A1")
    assert desk.rows() == [(A, True)]
    desk.score("clear1@A1", settings=Settings(), force=True)
    assert desk.rows() == []


def test_a_call_of_another_number_no_longer_teaches_the_first(desk: Desk) -> None:
    desk.score("clear1@A1")
    desk.score("clear1@B2")
    assert desk.facts("clear1").recording.agent_id == "B2"
    assert desk.rows() == []


def test_without_a_key_nothing_is_stored_and_it_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, str(desk.root / "none.key"))
    with pytest.raises(StoreError, match="voices are only kept encrypted, and there is no key") as error:
        desk.score("clear1@A1")
    assert "callqa voices init" in error.value.hint
    assert desk.rows() == []


def test_voices_are_part_of_the_facts_key_only_where_they_are_on() -> None:
    request = CallRequest("a.wav")
    off = facts_key(Settings(), request)
    assert off == facts_key(Settings(voice_key_file="k"), request)
    assert off != facts_key(ON, request)
    assert judge_key(Settings(), "r") == judge_key(ON, "r")


def test_a_request_carries_a_print_to_a_worker() -> None:
    known = voice_print([_voice(A, AGENT)])
    request = CallRequest("a.wav", agent_voice=known)
    assert pickle.loads(pickle.dumps(request)) == request
    assert "1.0" not in repr(request)


class Cli:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def __call__(self, *arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(cli.app, [*arguments, "--workspace", str(self.desk.workspace)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setattr(analysers, "make_factory", lambda settings, *rest: ListenerFactory(settings))
    monkeypatch.chdir(desk.root)
    return Cli(desk)


def test_what_a_person_settles_teaches_the_voice_and_settles_other_calls(run: Cli, desk: Desk) -> None:
    desk.score("vague1@A1", "vague2@A1", "vague3@B2")
    text = run("roles")
    assert text.count("callqa roles ") == 2 * 3 + 1
    assert "3 calls" in text
    text = run("roles", "vague1", "--agent", A, "--by", "chen")
    assert "SPEAKER_00 is the agent of" in text
    assert text.count("the agent is known by the voice now") == 1
    assert desk.facts("vague2").roles.speakers[A] is Role.AGENT
    assert not desk.facts("vague3").roles.certain
    desk.score("vague4@A1")
    assert desk.facts("vague4").roles.certain
    # Taken back, it no longer teaches.
    run("roles", "vague1", "--auto")
    assert not desk.facts("vague1").roles.certain
    desk.score("vague5@A1")
    assert not desk.facts("vague5").roles.certain


def test_voices_are_listed_and_forgotten(run: Cli, desk: Desk) -> None:
    desk.score("clear1@A1", "clear2@A1", "clear3@B2")
    text = run("voices", "list")
    assert "A1" in text
    assert "24" in text
    assert "whose voice?" in run_error(run, "voices", "forget")
    assert "there are A1, B2" in run_error(run, "voices", "forget", "C3")
    assert "2 voices deleted" in run("voices", "forget", "A1")
    desk.score("vague1@A1")
    assert not desk.facts("vague1").roles.certain
    assert "delete the key too" in run("voices", "forget", "--all")
    assert "no voices are kept" in run("voices", "list")


def test_a_key_is_made_once(run: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, str(desk.root / "new.key"))
    assert "readable by you alone" in run("voices", "init")
    assert "a key already" in run_error(run, "voices", "init")


def run_error(run: Cli, *arguments: str) -> str:
    result = CliRunner().invoke(cli.app, [*arguments, "--workspace", str(run.desk.workspace)])
    assert result.exit_code == 2
    return result.output


SAMPLES = Path(__file__).parent.parent / "samples"


def _piece(path: Path, sample: str, start: float, end: float) -> CallRequest:
    """The middle of a sample call, where neither greeting nor farewell tells the agent."""
    from callqa.audio.decode import decode

    (source,) = SAMPLES.glob(f"{sample}.*")
    samples = decode(source, 16_000).samples[0, round(start * 16_000) : round(end * 16_000)]
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", "NONE"))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return CallRequest(str(path), agent_id="U3106", company="中国联通", language="zh")


@pytest.mark.weights
def test_a_settled_call_changes_its_scorecard_and_the_agents_next_call_is_certain(desk: Desk) -> None:
    settings = Settings.model_validate({"voices": True, "turns": {"role_confidence": 0.9}})
    factory = analysers.make_factory(settings, None)
    first = _piece(desk.root / "first.wav", "zh08", 38, 58)
    second = _piece(desk.root / "second.wav", "zh03", 14, 34)

    def score(request: CallRequest, force: bool = False) -> CallAnalysis:
        with Store.open(desk.workspace, create=True) as store:
            result = run_batch(
                [request],
                store,
                factory,
                settings=settings,
                rubrics_digest="r1",
                workspace=desk.workspace,
                force=force,
            )
            assert result.failures == []
            return store.load(result.call_ids[0]).analysis

    waiting = score(first)
    assert not waiting.facts.roles.certain
    assert desk.rows() == [(A, False), (B, False)]
    # Nothing known of the voice: the agent's other call is not told either.
    assert not score(second).facts.roles.certain
    agent_is = max((A, B), key=lambda speaker: agent_share(waiting.facts, "zh08", 38, speaker))
    result = CliRunner().invoke(
        cli.app, ["roles", first.path, "--agent", agent_is, "--workspace", str(desk.workspace)]
    )
    assert result.exit_code == 0, result.output
    with Store.open(desk.workspace) as store:
        settled = store.load(waiting.facts.recording.id).analysis
        told = store.load(store.find(second.path)).analysis
    assert settled.scorecard.judged_share > waiting.scorecard.judged_share
    verdicts = {item.id: item.verdict for item in settled.scorecard.criteria}
    assert verdicts != {item.id: item.verdict for item in waiting.scorecard.criteria}
    # The other call waited as well; now it is told by the voice, and so it is when scored anew.
    for analysis in (told, score(second, force=True)):
        roles = analysis.facts.roles
        assert roles.certain
        assert roles.signs[VOICE] > 1
        (speaker,) = [name for name, role in roles.speakers.items() if role is Role.AGENT]
        assert agent_share(analysis.facts, "zh03", 14, speaker) > 0.9


def agent_share(facts: CallFacts, sample: str, start: float, speaker: str) -> float:
    """How much of a speaker's time in a piece of a sample is the agent's by the truth."""
    truth = load_truth(SAMPLES / "truth" / f"{sample}.json")
    own = [turn for turn in facts.turns if turn.speaker == speaker]
    shared = sum(
        max(0.0, min(turn.end, true.end - start) - max(turn.start, true.start - start))
        for turn in own
        for true in truth.turns
        if true.role is Role.AGENT
    )
    return shared / sum(turn.duration for turn in own)


def test_doctor_says_whose_voices_are_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (check,) = doctor._voices(desk.workspace)
    assert check.ok
    assert "none are kept" in check.detail
    desk.score("clear1@A1", "clear2@B2")
    (check,) = doctor._voices(desk.workspace)
    assert check.ok
    assert "of 2 agents are kept, encrypted: biometric personal data" in check.detail
    monkeypatch.setenv(KEY_VARIABLE, str(desk.root / "none.key"))
    (check,) = doctor._voices(desk.workspace)
    assert not check.ok
    assert not check.required
    assert "no key" in check.detail
