"""The order of stages for one call: audio, turns, words, roles, sound; then measures and scores."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callqa.config import Settings
from callqa.data import (
    CallFacts,
    CallRequest,
    Coverage,
    Recording,
    Roles,
    TimeSpan,
    Turn,
)
from callqa.data.voices import AgentVoice, SpeakerVoice
from callqa.errors import WeightsError
from callqa.language.lexicon import LexiconSet, load_lexicons
from callqa.turns.finder import FoundTurns, turns_of_channels, turns_of_mix, without
from callqa.turns.roles import RoleContext, find_roles, roles_by_channel
from callqa.turns.voices import hear_voices, likeness

Samples = NDArray[np.float32]
Hook = Callable[[str, float], None]

TOO_SHORT = 3.0  # seconds of speech below which there is no call to judge


class Pipeline:
    """Analyses recordings one after the other; models are loaded on first use and kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._models: _Models | None = None
        self.voices: tuple[SpeakerVoice, ...] = ()
        """How the speakers of the call that was analysed last sound, where the settings want it kept."""

    @cached_property
    def model_names(self) -> Mapping[str, str]:
        """Name and version of each model that analyses recordings, by what it is for.

        Raises `WeightsError` where one is missing.
        """
        from callqa.weights import resolve

        settings = self._settings
        names = {
            "recogniser": resolve(settings.recogniser).provenance,
            "segmentation": resolve(settings.segmentation).provenance,
            "speaker_encoder": resolve(settings.speaker_encoder).provenance,
        }
        return names | wording_names(settings)

    def analyse(self, request: CallRequest, hook: Hook | None = None) -> CallFacts:
        """Everything that measures and scores need to know about one recording.

        `hook(stage, share)` is told of progress, `share` being 0-1 over the whole call.
        Raises `AudioError` where the file cannot be used and `WeightsError` where models are
        missing.
        """
        from callqa.audio.channels import find_layout, working_samples
        from callqa.audio.decode import decode, hash_file, recording_id, recording_of
        from callqa.audio.levels import quality

        tell = hook or (lambda stage, share: None)
        settings = self._settings
        self.voices = ()
        tell("decode", 0.0)
        path = Path(request.path)
        file_id = recording_id(hash_file(path))
        rate = settings.audio.model_sample_rate_hz
        decoded = decode(
            path,
            rate,
            min_duration=settings.audio.min_duration,
            max_duration=settings.audio.max_duration,
        )
        recording = recording_of(request, decoded, file_id)
        layout = find_layout(decoded.samples, rate, settings.audio)
        if layout.note is not None:
            recording = dataclasses.replace(recording, notes=(*recording.notes, layout.note))
        samples = working_samples(decoded.samples, layout)
        language = request.language
        if all(quality(channel, rate).is_silent(settings.audio.silence_dbfs) for channel in samples):
            return _nothing_said(recording, language)
        models = self._load()
        tell("turns", 0.05)
        agent_channel = None
        if layout.kind == "two_channel" and recording.agent_channel is not None:
            agent_channel = layout.working_channel(recording.agent_channel)
        facts, self.voices = models.analyse(
            recording, samples, layout.kind == "two_channel", agent_channel, request.agent_voice, tell
        )
        return facts

    def _load(self) -> _Models:
        if self._models is None:
            self._models = _Models(self._settings)
        return self._models


