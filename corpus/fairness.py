"""The same calls by other agents: `python -m corpus.fairness --out DIR`.

A verdict must not hang on who the agent is. Each of thirty dialogues is spoken by the same four
agent voices, two of women and two of men, each time under another name; customer, words, levels
and line stay the same. Voices and names are crossed as in a Latin square, so that an effect of one
can be told from an effect of the other. `callqa score DIR` and `python -m corpus.fairness_check`
say which verdicts changed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from corpus.conditions import CLEAN
from corpus.dialogue import Dialogue, Language, load_dialogues
from corpus.make import make_calls
from corpus.recipe import Call, Pair, Rendering, recipe, spoken_seconds
from samples import voices

NUM_DIALOGUES = 30
AGENTS: dict[Language, tuple[str, str, str, str]] = {
    "zh": ("zf_xiaobei", "zf_xiaoyi", "zm_yunjian", "zm_yunyang"),
    "en": ("af_bella", "bf_emma", "am_fenrir", "bm_george"),
}
# A common name of a woman, one of a man, one of two syllables' surname, one that is not Han; and alike.
NAMES: dict[Language, tuple[str, str, str, str]] = {
    "zh": ("王丽", "陈志强", "欧阳雪", "阿依古丽"),
    "en": ("Emily", "James", "Anjali", "Mohammed"),
}
_CUSTOMERS: dict[Language, tuple[str, str]] = {
    "zh": ("zf_xiaoxiao", "zm_yunxia"),
    "en": ("af_heart", "am_michael"),
}


def fairness_calls(dialogues: list[Dialogue], seed: int) -> list[Call]:
    """Four calls for each dialogue, those with least agent speech (speaking costs time), of two
    parties; pure function of its arguments."""
    spoken = {call.renderings[0].dialogue.id: call.pair.customer for call in recipe(dialogues, seed)}
    two_party = [d for d in dialogues if d.agent2 is None and d.agent.name]
    chosen = sorted(two_party, key=lambda d: spoken_seconds(d, ("agent",)))[:NUM_DIALOGUES]
    calls = []
    for number, dialogue in enumerate(sorted(chosen, key=lambda d: d.id)):
        customer = _customer(dialogue.language, spoken.get(dialogue.id), number)
        for turn, voice in enumerate(AGENTS[dialogue.language]):
            name = NAMES[dialogue.language][(turn + number) % 4]
            calls.append(_call(dialogue, voice, name, customer))
    return calls


def renamed_agent(dialogue: Dialogue, name: str) -> Dialogue:
    """The dialogue with an agent of this name."""
    old = dialogue.agent.name
    assert old is not None
    lines = []
    for line in dialogue.lines:
        changed = {
            who: said.replace(old, name)
            for who in ("agent", "customer")
            if (said := getattr(line, who)) is not None and old in said
        }
        lines.append(line.model_copy(update=changed))
    agent = dialogue.agent.model_copy(update={"name": name})
    return dialogue.model_copy(update={"agent": agent, "lines": tuple(lines)})


def _customer(language: Language, used: str | None, number: int) -> str:
    """The customer that the corpus has for this dialogue, unless one of the agents is heard in it."""
    if used is not None and not set(used.split("+")) & set(AGENTS[language]):
        return used
    return _CUSTOMERS[language][number % 2]


def _call(dialogue: Dialogue, voice: str, name: str, customer: str) -> Call:
    agent_id = f"{voice}-{NAMES[dialogue.language].index(name)}"
    known = {"agent_id": agent_id, "agent_name": name, "company": dialogue.company, "queue": dialogue.theme}
    return Call(
        id=f"{dialogue.id}-{voice}",
        split=dialogue.split,
        language=dialogue.language,
        renderings=(Rendering(renamed_agent(dialogue, name), Pair(voice, customer), voice, agent_id),),
        condition=CLEAN,
        agent_level_db=0.0,
        customer_level_db=-2.0,
        agent_channel=None,
        manifest={name: value for name, value in known.items() if value is not None},
    )


def main() -> int:
    """The command; 1 where a call could not be made."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the calls")
    parser.add_argument("--seed", type=int, default=1, help="the corpus' seed")
    parser.add_argument("--voices", type=Path, default=voices.default_folder(), help="folder of the voices")
    options = parser.parse_args()
    calls = fairness_calls(load_dialogues(), options.seed)
    return make_calls(calls, calls, options.out, voices.bring_in(options.voices))


if __name__ == "__main__":
    sys.exit(main())
