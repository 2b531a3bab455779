"""Which calls the corpus has: a pure function of the dialogues and a seed.

Every dialogue is spoken by one pair of voices. In each split some dialogues share one pair, the
house pair, so that a long call can be chained from them without anything being spoken for it.
Two of five dialogues are spoken a second time: the longest of those by the house pair,
the others with the same agent and another customer, for speaking is what costs time. Each such
rendering is then recorded under several conditions, which costs nearly nothing.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from corpus.conditions import CLEAN, LONG, Condition, deck, renamed
from corpus.dialogue import Dialogue, Language, Split, seconds_of

VOICES: dict[Language, tuple[str, ...]] = {
    # zf_xiaoni is left out: its words are hard to make out even unharmed.
    "zh": ("zf_xiaobei", "zf_xiaoxiao", "zf_xiaoyi", "zm_yunjian", "zm_yunxi", "zm_yunxia", "zm_yunyang"),
    "en": ("af_bella", "af_heart", "am_fenrir", "am_michael", "bf_emma", "bm_george"),
}
_WAIT = re.compile(
    r"稍等|等一下|等一会|稍候|别挂|hold|one moment|bear with me|a minute|a moment", re.IGNORECASE
)
_SHORT = 30.0
_FAST, _SLOW = 1.15, 0.9
# Shares of a split's dialogues: those the house pair speaks, those that are spoken twice, and those
# of the latter that the house pair speaks the second time.
_IN_HOUSE, _AGAIN, _AGAIN_IN_HOUSE = 0.36, 0.43, 0.14
_MONDAY = datetime(2025, 6, 2, 8, 30)


@dataclass(frozen=True, slots=True)
class Pair:
    """Names of voices; ``a+b`` lies halfway between two. `agent2` is the one a call is handed to."""

    agent: str
    customer: str
    agent2: str | None = None

    @property
    def same_sex(self) -> bool:
        """Whether agent and customer are both men or both women."""
        return self.agent[1] == self.customer[1]


@dataclass(frozen=True, slots=True)
class Rendering:
    """One dialogue in one pair's voices. `take` is ``a`` for the first and ``b`` for the second."""

    dialogue: Dialogue
    pair: Pair
    take: str
    agent_id: str | None

    @property
    def key(self) -> str:
        """Unique in the corpus."""
        return f"{self.dialogue.id}{self.take}"


@dataclass(frozen=True, slots=True)
class Call:
    """One recording to be made. More than one rendering, all of the same pair, is a long call.

    Levels are in dB against the common level. `manifest` is what a site knows of the call.
    """

    id: str
    split: Split
    language: Language
    renderings: tuple[Rendering, ...]
    condition: Condition
    agent_level_db: float
    customer_level_db: float
    agent_channel: int | None
    manifest: dict[str, str]

    @property
    def pair(self) -> Pair:
        """Who is heard."""
        return self.renderings[0].pair


def recipe(dialogues: list[Dialogue], seed: int) -> list[Call]:
    """All calls, the tuning split first."""
    voice_of = _agent_voices(dialogues, seed)
    calls: list[Call] = []
    for split in ("tuning", "reporting"):
        for language in ("zh", "en"):
            own = sorted(
                (d for d in dialogues if d.split == split and d.language == language), key=lambda d: d.id
            )
            if own:
                rng = np.random.default_rng([seed, zlib.crc32(f"{split} {language}".encode())])
                renderings = _renderings(own, language, voice_of, rng)
                dealt = _deal(renderings, language, rng)
                calls += [_call(split, language, (item,), how, rng) for item, how in dealt]
                if chain := _chain(renderings):
                    calls.append(_call(split, language, chain, LONG, rng))
    return calls


def spoken_seconds(dialogue: Dialogue, parties: tuple[str, ...] = ("agent", "customer")) -> float:
    """About how much speech these parties have in it."""
    return sum(seconds_of(dialogue, line) for line in dialogue.lines if line.party in parties)


