"""Eight weeks of a team: `python -m corpus.team --out DIR --seed 1`.

Twelve agents and two hundred short calls, made of the same matters, for what is told about people
over time: three agents have a weakness each, one greets badly until the coaching in the fifth week
and well from then on, one has three calls only, and everybody has a bad moment now and then. The
planted truth is written to DIR/team.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field

from corpus.conditions import CLEAN
from corpus.dialogue import Dialogue, Person
from corpus.make import make_calls
from corpus.recipe import Call, Pair, Rendering
from samples import voices
from samples.script import Closing, Greeting, Line

Weakness = Literal["pace", "interruptions", "jargon", "greeting"]

MATTERS = Path(__file__).parent / "team.yaml"
NUM_CALLS, NUM_WEEKS, COACHED_IN_WEEK, FEW_CALLS = 200, 8, 5, 3
FIRST_MONDAY = datetime(2025, 3, 3)
# How often somebody does what is not their weakness, and how often someone with the weakness shows it.
SLIP, HABIT = 0.06, 0.9
_FAST = 1.45
# Few, since every sentence of every voice has to be spoken once: an agent has a woman's or a man's voice, and
# customers are the other.
_VOICES = ("zf_xiaobei", "zm_yunyang")
_CUSTOMERS = {"zf_xiaobei": "zm_yunxia", "zm_yunyang": "zf_xiaoxiao"}
_NAMES = (
    "赵敏", "孙丽华", "周建国", "吴晓东", "郑佳", "王海燕",
    "冯磊", "陈志远", "褚婷", "卫红", "蒋大为", "沈浩",
)  # fmt: skip
_WEAK: dict[int, Weakness] = {2: "pace", 4: "interruptions", 7: "jargon", 9: "greeting"}
_SMALL = 11  # the agent with few calls


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TeamLine(_Part):
    """One line of a matter; see team.yaml."""

    agent: str | None = None
    customer: str | None = None
    jargon: str | None = None
    cut_in: float | None = Field(None, gt=0.5, le=3)


class Matter(_Part):
    """What a customer calls for."""

    id: str
    lines: tuple[TeamLine, ...] = Field(min_length=2)


class Matters(_Part):
    """team.yaml."""

    company: str
    greetings: dict[Literal["full", "short"], str]
    closing: tuple[TeamLine, ...]
    matters: tuple[Matter, ...]


@dataclass(frozen=True, slots=True)
class Agent:
    """One of the team. `until_week`: the weakness is gone from this week (1-8) on."""

    id: str
    name: str
    voice: str
    weakness: Weakness | None
    until_week: int | None
    calls: int


@dataclass(frozen=True, slots=True)
class Planned:
    """One call: whose, when, about what, and what goes wrong in it."""

    id: str
    agent: Agent
    started_at: datetime
    matter: str
    customer: str
    faults: tuple[Weakness, ...]

    @property
    def week(self) -> int:
        """1 for the first."""
        return (self.started_at - FIRST_MONDAY).days // 7 + 1


def team() -> list[Agent]:
    """The twelve, with how many calls each has."""
    share, extra = divmod(NUM_CALLS - FEW_CALLS, len(_NAMES) - 1)
    return [
        Agent(
            id=f"T{101 + number}",
            name=name,
            voice=_VOICES[number % len(_VOICES)],
            weakness="greeting" if number == _SMALL else _WEAK.get(number),
            until_week=COACHED_IN_WEEK if _WEAK.get(number) == "greeting" else None,
            calls=FEW_CALLS if number == _SMALL else share + (number < extra),
        )
        for number, name in enumerate(_NAMES)
    ]


def plan(seed: int) -> list[Planned]:
    """All calls in order of time; a pure function of the seed."""
    rng = np.random.default_rng(seed)
    matters = [matter.id for matter in load_matters().matters]
    planned = []
    for agent in team():
        for number in range(agent.calls):
            # Spread evenly over the weeks, on working days.
            week = number * NUM_WEEKS // agent.calls
            day, minutes = int(rng.integers(5)), int(rng.integers(540))
            started = FIRST_MONDAY + timedelta(weeks=week, days=day, hours=8, minutes=30 + minutes)
            planned.append(
                Planned(
                    id=f"{agent.id}-{number + 1:02}",
                    agent=agent,
                    started_at=started,
                    matter=matters[(number + int(agent.id[1:])) % len(matters)],
                    customer=_CUSTOMERS[agent.voice],
                    faults=tuple(_faults(agent, week + 1, rng)),
                )
            )
    return sorted(planned, key=lambda call: (call.started_at, call.id))


def load_matters() -> Matters:
    """team.yaml."""
    return Matters.model_validate(yaml.safe_load(MATTERS.read_text(encoding="utf-8")))


def dialogue_of(call: Planned, matters: Matters) -> Dialogue:
    """What is said in the call."""
    matter = next(matter for matter in matters.matters if matter.id == call.matter)
    full = "greeting" not in call.faults
    greeting = matters.greetings["full" if full else "short"].format(name=call.agent.name, id=call.agent.id)
    return Dialogue.model_construct(
        id=call.id,
        split="tuning",
        theme=call.matter,
        title=f"{call.agent.name} {call.matter}",
        shows=" ".join(call.faults) or "no fault",
        wording="written",
        language="zh",
        company=matters.company,
        agent=Person(name=call.agent.name, id=call.agent.id, speed=_FAST if "pace" in call.faults else 1.0),
        customer=Person(),
        agent2=None,
        greeting=Greeting(salutation=full, company=full, name=full, offer=full),
        closing=Closing(anything_else=True, farewell=True),
        expected=_expected(call),
        lines=(
            Line(agent=greeting),
            *_lines(matter.lines, call.faults),
            *_lines(matters.closing, ()),
        ),
    )


def team_calls(planned: Sequence[Planned]) -> list[Call]:
    """The calls as `corpus.make` makes them."""
    matters = load_matters()
    return [
        Call(
            id=call.id,
            split="tuning",
            language="zh",
            renderings=(
                Rendering(
                    dialogue_of(call, matters), Pair(call.agent.voice, call.customer), "a", call.agent.id
                ),
            ),
            condition=CLEAN,
            agent_level_db=0.0,
            customer_level_db=-2.0,
            agent_channel=None,
            manifest={
                "agent_id": call.agent.id,
                "agent_name": call.agent.name,
                "company": matters.company,
                "started_at": call.started_at.isoformat(),
                "queue": "hotline",
                "language": "zh",
            },
        )
        for call in planned
    ]


def main() -> int:
    """The command; 1 where a call could not be made."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the calls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--voices", type=Path, default=voices.default_folder(), help="folder of the voices")
    options = parser.parse_args()
    planned = plan(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    truth = {
        "first_day": FIRST_MONDAY.date().isoformat(),
        "coached_in_week": COACHED_IN_WEEK,
        "agents": [asdict(agent) for agent in team()],
        "calls": [
            {"id": call.id, "agent": call.agent.id, "week": call.week, "faults": call.faults}
            for call in planned
        ],
    }
    text = json.dumps(truth, ensure_ascii=False, indent=1) + "\n"
    (options.out / "team.json").write_text(text, encoding="utf-8")
    calls = team_calls(planned)
    return make_calls(calls, calls, options.out, voices.bring_in(options.voices))


def _faults(agent: Agent, week: int, rng: np.random.Generator) -> Iterator[Weakness]:
    faults: tuple[Weakness, ...] = ("pace", "interruptions", "jargon", "greeting")
    for fault in faults:
        weak = agent.weakness == fault and (agent.until_week is None or week < agent.until_week)
        if rng.random() < (HABIT if weak else SLIP):
            yield fault


def _lines(lines: Sequence[TeamLine], faults: Sequence[Weakness]) -> Iterator[Line]:
    for line in lines:
        if line.customer is not None:
            yield Line(customer=line.customer)
        else:
            said = line.jargon if line.jargon and "jargon" in faults else line.agent
            yield Line(agent=said, overlap=line.cut_in if "interruptions" in faults else None)


def _expected(call: Planned) -> dict[str, str]:
    """What the planted faults alone decide; pace is worked out from the spoken rate."""
    return {
        "greeting": "not_met，没有问好、公司和姓名" if "greeting" in call.faults else "met",
        "politeness": "met",
        "listening": "not_met，打断客户" if "interruptions" in call.faults else "met",
        "jargon": "not_met，术语没有解释" if "jargon" in call.faults else "met",
        "closing": "met",
        "guessing": "met",
        "privacy": "met",
        "transparency": "met",
    }


if __name__ == "__main__":
    sys.exit(main())
