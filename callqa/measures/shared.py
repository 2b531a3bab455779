"""What several measures need: sentences in the call's language, turns with their words, quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from callqa.config import MeasureSettings
from callqa.data import (
    CallFacts,
    Evidence,
    Measure,
    Role,
    TimeSpan,
    Turn,
    TurnAcoustics,
    Utterance,
    Word,
    intersect,
    merge_spans,
    subtract,
    total_duration,
)
from callqa.language import count_syllables

# What a listener says while the other party speaks. Longer runs of these are still no floor-taking.
_BACKCHANNEL_CHARS = frozenset("嗯啊哦噢喔呃唉哎诶欸对是的好行哈没错")
_BACKCHANNEL_WORDS = {
    *("mm", "mhm", "mm-hm", "mmhmm", "hmm", "hm", "uh", "uh-huh", "um", "ah", "oh", "yeah", "yes", "yep"),
    *("yup", "ok", "okay", "right", "sure", "alright", "good"),
}
_BETWEEN_WORDS = 0.6  # seconds between words in which nothing is missing
_PUNCTUATION = "，。？！、；：,.?!;:…·~～—-\"'“”‘’（）() "


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A turn with the words and the acoustics that belong to it, None where it has none.

    `untranscribed` are the parts of the turn that have no words, all of it where there is no
    utterance.
    """

    turn: Turn
    utterance: Utterance | None
    acoustics: TurnAcoustics | None
    untranscribed: tuple[TimeSpan, ...] = ()

    @property
    def untranscribed_seconds(self) -> float:
        """Seconds of the turn that have no words."""
        return total_duration(self.untranscribed)

    @property
    def text(self) -> str:
        """The words, "" where nothing was recognised."""
        return self.utterance.text if self.utterance else ""


def say(language: str, zh: str, en: str) -> str:
    """The sentence in the call's language."""
    return zh if language == "zh" else en


def spoken_turns(facts: CallFacts) -> tuple[SpokenTurn, ...]:
    """Every turn with its utterance (same speaker, start and end) and its acoustics (same index)."""
    utterances = {_key(item): item for item in facts.utterances}
    wordless = [turn for turn in facts.turns if _key(turn) not in utterances]
    holes = [(hole, _explained_by(hole, wordless)) for hole in facts.coverage.untranscribed]
    matched = []
    for i, turn in enumerate(facts.turns):
        utterance = utterances.get(_key(turn))
        acoustics = facts.acoustics[i] if i < len(facts.acoustics) else None
        missing: tuple[TimeSpan, ...] = (turn.span,)
        if utterance is not None:
            theirs = [hole for hole, speakers in holes if not speakers - {turn.speaker}]
            missing = subtract(intersect([turn.span], theirs), _worded_in_overlap(utterance, facts.turns))
        matched.append(SpokenTurn(turn, utterance, acoustics, missing))
    return tuple(matched)


def _worded_in_overlap(utterance: Utterance, turns: Sequence[Turn]) -> tuple[TimeSpan, ...]:
    """Where an utterance has words while another speaks: a hole listed there is the other's."""
    others = [turn.span for turn in turns if turn.speaker != utterance.speaker]
    words = merge_spans([TimeSpan(word.start, word.end) for word in utterance.words], _BETWEEN_WORDS)
    return intersect(words, others)


def _explained_by(hole: TimeSpan, wordless: Sequence[Turn]) -> set[str]:
    """Untranscribed spans do not say whose they are: the speakers whose wordless turns fill one."""
    seconds_of: dict[str, float] = {}
    for turn in wordless:
        seconds_of[turn.speaker] = seconds_of.get(turn.speaker, 0.0) + hole.overlap(turn.span)
    return {speaker for speaker, shared in seconds_of.items() if shared >= 0.9 * hole.duration}


def _key(item: Turn | Utterance) -> tuple[str, int, float, float]:
    # Stored times may have been rounded to a millisecond on one side only.
    return item.speaker, item.channel, round(item.start, 2), round(item.end, 2)


def roles_unknown(facts: CallFacts, name: str, unit: str) -> Measure | None:
    """The measure without a value if nobody knows who the agent is, None if it can be taken."""
    if facts.roles.certain:
        return None
    reason = say(facts.language, "无法确定谁是坐席。", "It is not certain who the agent is.")
    return Measure(name, None, unit, reason=reason)


def is_backchannel(spoken: SpokenTurn, settings: MeasureSettings, language: str) -> bool:
    """Whether a turn only shows that its speaker listens: very short, or nothing but 嗯, 对, 好的."""
    if spoken.turn.duration < settings.backchannel_duration:
        return True
    if not spoken.text:
        return False
    if count_syllables(spoken.text, language) <= settings.backchannel_syllables:
        return True
    return spoken.utterance is not None and all(is_backchannel_word(w.text) for w in spoken.utterance.words)


def is_backchannel_word(text: str) -> bool:
    """Whether a word is one that listeners say (嗯, 对对对, yeah), or only punctuation.

    >>> is_backchannel_word("好的，"), is_backchannel_word("okay."), is_backchannel_word("好像")
    (True, True, False)
    """
    bare = text.strip(_PUNCTUATION).lower()
    return all(char in _BACKCHANNEL_CHARS for char in bare) or bare in _BACKCHANNEL_WORDS


def spans_of(turns: Iterable[Turn]) -> list[TimeSpan]:
    """The turns' times."""
    return [turn.span for turn in turns]


def mean_probability(words: Sequence[Word]) -> float | None:
    """The recogniser's mean probability over some words, None without words."""
    return sum(word.probability for word in words) / len(words) if words else None


def join_words(words: Sequence[Word], joiner: str) -> str:
    """Words as one quote."""
    return joiner.join(word.text for word in words)


def words_within(utterance: Utterance | None, span: TimeSpan) -> tuple[Word, ...]:
    """The words whose middle lies in a span."""
    if utterance is None:
        return ()
    return tuple(w for w in utterance.words if span.start <= (w.start + w.end) / 2 < span.end)


def cite(utterance: Utterance, reason: str) -> Evidence:
    """A whole utterance as evidence."""
    return Evidence(utterance.start, utterance.end, utterance.text, reason, mean_probability(utterance.words))


def cite_part(utterance: Utterance, first_char: int, end_char: int, reason: str) -> Evidence:
    """``utterance.text[first_char:end_char]`` as evidence, with the time it was said at."""
    span = utterance.span_between(first_char, end_char)
    words = utterance.words_between(first_char, end_char)
    quote = join_words(words, utterance.joiner) or utterance.text
    return Evidence(span.start, span.end, quote, reason, mean_probability(words))


def agent_turns(facts: CallFacts) -> tuple[SpokenTurn, ...]:
    """The agent's turns with words and acoustics."""
    return tuple(item for item in spoken_turns(facts) if item.turn.role is Role.AGENT)


def seconds(value: float) -> float:
    """Seconds as kept in components: to the millisecond."""
    return round(value, 3)


def agent_unheard(facts: CallFacts, units: Mapping[str, str]) -> dict[str, Measure] | None:
    """Measures without a value, one for each name of `units`, where who the agent is or what the
    agent said is not known; None where it is."""
    if not facts.roles.certain:
        unknown = {name: roles_unknown(facts, name, unit) for name, unit in units.items()}
        return {name: measure for name, measure in unknown.items() if measure is not None}
    if facts.utterances_of(Role.AGENT):
        return None
    reason = say(facts.language, "坐席没有可识别的话。", "The agent has no recognised words.")
    return {name: Measure(name, None, unit, reason=reason) for name, unit in units.items()}
