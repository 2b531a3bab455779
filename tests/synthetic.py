"""A call with every field of every value set, and a tiny analyser that needs no audio models."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from callqa.data import (
    CallAnalysis,
    CallFacts,
    CallRequest,
    Coverage,
    CriterionResult,
    Evidence,
    Measure,
    Provenance,
    Recording,
    RemovedText,
    Role,
    Roles,
    RubricRef,
    Scorecard,
    TimeSpan,
    ToneWindow,
    Turn,
    TurnAcoustics,
    Utterance,
    Verdict,
    Word,
)
from callqa.errors import AudioError

CRITERIA = [
    "greeting",
    "pace",
    "politeness",
    "listening",
    "jargon",
    "closing",
    "guessing",
    "privacy",
    "transparency",
]


def make_facts(recording_id: str = "0123456789abcdef", path: str = "calls/李娜.wav") -> CallFacts:
    """Facts of a short call between SPEAKER_00 (agent) and SPEAKER_01."""
    words = (Word(0.5, 1.1, "您好，", 0.98), Word(1.1, 3.30001, "这里是中国移动。", 0.91))
    return CallFacts(
        recording=Recording(
            id=recording_id,
            path=path,
            duration=62.123456789,
            sample_rate=8000,
            channels=2,
            agent_id="A1023",
            agent_name="李娜",
            started_at="2025-03-04T09:15:00",
            company="中国移动",
            queue="宽带",
            agent_channel=0,
            language="zh",
            notes=("The file is named .mp3 but holds WAV; give it the ending .wav.",),
        ),
        language="zh",
        turns=(Turn(0.5, 3.4, "SPEAKER_00", 0, Role.AGENT), Turn(3.1, 9.0, "SPEAKER_01", 1, Role.CUSTOMER)),
        roles=Roles(
            certain=True,
            confidence=0.97,
            source="signs",
            speakers={"SPEAKER_00": Role.AGENT, "SPEAKER_01": Role.CUSTOMER},
            favoured="SPEAKER_00",
            signs={"greeting": 3.2, "wording": 0.1 + 0.2},
            settled_by="chen",
            settled_at="2025-03-05T08:00:00+00:00",
        ),
        utterances=(
            Utterance(0.5, 3.4, "SPEAKER_00", words, 0, Role.AGENT, ""),
            Utterance(3.1, 9.0, "SPEAKER_01", (Word(3.2, 8.8, "喂你好", 0.5),), 1, Role.CUSTOMER, ""),
        ),
        coverage=Coverage(
            speech_seconds=8.8,
            untranscribed_seconds=1.25,
            untranscribed=(TimeSpan(7.5, 8.75),),
            removed=(RemovedText(10.0, 12.0, "谢谢观看", "no speech under it"),),
        ),
        acoustics=(
            TurnAcoustics(
                0.5,
                3.4,
                "SPEAKER_00",
                2.6,
                11,
                True,
                (ToneWindow(0.5, 1.0, 210.5, -23.4), ToneWindow(1.0, 1.5, None, -60)),
            ),
            TurnAcoustics(3.1, 9.0, "SPEAKER_01", 5.1, 20),
        ),
        status="scored",
    )


def make_analysis(facts: CallFacts | None = None, score: float | None = 81.5) -> CallAnalysis:
    """A judged call: a value of every kind among the measures, every verdict on the card."""
    facts = facts or make_facts()
    said = Evidence(0.5, 1.1, "您好，", "the salutation", 0.98)
    silent = Evidence(20.0, 24.5, "", "both were silent for 4.5 s")
    verdicts = list(Verdict) + [Verdict.MET] * 4
    return CallAnalysis(
        facts=facts,
        measures={
            "greeting": Measure(
                "greeting",
                {"salutation": True, "company": True, "name": False, "offer": None},
                "found",
                {"late": False},
                (said,),
            ),
            "talk_share": Measure(
                "talk_share", 1 / 3, "share", {"agent_seconds": 2.9, "customer_seconds": 5.9}
            ),
            "agent_interruptions": Measure("agent_interruptions", 0, "count"),
            "dead_air": Measure(
                "dead_air",
                4.5,
                "seconds",
                {"spans": [{"start": 20.0, "end": 24.5, "announced": None}]},
                (silent,),
            ),
            "response_latency": Measure(
                "response_latency", None, "seconds", {}, (), "The customer never asked anything."
            ),
        },
        scorecard=Scorecard(
            rubric=RubricRef("telecom-zh", "1.0"),
            score=score,
            judged_share=0.85,
            criteria=tuple(
                CriterionResult(
                    name,
                    verdict,
                    {Verdict.MET: 1.0, Verdict.PARTLY_MET: 0.5, Verdict.NOT_MET: 0.0}.get(verdict),
                    10.0 + index,
                    index == 2,
                    f"Because of {name}.",
                    (said, silent) if index < 3 else (),
                )
                for index, (name, verdict) in enumerate(zip(CRITERIA, verdicts, strict=True))
            ),
            capped_by="politeness",
            notes=("roles were set by hand",),
        ),
        provenance=Provenance(
            "0.1.0", {"recogniser": "whisper-base@d01c"}, "abcdef012345", "2025-03-05T01:02:03+00:00"
        ),
    )


@dataclass
class TinyAnalyser:
    """Stands in for the pipeline. A file's text steers it: ``bad`` is no audio, ``crash`` kills
    the process, ``slow`` takes `delay` seconds, ``interrupt`` is Ctrl-C. Each analysis is one
    line in `log`."""

    log: str
    delay: float = 0.0
    score: float = 80.0

    def analyse(self, request: CallRequest, hook: Callable[[str, float], None] | None = None) -> CallFacts:
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(f"{os.getpid()} {Path(request.path).name}\n")
        content = Path(request.path).read_bytes()
        if hook is not None:
            hook("turns", 0.5)
        time.sleep(self.delay)
        if content.startswith(b"bad"):
            raise AudioError(f"{request.path} is not audio.", "Give a recording.")
        if content.startswith(b"crash"):
            os.kill(os.getpid(), signal.SIGKILL)
        if content.startswith(b"interrupt"):
            raise KeyboardInterrupt
        if content.startswith(b"bug"):
            raise ZeroDivisionError("a bug")
        if content.startswith(b"full"):
            raise OSError(28, "No space left on device")
        facts = make_facts(hashlib.sha256(content).hexdigest()[:16], request.path)
        given = {
            field: getattr(request, field) for field in ("agent_id", "agent_name", "started_at", "company")
        }
        return dataclasses.replace(facts, recording=dataclasses.replace(facts.recording, **given))

    def judge(self, facts: CallFacts) -> CallAnalysis:
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(f"judge {Path(facts.recording.path).name}\n")
        return make_analysis(facts, self.score)


@dataclass(frozen=True)
class TinyFactory:
    """Makes `TinyAnalyser`s, also in another process."""

    log: str
    delay: float = 0.0
    score: float = 80.0

    def __call__(self) -> TinyAnalyser:
        return TinyAnalyser(self.log, self.delay, self.score)
