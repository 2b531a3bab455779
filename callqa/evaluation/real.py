"""Sets of recordings of the user's own with their references, named by a YAML file."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callqa.config import Settings, describe_problems
from callqa.data import CallRequest
from callqa.errors import CallqaError, InvalidFileError
from callqa.evaluation.references import ENDINGS, Reference, read_reference

if TYPE_CHECKING:
    from rich.console import Console

    from callqa.store import Store

_TELEPHONE_HZ = 8000
_ROUND_TRIPS = {"alaw": "pcm_alaw", "mulaw": "pcm_mulaw"}
_PATTERN = set("*?[")


class RecordingSet(BaseModel):
    """Recordings of one kind. Paths start at the manifest's `folder`.

    Without `rttm`, `stm` and `texts`, files of a recording's name beside it are its reference.
    `texts` is a table of file names and words, with a tab between them. `agrees_with` is another
    recording of the same conversation, whose words as callqa recognises them are the reference.
    `round_trip` sends the recordings through an 8 kHz telephone codec first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    language: Literal["zh", "en"]
    audio: Annotated[str, Field(description="a file, or a pattern such as folder/*.flac")]
    rttm: str | None = None
    stm: str | None = None
    texts: str | None = None
    agrees_with: str | None = None
    round_trip: Literal["alaw", "mulaw"] | None = None


