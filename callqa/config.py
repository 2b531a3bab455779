"""Settings: the only home of defaults. Unknown keys are errors, all of them reported at once.

Every setting has a default and a line of help; the unit is part of the name where it is not
seconds. A settings file is YAML with the same sections (`callqa score --settings FILE`).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from callqa.errors import InvalidFileError


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AudioSettings(_Section):
    """Decoding and channels."""

    model_sample_rate_hz: int = Field(16_000, description="rate that all models work at")
    dual_mono_correlation: float = Field(
        0.98, ge=0, le=1, description="two channels this alike carry the same mix"
    )
    silence_dbfs: float = Field(
        -60.0, description="a recording whose loudest half second stays below is silence"
    )
    min_duration: float = Field(0.5, ge=0, description="shorter recordings are refused")
    max_duration: float = Field(
        14_400.0, gt=0, description="longer recordings are refused; they are held in memory whole"
    )


class TurnSettings(_Section):
    """Speech activity and diarization."""

    merge_gap: float = Field(
        0.5, ge=0, description="pauses of one speaker up to this long stay inside a turn"
    )
    min_turn: float = Field(0.15, ge=0, description="shorter speech is no turn")
    role_confidence: float = Field(0.8, ge=0.5, le=1, description="below this, roles are not assigned")


class TranscriptSettings(_Section):
    """Recognition."""

    beam_size: int = Field(5, ge=1, description="hypotheses kept while decoding")
    max_window: float = Field(
        12.0, gt=0, le=29, description="adjacent turns are recognised together up to this long"
    )
    languages: tuple[str, ...] = Field(("zh", "en"), description="languages a call may be in")


class MeasureSettings(_Section):
    """How measures are taken; what is good or bad lives in the rubric."""

    greeting_window: float = Field(
        20.0, gt=0, description="the greeting is looked for in the agent's first seconds of speech"
    )
    pause: float = Field(0.15, gt=0, description="silence longer than this is no speaking time")
    min_rate_syllables: int = Field(10, ge=1, description="shorter utterances get no rate of their own")
    interruption_overlap: float = Field(0.5, gt=0, description="overlap that makes an interruption")
    backchannel_syllables: int = Field(3, ge=0, description="utterances this short can be backchannels")
    backchannel_duration: float = Field(1.0, ge=0, description="turns shorter than this are backchannels")
    dead_air: float = Field(3.0, gt=0, description="both silent for longer than this is dead air")
    raised_voice_db: float = Field(
        6.0, gt=0, description="louder than the agent's own level by this much, and higher"
    )
    raised_voice_semitones: float = Field(
        4.0, gt=0, description="higher than the agent's own pitch by this much, and louder"
    )
    impolite_certain: float = Field(
        0.93, ge=0.5, le=1, description="the classifier's probability from which wording is held impolite"
    )
    impolite_possible: float = Field(
        0.8, ge=0, le=1, description="the probability from which wording is listed as possibly impolite"
    )
    pinyin_similarity: float = Field(
        0.85, ge=0.5, le=1, description="phrases at least this alike in sound are the same"
    )


class MaskingSettings(_Section):
    """How personal data is hidden in what is shown and exported."""

    keep_last_four: bool = Field(
        False, description="leave the last four digits of phone, identity, card and account numbers"
    )
    margin: float = Field(
        0.15, ge=0, le=2, description="masked times are widened by this much at both ends, for the audio"
    )
    unmasked_allowed: bool = Field(
        False, description="--unmasked needs no reason; each use is noted in the access log all the same"
    )


class ReportSettings(_Section):
    """How reports are written."""

    language: Literal["zh", "en"] | None = Field(
        None, description="language of the reports; null for that of most of the calls"
    )
    xapi_homepage: str | None = Field(
        None, description="address of the system that agents' accounts belong to, for xAPI statements"
    )
    appeal: str | None = Field(
        None, description="whom agents tell when a verdict is wrong; a general sentence stands without it"
    )


class Settings(_Section):
    """Everything that changes what comes out of a call's audio."""

    audio: AudioSettings = AudioSettings()
    turns: TurnSettings = TurnSettings()
    transcript: TranscriptSettings = TranscriptSettings()
    measures: MeasureSettings = MeasureSettings()
    # Changes what is shown, never what is stored: no call is judged anew for it.
    masking: MaskingSettings = Field(MaskingSettings(), exclude=True)
    reports: ReportSettings = Field(ReportSettings(), exclude=True)
    recogniser: str = Field(
        "whisper-base", description="a name from `callqa models list`, a local folder, or a hub name"
    )
    segmentation: str = Field("pyannote-segmentation", description="as above")
    speaker_encoder: str = Field("ge2e", description="as above")
    politeness_model: str | None = Field(
        "shipped",
        description="classifies how utterances are worded: shipped, a folder that "
        "`training.politeness.train` wrote, or nothing (null) for the phrase lists alone",
    )
    voices: bool = Field(
        False,
        description="keep, encrypted, how agents sound, and know them by it in later calls: biometric "
        "personal data",
    )
    voice_key_file: str | None = Field(
        None,
        description="the key to them; CALLQA_KEY_FILE goes before it, callqa/voices.key of the "
        "user's configuration folder comes after it",
    )
    company: str | None = Field(
        None, description="company the agents greet for; without it the rubric's operators are known"
    )

    rubrics: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="queues with a rubric of their own: queue, and a file or a shipped rubric's name (a "
        "list of them where the queue has calls in both languages)",
    )
    lexicons: tuple[str, ...] = Field(
        (), description="lexicon files, or folders of them, that add to those that ship"
    )

    @field_validator("rubrics", mode="before")
    @classmethod
    def _one_or_several(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {key: (value,) if isinstance(value, str) else value for key, value in raw.items()}

    @field_validator("lexicons", mode="before")
    @classmethod
    def _one_or_more(cls, raw: Any) -> Any:
        return (raw,) if isinstance(raw, str) else raw

    def hash(self) -> str:
        """A short digest that changes when any setting does."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def load_settings(path: Path | None) -> Settings:
    """Read settings from a YAML file, the defaults without one.

    Raises `InvalidFileError` listing every mistake.
    """
    if path is None:
        return Settings()
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return _with_places(Settings.model_validate(raw), path)
    except OSError as error:
        raise InvalidFileError(
            f"cannot read the settings file {path}: {error.strerror}.", "Check the path."
        ) from error
    except yaml.YAMLError as error:
        raise InvalidFileError(f"{path} is no valid YAML: {error}", "Mend the line it names.") from error
    except ValidationError as error:
        raise InvalidFileError(
            f"{path} has mistakes:", "", problems=tuple(describe_problems(error))
        ) from error


def _with_places(settings: Settings, path: Path) -> Settings:
    """Files that a settings file names stand beside it, from wherever it is used."""
    folder = path.resolve().parent

    def place(name: str) -> str:
        return str(folder / name) if (folder / name).exists() else name

    rubrics = {queue: tuple(map(place, names)) for queue, names in settings.rubrics.items()}
    return settings.model_copy(update={"rubrics": rubrics, "lexicons": tuple(map(place, settings.lexicons))})


def describe_problems(error: ValidationError) -> list[str]:
    """One readable line for each mistake pydantic found."""
    lines = []
    for item in error.errors():
        where = ".".join(str(part) for part in item["loc"]) or "the file"
        if item["type"] == "extra_forbidden":
            lines.append(f"{where}: no such key")
        else:
            lines.append(f"{where}: {item['msg']}")
    return lines
