"""How well roles are told: `python -m corpus.roles_check WORKSPACE TRUTH [WORKSPACE TRUTH …]`.

Scored one-channel calls of the samples and of the tuning half are judged by their words, with the
signs written by hand alone and with the learned one. Each is judged by a model that did not learn
from its dialogue: as it is, without the manifest, with a fifth of the syllables lost, and without
the first twenty seconds.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from callqa.config import Settings
from callqa.data import CallFacts, Role, TimeSpan, intersect, total_duration
from callqa.evaluation.truth import Truth
from callqa.pipeline import company_wordings, lexicons_of
from callqa.store import Store
from callqa.turns.role_model import RoleModel
from callqa.turns.roles import RoleContext, find_roles
from corpus.roles import Language, Lines, learn, read_lines

LOST_SHARE = 0.2
CUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Known:
    """A scored call, its dialogue, and the speaker who is the agent; None where one was found."""

    id: str
    facts: CallFacts
    agent: str | None


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="WORKSPACE TRUTH")
    folders: list[Path] = parser.parse_args().folders
    if len(folders) % 2:
        parser.error("each workspace needs its folder of truth")
    dialogues = list(read_lines())
    for workspace, truth in zip(folders[::2], folders[1::2], strict=True):
        results = compare(list(read_known(workspace, truth)), dialogues)
        print(f"{workspace}\n{'':28}{'by hand':>22}{'learned too':>22}")
        print(f"{'':28}" + f"{'right wrong unsure':>22}" * 2)
        for (language, variant), (before, after) in results.items():
            print(f"{language} {variant:25}{_cells(before)}{_cells(after)}")


def compare(
    calls: list[Known], dialogues: list[Lines]
) -> Mapping[tuple[str, str], tuple[Counter[str], Counter[str]]]:
    """Results by language and variant: without the learned sign, and with it."""
    found: dict[tuple[str, str], tuple[Counter[str], Counter[str]]] = defaultdict(
        lambda: (Counter(), Counter())
    )
    for call in calls:
        language: Language = "zh" if call.facts.language == "zh" else "en"
        others = [item for item in dialogues if not call.id.startswith(item.id)]
        if len(others) == len(dialogues):  # a chain of several dialogues
            continue
        learned = learn(others, language)
        for variant, facts in variants(call):
            for counter, model in zip(
                found[language, variant], (RoleModel(language, {}), learned), strict=True
            ):
                counter[judge(facts, call.agent, model)] += 1
    return found


def judge(facts: CallFacts, agent: str | None, model: RoleModel) -> str:
    """``right``, ``wrong`` or ``uncertain``."""
    lexicons, recording, settings = lexicons_of(facts.language), facts.recording, Settings()
    names = company_wordings(lexicons, recording.company, aliases=True)
    context = RoleContext(facts.language, lexicons, names, recording.agent_name, model)
    roles = find_roles(facts.turns, facts.utterances, context, settings.turns.role_confidence)
    if not roles.certain:
        return "uncertain"
    return "right" if roles.favoured == agent else "wrong"


def variants(call: Known) -> Iterator[tuple[str, CallFacts]]:
    """The call, and the same with less to go by."""
    facts = call.facts
    unnamed = dataclasses.replace(facts.recording, company=None, agent_name=None)
    yield "as it is", facts
    yield "without the manifest", dataclasses.replace(facts, recording=unnamed)
    yield "a fifth lost", lose(facts, LOST_SHARE, call.id)
    yield "first 20 s cut off", cut(facts, CUT_SECONDS)
    yield "both", cut(lose(facts, LOST_SHARE, call.id), CUT_SECONDS)


def lose(facts: CallFacts, share: float, seed: str) -> CallFacts:
    """The facts with a share of the characters (Mandarin) or words (English) not heard."""
    chance = random.Random(seed)
    kept = []
    for item in facts.utterances:
        words = []
        for word in item.words:
            parts = [word.text] if item.joiner else list(word.text)
            if text := "".join(part for part in parts if chance.random() >= share):
                words.append(dataclasses.replace(word, text=text))
        if words:
            kept.append(dataclasses.replace(item, words=tuple(words)))
    return dataclasses.replace(facts, utterances=tuple(kept))


def cut(facts: CallFacts, first: float) -> CallFacts:
    """The facts of what is said after `first` seconds."""
    kept = []
    for item in facts.utterances:
        if words := tuple(word for word in item.words if word.start >= first):
            kept.append(dataclasses.replace(item, start=words[0].start, words=words))
    turns = tuple(turn for turn in facts.turns if turn.end > first)
    return dataclasses.replace(facts, turns=turns, utterances=tuple(kept))


def read_known(workspace: Path, folder: Path) -> Iterator[Known]:
    """The scored one-channel calls that have a truth."""
    with Store.open(workspace) as store:
        by_file: dict[str, CallFacts] = {}
        for summary in store.summaries():
            stored = store.load(summary.id).analysis.facts
            by_file[Path(stored.recording.path).name] = stored
    for path in sorted(folder.glob("*.json")):
        truth = Truth.model_validate_json(path.read_text(encoding="utf-8"))
        facts = by_file.get(truth.file)
        if facts is not None and facts.recording.channels == 1:
            yield Known(truth.id, facts, _agent(facts, truth))


def _agent(facts: CallFacts, truth: Truth) -> str | None:
    """The speaker who shares most time with the true agent, less what they share with the customer."""
    shared: dict[str, float] = {}
    for speaker in sorted({turn.speaker for turn in facts.turns}):
        mine = [turn.span for turn in facts.turns if turn.speaker == speaker]
        by_role = {role: total_duration(intersect(mine, _spans(truth, role))) for role in Role}
        shared[speaker] = by_role[Role.AGENT] - by_role[Role.CUSTOMER]
    return max(shared, key=lambda name: shared[name]) if len(shared) > 1 else None


def _spans(truth: Truth, role: Role) -> list[TimeSpan]:
    return [turn.span for turn in truth.turns or () if turn.role is role]


def _cells(counts: Counter[str]) -> str:
    return f"{counts['right']:9}{counts['wrong']:6}{counts['uncertain']:7}"


if __name__ == "__main__":
    main()