class _Models:
    """The loaded models and what is done with them."""

    def __init__(self, settings: Settings) -> None:
        from callqa.audio.acoustics import load_acoustics
        from callqa.transcript.recogniser import Recogniser
        from callqa.transcript.transcriber import Transcriber
        from callqa.turns.diarizer import Diarizer
        from callqa.turns.embeddings import SpeakerEncoder
        from callqa.turns.segmentation import Segmenter
        from callqa.weights import resolve
        from callqa.weights.segmentation import load_segmentation
        from callqa.weights.speaker_encoder import load_speaker_encoder

        self.settings = settings
        self._transcriber = Transcriber(
            Recogniser(load_whisper(settings.recogniser), settings.transcript.beam_size), settings.transcript
        )
        segmentation, encoder = resolve(settings.segmentation), resolve(settings.speaker_encoder)
        self._segmenter = Segmenter(load_segmentation(segmentation), num_threads())
        self._encoder = SpeakerEncoder(load_speaker_encoder(encoder), num_threads())
        self._encoder_name = encoder.provenance
        self._diarizer = Diarizer(self._segmenter, self._encoder, settings.turns)
        self._classifier = None if settings.politeness_model is None else load_classifier(settings)
        load_acoustics()

    def analyse(
        self,
        recording: Recording,
        samples: Samples,
        two_channel: bool,
        agent_channel: int | None,
        agent_voice: AgentVoice | None,
        tell: Hook,
    ) -> tuple[CallFacts, tuple[SpeakerVoice, ...]]:
        """Turns, words, roles and sound of the working channels `samples` (channel, time); and how
        the speakers sound, where that is to be kept."""
        from callqa.audio.acoustics import turn_acoustics
        from callqa.turns.announcements import find_announcements

        settings = self.settings
        found = self._turns(samples, two_channel, ())
        if not found.turns:
            return _nothing_said(recording, recording.language), ()
        tell("words", 0.2)
        transcription = self._transcribe(recording, samples, found, tell)
        announced = find_announcements(transcription.utterances, transcription.language)
        if announced:
            # The machine's voice may have been taken for one of the parties: listen again without.
            again = self._turns(samples, two_channel, announced)
            found = dataclasses.replace(again, turns=without(again.turns, announced))
            if not found.turns:
                return _nothing_said(recording, transcription.language), ()
            transcription = self._transcribe(recording, samples, found, tell)
        turns, utterances = found.turns, transcription.utterances
        tell("roles", 0.9)
        language = transcription.language
        voices = self._voices(recording, samples, found)
        alike = {} if agent_voice is None else likeness(voices, agent_voice)
        roles = self._roles(recording, turns, utterances, language, found.num_parties, agent_channel, alike)
        if not utterances and sum(turn.duration for turn in turns) < TOO_SHORT:
            return _nothing_said(recording, language), ()
        turns = tuple(dataclasses.replace(turn, role=roles.speakers.get(turn.speaker)) for turn in turns)
        utterances = tuple(
            dataclasses.replace(item, role=roles.speakers.get(item.speaker)) for item in utterances
        )
        acoustics = turn_acoustics(samples, turns, settings)
        # Whoever speaks: who the agent is may be settled later, without these models.
        wording, tags = ((), ()) if self._classifier is None else self._classifier.read_call(utterances)
        tell("done", 1.0)
        facts = CallFacts(
            recording=recording,
            language=language,
            turns=turns,
            roles=roles,
            utterances=utterances,
            coverage=transcription.coverage,
            acoustics=acoustics,
            status=_status(turns, bool(utterances), found.num_parties),
            wording=wording,
            tags=tags,
        )
        return facts, voices

    def _voices(self, recording: Recording, samples: Samples, found: FoundTurns) -> tuple[SpeakerVoice, ...]:
        if not self.settings.voices or recording.agent_id is None or found.num_parties < 2:
            return ()
        return hear_voices(self._encoder, samples, found.turns, self._encoder_name)

    def _turns(self, samples: Samples, two_channel: bool, ignore: Sequence[TimeSpan]) -> FoundTurns:
        from callqa.audio.leakage import own_activity

        settings = self.settings
        if two_channel:
            rate = settings.audio.model_sample_rate_hz
            found = turns_of_channels(
                self._segmenter, samples, settings.turns, lambda speech: own_activity(speech, samples, rate)
            )
            return dataclasses.replace(found, turns=without(found.turns, ignore)) if ignore else found
        return turns_of_mix(self._diarizer, samples[0], settings.turns, ignore)

    def _transcribe(self, recording: Recording, samples: Samples, found: FoundTurns, tell: Hook) -> Any:
        from callqa.transcript.prompts import build_prompt

        def prompt_for(language: str) -> str:
            companies = company_wordings(lexicons_of(language), recording.company or self.settings.company)
            return build_prompt(language, companies, recording.agent_name)

        return self._transcriber.transcribe(
            list(samples),
            found.turns,
            recording.language,
            prompt_for,
            lambda share: tell("words", 0.2 + 0.7 * share),
            louder=found.louder,
        )

    def _roles(
        self,
        recording: Recording,
        turns: Sequence[Turn],
        utterances: Sequence[Any],
        language: str,
        num_parties: int,
        agent_channel: int | None,
        alike: Mapping[str, float],
    ) -> Roles:
        speakers = {turn.channel: turn.speaker for turn in turns}
        if agent_channel is not None and agent_channel in speakers:
            others = [name for channel, name in speakers.items() if channel != agent_channel]
            return roles_by_channel(speakers[agent_channel], others)
        if num_parties < 2:
            return Roles(certain=False, confidence=None, source="signs")
        context = role_context(recording, language, lexicons_of(language), self.settings, alike)
        return find_roles(turns, utterances, context, self.settings.turns.role_confidence)


