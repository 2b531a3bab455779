"""Makes two short calls in which a phone and an ID number are said in several ways, and hears clips of them.

    python -m tests.clips.spoken_numbers FOLDER

writes ``numbers_zh.wav`` and ``numbers_en.wav`` (telephone band, synthetic voices, invented numbers), scores
them, cuts every masked moment as a clip, recognises the clips again, and lists what of the numbers can still
be read or heard. The voices are those of the samples (see samples/README.md).
"""

from __future__ import annotations

import re
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
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
    """Speak a call and write it as a mono WAV in the telephone band."""
    from scipy.signal import butter, resample_poly, sosfilt

    pieces: list[NDArray[np.float32]] = [np.zeros(RATE_HZ // 2, np.float32)]
    for party, text in CALLS[language]:
        said = synthesizer.speak(text, language, _VOICES[language][party], 1.0)
        sound = resample_poly(said.samples, RATE_HZ, 24_000).astype(np.float32)
        pieces += [0.1 * sound / max(1e-6, float(np.sqrt(np.mean(sound**2)))), _silence()]
    whole = np.concatenate(pieces)
    whole = sosfilt(butter(4, (300, 3400), btype="band", fs=RATE_HZ, output="sos"), whole)
    whole = whole + np.random.default_rng(5).normal(0, 0.0008, whole.size)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(whole, -1, 1) * 32767).astype(np.int16).tobytes())


def _silence() -> NDArray[np.float32]:
    return np.zeros(round(_GAP * RATE_HZ), np.float32)


@dataclass(frozen=True, slots=True)
class HeardClip:
    """A clip as it is read and as it is heard again, and what of the numbers is in either."""

    start: float
    text: str
    heard: str
    in_text: Sequence[str]
    in_sound: Sequence[str]


def hear_clips(path: Path, language: str) -> list[HeardClip]:
    """Score a call, cut a clip around every masked moment, and recognise the clips again."""
    from callqa.analysers import make_factory
    from callqa.audio.decode import decode
    from callqa.clips.choose import Example
    from callqa.clips.make import ClipOptions, cut_clip
    from callqa.config import Settings
    from callqa.data import CallRequest
    from callqa.masking import find_personal_data
    from callqa.pipeline import load_whisper

    settings = Settings()
    analyser = make_factory(settings, None)()
    facts = analyser.analyse(CallRequest(str(path), language=language))
    analysis = analyser.judge(facts)
    for item in facts.utterances:
        print(f"  {item.start:5.1f} {item.role or '?':8} {item.text}")
    samples = decode(path).samples
    model = load_whisper(settings.recogniser)
    found = []
    for item in find_personal_data(facts.utterances, language):
        example = Example(item.span, (), "", None)
        clip = cut_clip(analysis, example, samples, "greeting", ClipOptions(), by_name=False)
        text = " ".join(line.text for line in clip.lines)
        segments, _ = model.transcribe(clip.samples, language=language, condition_on_previous_text=False)
        heard = " ".join(segment.text.strip() for segment in segments)
        found.append(HeardClip(clip.span.start, text, heard, leaks(text, language), leaks(heard, language)))
    return found


def main(folder: Path) -> int:
    """Make, hear, list; 1 where anything of a number is left."""
    from samples.speech import Synthesizer
    from samples.voices import bring_in, default_folder

    folder.mkdir(parents=True, exist_ok=True)
    synthesizer = Synthesizer(bring_in(default_folder()))
    num_leaking = 0
    for language in CALLS:
        path = folder / f"numbers_{language}.wav"
        make_call(synthesizer, language, path)
        clips = hear_clips(path, language)
        for clip in clips:
            print(f"{language} {clip.start:5.1f} s  read: {clip.text}\n              heard: {clip.heard}")
            print(f"              left in text {clip.in_text}, in sound {clip.in_sound}")
            num_leaking += bool(clip.in_text or clip.in_sound)
        print(f"{language}: {len(clips)} clips")
    print(f"{num_leaking} clips with anything of a number")
    return 1 if num_leaking else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
