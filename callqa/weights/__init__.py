"""Model weights: what there is, where it lies, how it is brought in and loaded.

`resolve` turns a setting into something to load; `pull`, `verify` and `list_models` are the
commands of `callqa models`. Importing this package loads no model library.
"""

from callqa.weights.cache import (
    ModelStatus,
    ResolvedModel,
    cache_folder,
    list_models,
    resolve,
    verify,
)
from callqa.weights.fetch import PullProgress, pull
from callqa.weights.manifest import Manifest, ModelEntry, load_manifest

__all__ = [
    "Manifest",
    "ModelEntry",
    "ModelStatus",
    "PullProgress",
    "ResolvedModel",
    "cache_folder",
    "list_models",
    "load_manifest",
    "pull",
    "resolve",
    "verify",
]
