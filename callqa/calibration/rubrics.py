"""The rubric that a stored call was judged by."""

from __future__ import annotations

from callqa.errors import CallqaError
from callqa.scoring import Rubric, default_rubric, load_rubric
from callqa.scoring.rubric import parse_rubric
from callqa.store import Store, StoredCall


class RubricBook:
    """Finds rubrics: the one kept in the workspace, else the file named with the call, else the
    shipped one of the call's language. `chosen`, a file or a shipped rubric's name, takes the place
    of all for calls in its language."""

    def __init__(self, store: Store, chosen: str | None = None) -> None:
        self._texts = {kept.digest: kept.text for kept in store.rubrics()}
        self._chosen = None if chosen is None else load_rubric(chosen)
        self._found: dict[tuple[str | None, str | None, str], Rubric] = {}

    def of(self, call: StoredCall) -> Rubric:
        """The rubric of one call."""
        language = call.analysis.facts.language
        if self._chosen is not None and self._chosen.language == language:
            return self._chosen
        key = (call.analysis.scorecard.rubric.digest, call.keys.rubric, language)
        if key not in self._found:
            self._found[key] = self._find(*key)
        return self._found[key]

    def _find(self, digest: str | None, source: str | None, language: str) -> Rubric:
        if digest in self._texts:
            return parse_rubric(self._texts[digest], f"the rubric {digest} of the workspace")
        if source is not None:
            try:
                found = load_rubric(source)
            except CallqaError:
                # The file has gone since: titles and limits are then those of the shipped rubric.
                found = default_rubric(language)
            if found.language == language:
                return found
        return default_rubric(language)