def hold_line(dialogue: Dialogue) -> int | None:
    """After which line a caller could be put on hold: where there is music already, or where the
    agent asks the customer to wait and nobody talks into it."""
    lines = dialogue.lines
    for number, line in enumerate(lines):
        if line.music:
            return number
    for number, (line, after) in enumerate(pairwise(lines)):
        if line.party == "agent" and _WAIT.search(line.text) and not after.overlap and not after.under:
            return number
    return None


def clean_name(rendering: Rendering) -> str:
    """What a clean recording of it shows."""
    dialogue = rendering.dialogue
    if dialogue.agent2 is not None:
        return "transfer"
    if dialogue.seconds < _SHORT:
        return "short"
    if any(line.music for line in dialogue.lines):
        return "music"
    if dialogue.agent.speed >= _FAST:
        return "fast"
    if dialogue.agent.speed <= _SLOW:
        return "slow"
    return "same-sex" if rendering.pair.same_sex else "clean"


def _agent_voices(dialogues: list[Dialogue], seed: int) -> dict[str, str]:
    """One voice for each agent, in all of that agent's calls."""
    found: dict[str, str] = {}
    for language, voices in VOICES.items():
        agents = sorted({_agent_of(d) for d in dialogues if d.language == language})
        order: list[str] = []
        rng = np.random.default_rng([seed, zlib.crc32(language.encode())])
        while len(order) < len(agents):
            order += [str(voice) for voice in rng.permutation(voices)]
        found |= dict(zip(agents, order, strict=False))
    return found


def _agent_of(dialogue: Dialogue) -> str:
    return dialogue.agent.id or f"agent of {dialogue.id}"


def _renderings(
    own: list[Dialogue], language: Language, voice_of: dict[str, str], rng: np.random.Generator
) -> list[Rendering]:
    voices = VOICES[language]
    women = [voice for voice in voices if voice[1] == "f"]
    men = [voice for voice in voices if voice[1] == "m"]
    house = Pair(str(rng.choice(women)), str(rng.choice(men)))
    if rng.random() < 0.5:
        house = Pair(house.customer, house.agent)
    two_party = [d for d in own if d.agent2 is None]
    by_length = sorted(two_party, key=lambda d: -d.seconds)
    in_house = {d.id for d in by_length[: round(len(own) * _IN_HOUSE)]}
    # An agent keeps one voice in all calls.
    voice_of = voice_of | {_agent_of(d): house.agent for d in own if d.id in in_house}
    pool = _Customers(language, house, rng)
    first, second = [], []
    others = 0
    for dialogue in own:
        if dialogue.id in in_house:
            first.append(Rendering(dialogue, house, "a", dialogue.agent.id))
            continue
        agent = voice_of[_agent_of(dialogue)]
        # Two of three: the house pair is none.
        pair = pool.pair(agent, same_sex=others % 3 != 2)
        others += 1
        if dialogue.agent2 is not None:
            free = [voice for voice in voices if voice not in (pair.agent, *pair.customer.split("+"))]
            pair = Pair(pair.agent, pair.customer, str(rng.choice(free)))
        first.append(Rendering(dialogue, pair, "a", dialogue.agent.id))
    again = [d for d in by_length if d.id not in in_house and d.seconds >= _SHORT]
    by_house = max(1, round(len(own) * _AGAIN_IN_HOUSE))
    for number, dialogue in enumerate(again[: round(len(own) * _AGAIN)]):
        agent, agent_id = voice_of[_agent_of(dialogue)], dialogue.agent.id
        if number < by_house:
            # Another voice is another agent, of the same name.
            other = agent_id if agent == house.agent or agent_id is None else f"{agent_id}-2"
            second.append(Rendering(dialogue, house, "b", other))
        else:
            spoken = next(r.pair for r in first if r.dialogue.id == dialogue.id)
            pair = pool.pair(agent, same_sex=not spoken.same_sex)
            second.append(Rendering(dialogue, pair, "b", agent_id))
    return first + sorted(second, key=lambda r: r.key)