@lru_cache(maxsize=4)
def lexicons_of(language: str) -> LexiconSet:
    """The shipped lexicons of a language, read once."""
    return load_lexicons(language)


def role_context(
    recording: Recording,
    language: str,
    lexicons: LexiconSet,
    settings: Settings,
    likeness: Mapping[str, float] | None = None,
) -> RoleContext:
    """What is known of a call that helps to tell its agent. `likeness` is how much each speaker
    sounds like the agent of that number, where that agent's voice is known."""
    companies = company_wordings(lexicons, recording.company or settings.company, aliases=True)
    return RoleContext(language, lexicons, companies, recording.agent_name, likeness=likeness or {})


def company_wordings(lexicons: LexiconSet, company: str | None, aliases: bool = False) -> tuple[str, ...]:
    """How the company may be named: the configured one with its aliases where it is known, or
    else every operator's main name, with `aliases` every name of every operator."""
    if company is None:
        return tuple(
            name for entry in lexicons.operators for name in (entry.wordings if aliases else (entry.phrase,))
        )
    for entry in lexicons.operators:
        if company in entry.wordings:
            return tuple(dict.fromkeys((company, *entry.wordings)))
    return (company,)


def load_classifier(settings: Settings) -> Any:
    """The classifier of how utterances are worded, with the reader of what they do.

    Raises `WeightsError` where one of them is missing.
    """
    from callqa.classification.politeness import SHIPPED, PolitenessClassifier
    from callqa.classification.tags import TagReader

    return PolitenessClassifier(settings.politeness_model or SHIPPED, TagReader())


def wording_names(settings: Settings) -> dict[str, str]:
    """Name and version of the models that read utterances, by what they are for; none where the
    settings want none. Raises `WeightsError` where one is missing."""
    if settings.politeness_model is None:
        return {}
    from callqa.classification.politeness import model_name
    from callqa.classification.tags import read_tag_facts

    return {"politeness": model_name(settings.politeness_model), "tags": read_tag_facts().version}


def num_threads() -> int:
    """Threads for one process: what OMP_NUM_THREADS says (a batch shares the processors out by
    it), or else one for each processor that may be used."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return int(asked) if asked.isdigit() and int(asked) else len(os.sched_getaffinity(0))


def load_whisper(name: str) -> Any:
    """A faster-whisper model by name, folder or hub name, on the GPU where there is one."""
    from callqa.weights import resolve

    found = resolve(name)
    try:
        import ctranslate2
        from faster_whisper import WhisperModel

        on_gpu = ctranslate2.get_cuda_device_count() > 0
        return WhisperModel(
            found.load_name,
            device="cuda" if on_gpu else "cpu",
            compute_type="float16" if on_gpu else "int8",
            # Left alone it takes four threads, however many processors there are. A decoding step
            # is too small to share out, so each thread decodes a batch of its own.
            cpu_threads=1,
            num_workers=num_threads(),
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise WeightsError(
            f"The recogniser {name} cannot be loaded: {error}",
            "Name a faster-whisper model, or run `callqa models verify`.",
        ) from error


def _status(turns: Sequence[Turn], has_words: bool, num_parties: int) -> str:
    if not has_words:
        return "no_speech"
    if sum(turn.duration for turn in turns) < TOO_SHORT:
        return "too_short"
    return "scored" if num_parties >= 2 else "one_party"


def _nothing_said(recording: Recording, language: str | None) -> CallFacts:
    return CallFacts(
        recording=recording,
        language=language or "zh",
        turns=(),
        roles=Roles(certain=False, confidence=None, source="signs"),
        utterances=(),
        coverage=Coverage(0.0, 0.0),
        acoustics=(),
        status="no_speech",
    )
