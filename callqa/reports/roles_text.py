"""A call whose roles wait for a person, told so that the person can decide in seconds."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from callqa.data import CallFacts
from callqa.reports.call_text import clock, print_line, share_word

NUM_WORDS = 3
MOST_CHARACTERS = 60
STRONG = 1.5
SLIGHT = 0.5

_SIGNS = {
    "zh": {
        "greets": "像坐席一样问候",
        "names_company": "开头报公司名称",
        "says_roster_name": "说出名册上的坐席姓名",
        "wording_agent_strong": "说只有坐席才说的话",
        "wording_agent": "说坐席常说的话",
        "wording_customer_strong": "对方说只有客户才说的话",
        "wording_customer": "对方说客户常说的话",
        "says_nin": "称“您”多于对方",
        "speaks_first": "先开口",
        "talks_like_agent": "整通话的说法像坐席",
        "sounds_like_agent": "声音像该坐席的其他通话",
    },
    "en": {
        "greets": "greets as an agent does",
        "names_company": "names the company at the start",
        "says_roster_name": "says the agent's name from the roster",
        "wording_agent_strong": "says what only agents say",
        "wording_agent": "says what agents often say",
        "wording_customer_strong": "the other one says what only customers say",
        "wording_customer": "the other one says what customers often say",
        "says_nin": "says 您 more than the other one",
        "speaks_first": "speaks first",
        "talks_like_agent": "talks like an agent throughout",
        "sounds_like_agent": "sounds like this agent in other calls",
    },
}
_STRENGTHS = {"zh": ("强", "中", "弱"), "en": ("strong", "fair", "slight")}
_NOTHING = {"zh": "没有", "en": "nothing"}
_POINTS = {"zh": "像坐席的迹象：", "en": "signs of being the agent: "}


def print_waiting(
    out: Console, facts: CallFacts, call_id: str, paths: Sequence[str], workspace_option: str = ""
) -> None:
    """One waiting call: for each speaker the seconds, the first words with their times, and the
    signs of being the agent; then the commands that settle it."""
    recording, roles = facts.recording, facts.roles
    known = " ".join(item for item in (recording.agent_name, recording.agent_id) if item)
    parts = [paths[0] if paths else recording.path, clock(recording.duration), facts.language]
    parts += [part for part in (known and f"agent {known}", recording.started_at) if part]
    print_line(out, Text(f"{call_id}  ", "bold").append("  ".join(parts), "default"))
    if roles.confidence is not None and roles.favoured is not None:
        print_line(out, f"  {share_word(roles.confidence)} for {roles.favoured}")
    speakers = speakers_of(facts)
    for speaker, seconds in speakers.items():
        print_line(out, Text(f"  {speaker}", "bold").append(f"  {seconds:.0f} s", "default"))
        for at, words in first_words(facts, speaker):
            print_line(out, f"    {clock(at):>7}  “{words}”")
        print_line(out, f"    {_POINTS[facts.language]}{describe_signs(facts, speaker)}")
    for speaker in speakers:
        print_line(out, f"  callqa roles {call_id} --agent {speaker}{workspace_option}")
    print_line(out, "")


def speakers_of(facts: CallFacts) -> dict[str, float]:
    """Each speaker's seconds of speech, in order of label."""
    seconds: dict[str, float] = {}
    for turn in facts.turns:
        seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + turn.duration
    return dict(sorted(seconds.items()))


def first_words(facts: CallFacts, speaker: str) -> list[tuple[float, str]]:
    """Where a speaker's first utterances begin, and their words, cut where they are long."""
    own = [item for item in facts.utterances if item.speaker == speaker][:NUM_WORDS]
    return [
        (item.start, item.text if len(item.text) <= MOST_CHARACTERS else f"{item.text[:MOST_CHARACTERS]}…")
        for item in own
    ]


def describe_signs(facts: CallFacts, speaker: str) -> str:
    """What points to `speaker` being the agent, the strongest first, in words."""
    roles, language = facts.roles, facts.language
    side = 1.0 if roles.favoured == speaker else -1.0
    pulls = {name: side * pull for name, pull in roles.signs.items() if side * pull > 0}
    words = [
        f"{_SIGNS[language].get(name, name)} ({_strength(pulls[name], language)})"
        for name in sorted(pulls, key=lambda name: -pulls[name])
    ]
    return ("；" if language == "zh" else "; ").join(words) or _NOTHING[language]


def _strength(pull: float, language: str) -> str:
    strong, fair, slight = _STRENGTHS[language]
    return strong if pull >= STRONG else fair if pull >= SLIGHT else slight
