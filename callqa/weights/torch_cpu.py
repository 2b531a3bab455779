"""Making torch's audio libraries importable, silent and private before anything imports them.

Call `prepare_torch()` before the first import of torchaudio, pyannote.audio or transformers.
Published torchaudio builds link CUDA libraries, so next to a CPU-only torch `import torchaudio`
fails, and with it everything that imports it. None of its compiled parts is needed here, so
where they cannot load, and only there, a small module stands in for `torchaudio._extension`.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Literal

from callqa.weights.hub import keep_off_hub

TorchaudioState = Literal["real", "stubbed", "absent"]

_STUBBED = "torchaudio._extension"


@cache
def prepare_torch() -> TorchaudioState:
    """Set everything up once per process, and say how torchaudio was imported.

    Telemetry of pyannote.audio is off in any case: recordings are personal data. The hub is off
    unless a hub name was asked for. Warnings about torchcodec are dropped: callqa decodes with
    PyAV.
    """
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    keep_off_hub()
    warnings.filterwarnings("ignore", message=r"\s*torchcodec is not installed")
    if find_spec("torchaudio") is None:
        return "absent"
    try:
        importlib.import_module("torchaudio")
    except (ImportError, OSError):
        _forget_torchaudio()
        sys.modules[_STUBBED] = _extension_stub()
        importlib.import_module("torchaudio")
        return "stubbed"
    return "real"


def _extension_stub() -> ModuleType:
    def fail_if_no_align(function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    stub = ModuleType(_STUBBED)
    vars(stub).update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False, _IS_ALIGN_AVAILABLE=False, fail_if_no_align=fail_if_no_align
    )
    return stub


def _forget_torchaudio() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
        del sys.modules[name]
