"""References in files of several kinds, found by name: truth as JSON, RTTM, STM, plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callqa.data import Role, TimeSpan
from callqa.errors import InvalidFileError
from callqa.evaluation.truth import Speech, TrueTurn, Truth, load_truth

ENDINGS = (".rttm", ".stm", ".txt")
_ROLES = {"agent": Role.AGENT, "customer": Role.CUSTOMER, "caller": Role.CUSTOMER}
_STM_LABELS = re.compile(r"^<[^>]*>\s*")
_MIN_STM = 5


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known about a recording, and where it lies; `audio` is None where it is not there."""

    path: Path
    truth: Truth
    audio: Path | None


def find_references(
    paths: Sequence[Path], beside: Path | None = None, split: str | None = None
) -> list[Reference]:
    """All references that these files and folders hold, in order of their names.

    A folder gives its JSON files, those of its ``truth`` folder, and those of its folders' ``truth``
    folders, or else its RTTM, STM and text files. A recording gives the files of its name, beside
    it or in the folder `beside`. `split` keeps the calls of one split only. Raises
    `InvalidFileError` for a file that is none, or where there is not a single one.
    """
    found: list[Reference] = []
    for path in paths:
        if path.is_dir():
            found += _of_folder(path)
        elif path.suffix.lower() == ".json":
            found.append(_of_truth(path))
        else:
            found.append(_of_name(path, beside or path.parent))
    kept = [item for item in found if split is None or item.truth.split == split]
    if not kept:
        which = f" of the split {split}" if split else ""
        raise InvalidFileError(
            f"No truth{which} in {', '.join(map(str, paths))}.",
            "Name a folder of JSON files such as samples/truth, or of RTTM, STM or text files.",
        )
    return kept


def read_reference(
    name: str,
    file: str,
    *,
    rttm: Path | None = None,
    stm: Path | None = None,
    text: Path | str | None = None,
) -> Truth:
    """A reference made of such of these as there are. RTTM says who speaks when and goes before
    STM for that; STM says what is said as well; `text` is a file, or the words themselves."""
    speech = None if rttm is None else _turns(load_rttm(rttm))
    turns = None if stm is None else load_stm(stm)
    words = _read(text) if isinstance(text, Path) else text
    if turns is None and speech is not None and all(turn.role for turn in speech):
        turns, speech = speech, None
    share = _talk_share(turns or ()) if turns and all(turn.role for turn in turns) else None
    return Truth(id=name, file=file, turns=turns, speech=speech, text=words, talk_share=share)


def load_rttm(path: Path) -> Speech:
    """Who speaks when, from an RTTM file. Raises `InvalidFileError` where it is none."""
    try:
        rows = [line.split() for line in _read(path).splitlines() if line.strip()]
        return [
            (TimeSpan(float(row[3]), float(row[3]) + float(row[4])), row[7])
            for row in rows
            if row[0] == "SPEAKER"
        ]
    except (ValueError, IndexError) as error:
        raise InvalidFileError(
            f"{path} is no RTTM file.",
            "Its lines read: SPEAKER file 1 start duration <NA> <NA> label <NA> <NA>",
        ) from error


def load_stm(path: Path) -> tuple[TrueTurn, ...]:
    """Who said what, from an STM file. Raises `InvalidFileError` where it is none."""
    turns = []
    for line in _read(path).splitlines():
        if not line.strip() or line.startswith(";;"):
            continue
        cells = line.split(maxsplit=_MIN_STM)
        try:
            start, end = float(cells[3]), float(cells[4])
            text = _STM_LABELS.sub("", cells[5]) if len(cells) > _MIN_STM else ""
            turns.append(_turn(TimeSpan(start, end), cells[2], text))
        except (ValueError, IndexError) as error:
            raise InvalidFileError(
                f"{path} is no STM file.", "Its lines read: file channel speaker start end <labels> words"
            ) from error
    return tuple(turns)


def _of_folder(folder: Path) -> list[Reference]:
    for pattern in ("*.json", "truth/*.json", "*/truth/*.json"):
        files = sorted(folder.glob(pattern))
        if files:
            return [_of_truth(file) for file in files]
    stems = sorted({path.stem for path in folder.iterdir() if path.suffix.lower() in ENDINGS})
    return [_of_name(folder / stem, folder) for stem in stems]


def _of_truth(path: Path) -> Reference:
    truth = load_truth(path)
    for folder in (path.parent, path.parent.parent):
        if (folder / truth.file).is_file():
            return Reference(path, truth, folder / truth.file)
    return Reference(path, truth, None)


def _of_name(path: Path, folder: Path) -> Reference:
    """The reference of a recording, or of the recording that a reference file's name means."""
    stem = path.stem if path.suffix else path.name
    given = path.is_file() and path.suffix.lower() not in ENDINGS
    files = {ending: folder / f"{stem}{ending}" for ending in ENDINGS}
    there = {ending: file for ending, file in files.items() if file.is_file()}
    if not there:
        raise InvalidFileError(
            f"{path} has no reference: no {stem}.rttm, {stem}.stm or {stem}.txt in {folder}.",
            "Put one there, or name the folder that has it with --references.",
        )
    others = sorted(
        file
        for file in folder.glob(f"{_literal(stem)}.*")
        if file.suffix.lower() not in (*ENDINGS, ".json", ".md") and file.stem == stem
    )
    audio = path if given else (others[0] if others else None)
    truth = read_reference(
        stem,
        audio.name if audio else stem,
        rttm=there.get(".rttm"),
        stm=there.get(".stm"),
        text=there.get(".txt"),
    )
    return Reference(next(iter(there.values())), truth, audio)


def _literal(name: str) -> str:
    return re.sub(r"([\[*?])", r"[\1]", name)


def _turns(speech: Speech) -> tuple[TrueTurn, ...]:
    return tuple(_turn(span, label, None) for span, label in speech)


def _turn(span: TimeSpan, label: str, text: str | None) -> TrueTurn:
    role = _ROLES.get(label.lower())
    return TrueTurn(start=span.start, end=span.end, role=role, voice=label, text=text)


def _talk_share(turns: Sequence[TrueTurn]) -> float | None:
    seconds = {role: sum(turn.end - turn.start for turn in turns if turn.role is role) for role in Role}
    total = sum(seconds.values())
    return seconds[Role.AGENT] / total if total else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidFileError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except ValueError as error:
        raise InvalidFileError(f"{path} is no UTF-8 text.", "Save it as UTF-8.") from error