class RealManifest(BaseModel):
    """The file. `folder`: where paths start, the manifest's own folder unless it is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str | None = None
    sets: tuple[RecordingSet, ...] = Field(min_length=1)


def load_manifest(path: Path) -> tuple[Path, RealManifest]:
    """The manifest, and the folder that its paths start at. Raises `InvalidFileError` with every
    mistake in it."""
    try:
        manifest = RealManifest.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidFileError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except ValidationError as error:
        raise InvalidFileError(
            f"{path} names no sets of recordings:", "", tuple(describe_problems(error))
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidFileError(f"{path} is no valid YAML: {error}.", "Mend the place it names.") from error
    return path.parent / (manifest.folder or "."), manifest


def prepare(path: Path, workspace: Path, console: Console | None = None) -> list[Reference]:
    """Every recording of a manifest with its reference, scored in the workspace if it was not.

    Round trips are written to the workspace's folder ``evaluation``. Raises `CallqaError` where
    something is missing or a recording cannot be scored.
    """
    folder, manifest = load_manifest(path)
    requests: dict[Path, CallRequest] = {}
    found: list[tuple[RecordingSet, Reference]] = []
    for chosen in manifest.sets:
        for reference in _references(folder, chosen, workspace):
            assert reference.audio is not None
            requests[reference.audio] = CallRequest(str(reference.audio), language=chosen.language)
            found.append((chosen, reference))
        if chosen.agrees_with is not None:
            other = folder / chosen.agrees_with
            requests[other] = CallRequest(str(other), language=chosen.language)
    score_missing(list(requests.values()), workspace, console)
    from callqa.store import Store

    with Store.open(workspace) as store:
        return [_with_words(store, folder, chosen, reference) for chosen, reference in found]


def score_missing(requests: Sequence[CallRequest], workspace: Path, console: Console | None) -> None:
    """Score what the workspace does not have as the defaults make it. Raises `CallqaError` where a
    recording cannot be scored."""
    from callqa.analysers import make_factory, rubrics_digest
    from callqa.batch import BatchListener, Outcome, run_batch
    from callqa.store import Store

    class Lines(BatchListener):
        """Says which recording is done."""

        def finished(self, outcome: Outcome) -> None:
            if console is not None and outcome.kind != "known":
                name = Path(outcome.paths[0]).name
                console.print(f"{outcome.kind}: {name}", markup=False, highlight=False)

    settings = Settings()
    with Store.open(workspace, create=True) as store:
        result = run_batch(
            requests,
            store,
            make_factory(settings, None),
            settings=settings,
            rubrics_digest=rubrics_digest(None),
            workspace=workspace,
            listener=Lines(),
        )
    if result.interrupted:
        raise KeyboardInterrupt
    for failure in result.failures:
        raise CallqaError(f"{failure.paths[0]} cannot be scored: {failure.reason}", failure.hint)


def telephone(audio: Path, codec: str, target: Path) -> None:
    """Write a recording as it comes out of an 8 kHz telephone codec (``alaw`` or ``mulaw``), in
    place of what is there. Raises `AudioError` where it cannot be read."""
    import av
    import numpy as np

    from callqa.audio.decode import decode

    decoded = decode(audio, _TELEPHONE_HZ)
    pcm = np.clip(np.round(decoded.samples * 32767), -32768, 32767).astype("<i2")
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="wav") as container:
        stream = container.add_stream(_ROUND_TRIPS[codec], rate=_TELEPHONE_HZ)
        stream.layout = "mono" if len(pcm) == 1 else "stereo"
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(pcm.T.reshape(1, -1)), format="s16", layout=stream.layout.name
        )
        frame.sample_rate = _TELEPHONE_HZ
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(buffer.getvalue())
    except OSError as error:
        raise CallqaError(
            f"{target} cannot be written: {error.strerror}.", "Choose another place."
        ) from error


def _references(folder: Path, chosen: RecordingSet, workspace: Path) -> Iterator[Reference]:
    is_pattern = bool(_PATTERN & set(chosen.audio))
    files = sorted(folder.glob(chosen.audio)) if is_pattern else [folder / chosen.audio]
    files = [file for file in files if file.suffix.lower() not in (*ENDINGS, ".tsv", ".md")]
    if not files or not all(file.is_file() for file in files):
        raise InvalidFileError(
            f"{chosen.name}: {chosen.audio} is not in {folder}.", "Mend the path, or take the set out."
        )
    table = None if chosen.texts is None else _read_table(folder / chosen.texts)
    for file in files:
        name = f"{chosen.name}/{file.stem}"
        beside = {ending: file.with_suffix(ending) for ending in ENDINGS}
        there = {ending: path for ending, path in beside.items() if path.is_file()}
        named = chosen.rttm or chosen.stm or chosen.texts or chosen.agrees_with
        text = None if table is None else table.get(file.name)
        if table is not None and text is None:
            raise InvalidFileError(
                f"{chosen.texts} has no words of {file.name}.", "Add a line, or narrow the pattern."
            )
        truth = read_reference(
            name,
            file.name,
            rttm=folder / chosen.rttm if chosen.rttm else (None if named else there.get(".rttm")),
            stm=folder / chosen.stm if chosen.stm else (None if named else there.get(".stm")),
            text=text if text is not None else (None if named else there.get(".txt")),
        )
        if truth.speakers is None and truth.text is None and chosen.agrees_with is None:
            raise InvalidFileError(
                f"{chosen.name}: {file.name} has no reference.",
                "Name rttm, stm or texts, or put files of its name beside it.",
            )
        truth = truth.model_copy(
            update={"language": chosen.language, "condition": chosen.name, "dialogue": name}
        )
        audio = file
        if chosen.round_trip is not None:
            audio = workspace / "evaluation" / chosen.round_trip / f"{file.stem}.wav"
            telephone(file, chosen.round_trip, audio)
        yield Reference(file, truth, audio)


def _with_words(store: Store, folder: Path, chosen: RecordingSet, reference: Reference) -> Reference:
    """The words of the other recording as the reference's, where the set says so."""
    if chosen.agrees_with is None:
        return reference
    from callqa.audio.decode import hash_file

    known = store.known(hash_file(folder / chosen.agrees_with))
    assert known is not None
    utterances = store.load(known.id).analysis.facts.utterances
    words = sorted((word for item in utterances for word in item.words), key=lambda word: word.start)
    joiner = "" if chosen.language == "zh" else " "
    update = {"text": joiner.join(word.text for word in words), "agrees": True}
    return dataclasses.replace(reference, truth=reference.truth.model_copy(update=update))


def _read_table(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise InvalidFileError(
            f"{path} cannot be read.", "It is UTF-8: a file's name, a tab, its words."
        ) from error
    pairs = [line.split("\t", 1) for line in lines if line.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise InvalidFileError(
            f"{path} is no table of texts.", "Its lines read: a file's name, a tab, its words."
        )
    return {name.strip(): words.strip() for name, words in pairs}