class _Customers:
    """Gives out customers' voices, each as seldom as possible: those of the model and, in
    Mandarin, where there are few, those halfway between two of one sex."""

    def __init__(self, language: Language, house: Pair, rng: np.random.Generator) -> None:
        voices = VOICES[language]
        blends = [f"{a}+{b}" for a in voices for b in voices if a < b and a[1] == b[1]]
        self._used = dict.fromkeys([*voices, *(blends if language == "zh" else [])], 0)
        self._used[house.customer] += 1
        self._rng = rng

    def pair(self, agent: str, same_sex: bool) -> Pair:
        """A customer for this agent, never one whose voice is half the agent's."""
        fit = [v for v in self._used if (v[1] == agent[1]) == same_sex and agent not in v.split("+")]
        least = min(self._used[voice] for voice in fit)
        customer = str(self._rng.choice([voice for voice in fit if self._used[voice] == least]))
        self._used[customer] += 1
        return Pair(agent, customer)


def _deal(
    renderings: list[Rendering], language: Language, rng: np.random.Generator
) -> list[tuple[Rendering, Condition]]:
    """One clean recording of each dialogue, then the deck, so that all renderings are recorded
    about equally often and none twice under one condition."""
    dealt = [(r, renamed(CLEAN, clean_name(r))) for r in renderings if r.take == "a"]
    names = {r.key: ["clean"] if r.take == "a" else [] for r in renderings}
    for condition in deck(language):
        fit = [r for r in renderings if condition.name not in names[r.key]]
        if condition.hold is not None:
            fit = [r for r in fit if hold_line(r.dialogue) is not None]
        if not fit:
            continue
        least = min(len(names[r.key]) for r in fit)
        fit = [r for r in fit if len(names[r.key]) == least]
        chosen = fit[int(rng.integers(len(fit)))]
        names[chosen.key].append(condition.name)
        name = clean_name(chosen) if condition is CLEAN else condition.name
        dealt.append((chosen, renamed(condition, name)))
    return sorted(dealt, key=lambda item: (item[0].key, item[1].name))


def _chain(renderings: list[Rendering]) -> tuple[Rendering, ...]:
    """The renderings of the pair that has most of them, beginning with an orderly greeting."""
    pairs = [r.pair for r in renderings if r.pair.agent2 is None]
    if not pairs:
        return ()
    house = max(pairs, key=pairs.count)
    own = [r for r in renderings if r.pair == house and r.dialogue.seconds >= _SHORT]
    own.sort(key=lambda r: (r.dialogue.greeting.late or not r.dialogue.greeting.company, r.key))
    return tuple(own) if len(own) > 1 else ()


def _call(
    split: Split,
    language: Language,
    renderings: tuple[Rendering, ...],
    condition: Condition,
    rng: np.random.Generator,
) -> Call:
    first = renderings[0]
    long = len(renderings) > 1
    if condition.level_difference_db is None:
        levels = (round(float(rng.uniform(-1, 2)), 1), round(float(rng.uniform(-6, 1)), 1))
    else:
        # As a rule it is the customer who is faint.
        loud, faint = 4.0, 4.0 - condition.level_difference_db
        levels = (faint, loud) if rng.random() < 0.25 else (loud, faint)
    two = condition.layout == "two_channel"
    agent_channel = int(rng.integers(2)) if two else None
    return Call(
        id=f"{split[0]}-{language}-long" if long else f"{first.key}-{condition.name}",
        split=split,
        language=language,
        renderings=renderings,
        condition=condition,
        agent_level_db=levels[0],
        customer_level_db=levels[1],
        agent_channel=agent_channel,
        manifest=_manifest(first, language, agent_channel if condition.leakage_db is None else None, rng),
    )


def _manifest(
    rendering: Rendering, language: Language, agent_channel: int | None, rng: np.random.Generator
) -> dict[str, str]:
    dialogue = rendering.dialogue
    started = _MONDAY + timedelta(days=int(rng.integers(14)), minutes=int(rng.integers(600)))
    known = {
        "agent_id": rendering.agent_id,
        "agent_name": dialogue.agent.name if rng.random() < 0.75 else None,
        "company": dialogue.company if rng.random() < 0.9 else None,
        "started_at": started.isoformat(),
        "queue": dialogue.theme,
        "agent_channel": None if agent_channel is None else str(agent_channel),
        "language": language if rng.random() < 0.5 else None,
    }
    return {name: value for name, value in known.items() if value is not None}
