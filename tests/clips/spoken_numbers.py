"""Makes two short calls in which a phone and an ID number are said in several ways, and hears clips of them.

    python -m tests.clips.spoken_numbers FOLDER

writes ``numbers_zh.ogg`` and ``numbers_en.ogg`` (telephone band, synthetic voices, invented numbers), scores
them, cuts every masked moment as a clip, recognises the clips again, and lists what of the numbers can still
be read or heard. The voices are those of the samples (see samples/README.md).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from callqa.clips.make import Clip
    from callqa.data import CallAnalysis

RATE_HZ = 16_000
_BIT_RATE = 16_000
_GAP = 0.45

# Invented: the check digit of the ID number is wrong, the phone's prefix is of no operator.
SECRETS = {"zh": ("16951872640", "32010219880615374"), "en": ("5550172946", "482917365")}

CALLS: dict[str, tuple[tuple[str, str], ...]] = {
    "zh": (
        ("agent", "您好，我是中国移动的陈静，请问有什么可以帮您？"),
        ("customer", "你好，我要查一下话费，我的手机号码是幺六九，五幺八七，二六四零。"),
        ("agent", "好的，跟您核对一下，幺六九五幺八七二六四零，对吗？"),
        ("customer", "对，就是一六九五一八七，嗯，后面是二六四零。"),
        ("agent", "请您再报一下身份证号码，我帮您核实身份。"),
        ("customer", "身份证号码是三二零幺零二，一九八八，零六幺五，三七四，最后一个是五。"),
        ("agent", "三二零一零二一九八八零六一五三七四五，好的，谢谢您，请您稍等，我马上帮您查询。"),
        ("customer", "好的，没关系。"),
        ("agent", "让您久等了，您本月的话费一共是五十八块，请问还有其他可以帮您的吗？"),
        ("customer", "没有了，谢谢你。"),
        ("agent", "不客气，感谢您的来电，祝您生活愉快，再见。"),
    ),
    "en": (
        ("agent", "Good morning, thank you for calling Northline Telecom. How may I help you?"),
        ("customer", "Hi, my phone number is five five five, oh one seven two, nine four six."),
        ("agent", "Thank you. That was triple five, zero one seven two nine four six, is that right?"),
        ("customer", "Yes. And my social security number is four eight two, nine one, seven three six five."),
        ("agent", "Four eight two nine one seven three six five. Thank you, please give me a moment."),
        ("customer", "Sure, take your time."),
        ("agent", "Thanks for waiting. Your bill is fifty eight dollars. Is there anything else I can do?"),
        ("customer", "No, that is all, thank you."),
        ("agent", "Thank you for calling, have a nice day, goodbye."),
    ),
}
_VOICES = {
    "zh": {"agent": "zf_xiaoxiao", "customer": "zm_yunxi"},
    "en": {"agent": "af_heart", "customer": "am_michael"},
}
_ENGLISH = "oh zero one two three four five six seven eight nine"
_DIGITS = {
    "zh": dict(zip("零一二三四五六七八九幺两〇", "0123456789120", strict=True)),
    "en": dict(zip(_ENGLISH.split(), "00123456789", strict=True)),
}


def digits_of(text: str, language: str) -> str:
    """All digits that a text says, one after another."""
    if language == "zh":
        return "".join(
            _DIGITS["zh"].get(char, char) for char in text if char in _DIGITS["zh"] or char.isdigit()
        )
    words = re.findall(r"[a-z]+|\d", text.lower())
    return "".join(_DIGITS["en"].get(word, word) for word in words if word in _DIGITS["en"] or word.isdigit())


def leaks(text: str, language: str, length: int = 3) -> list[str]:
    """Every run of `length` digits of a secret number that a text says."""
    said = digits_of(text, language)
    runs = {
        secret[first : first + length]
        for secret in SECRETS[language]
        for first in range(len(secret) - length + 1)
    }
    return sorted(run for run in runs if run in said)


def make_call(synthesizer: Any, language: str, path: Path) -> None:
    """Speak a call and write it as Ogg Opus, mono, in the telephone band."""
    from scipy.signal import butter, resample_poly, sosfilt

    pieces: list[NDArray[np.float32]] = [np.zeros(RATE_HZ // 2, np.float32)]
    for party, text in CALLS[language]:
        said = synthesizer.speak(text, language, _VOICES[language][party], 1.0)
        sound = resample_poly(said.samples, RATE_HZ, 24_000).astype(np.float32)
        pieces.append(0.1 * sound / max(1e-6, float(np.sqrt(np.mean(sound**2)))))
        pieces.append(np.zeros(round(_GAP * RATE_HZ), np.float32))
    whole = np.concatenate(pieces)
    whole = sosfilt(butter(4, (300, 3400), btype="band", fs=RATE_HZ, output="sos"), whole)
    whole = whole + np.random.default_rng(5).normal(0, 0.0008, whole.size)
    _write(path, np.clip(whole, -1, 1).astype(np.float32))


def _write(path: Path, samples: NDArray[np.float32]) -> None:
    import av

    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE_HZ)
        stream.layout, stream.bit_rate = "mono", _BIT_RATE
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="flt", layout="mono")
        frame.sample_rate = RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


class Ear:
    """Analyses calls and recognises clips; loads the models once."""

    def __init__(self) -> None:
        from callqa.analysers import make_factory
        from callqa.config import Settings
        from callqa.pipeline import load_whisper

        settings = Settings()
        self._analyser = make_factory(settings, None)()
        self._model = load_whisper(settings.recogniser)

    def analyse(self, path: Path, language: str) -> CallAnalysis:
        """A call as it is stored."""
        from callqa.data import CallRequest

        return self._analyser.judge(self._analyser.analyse(CallRequest(str(path), language=language)))

    def hear(self, samples: NDArray[np.float32], language: str) -> str:
        """What is heard in a clip `(time,)`."""
        segments, _ = self._model.transcribe(samples, language=language, condition_on_previous_text=False)
        return " ".join(segment.text.strip() for segment in segments)


@dataclass(frozen=True, slots=True)
class HeardClip:
    """A clip as it is read and as it is heard again, and what of the numbers is in either."""

    clip: Clip
    text: str
    heard: str
    in_text: Sequence[str]
    in_sound: Sequence[str]


def hear_clips(ear: Ear, analysis: CallAnalysis, path: Path) -> list[HeardClip]:
    """Cut a clip around every masked moment of a call, and recognise the clips again."""
    from callqa.audio.decode import decode
    from callqa.clips.choose import Example
    from callqa.clips.make import ClipOptions, cut_clip
    from callqa.masking import find_personal_data

    facts = analysis.facts
    samples = decode(path).samples
    found = []
    for item in find_personal_data(facts.utterances, facts.language):
        example = Example(item.span, (), "", None)
        clip = cut_clip(analysis, example, samples, "greeting", ClipOptions(), by_name=False)
        text = " ".join(line.text for line in clip.lines)
        heard = ear.hear(clip.samples, facts.language)
        found.append(HeardClip(clip, text, heard, leaks(text, facts.language), leaks(heard, facts.language)))
    return found


def main(folder: Path) -> int:
    """Make, hear, list; 1 where anything of a number is left."""
    from samples.speech import Synthesizer
    from samples.voices import bring_in, default_folder

    folder.mkdir(parents=True, exist_ok=True)
    synthesizer = Synthesizer(bring_in(default_folder()))
    ear = Ear()
    num_clips = num_leaking = 0
    for language in CALLS:
        path = folder / f"numbers_{language}.ogg"
        make_call(synthesizer, language, path)
        analysis = ear.analyse(path, language)
        for said in analysis.facts.utterances:
            print(f"{said.start:6.1f} {said.role or '?':8} {said.text}")
        for item in hear_clips(ear, analysis, path):
            print(f"clip from {item.clip.span.start:.1f} s\n  read:  {item.text}\n  heard: {item.heard}")
            print(f"  left in the text {item.in_text}, in the sound {item.in_sound}")
            num_clips += 1
            num_leaking += bool(item.in_text or item.in_sound)
    print(f"{num_leaking} of {num_clips} clips with anything of a number")
    return 1 if num_leaking else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
