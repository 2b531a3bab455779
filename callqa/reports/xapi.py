"""Scored calls and coaching sessions as xAPI 1.0.3 statements, for a learning record store.

Actors are accounts, never e-mail addresses; nothing that was said in a call is in a statement. Verbs
and activity types are those of the ADL vocabulary (``http://adlnet.gov/expapi``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5

from callqa import __version__
from callqa.coaching.advice import CriterionText
from callqa.coaching.results import agent_of
from callqa.coaching.texts import text_of
from callqa.errors import UsageError
from callqa.store import CoachingSession, JudgedCall

VERSION = "1.0.3"
_VOCABULARY = "http://adlnet.gov/expapi"
_VERBS: Mapping[str, tuple[str, str]] = {
    "scored": ("得分", "scored"),
    "registered": ("已约定", "registered"),
    "attended": ("已参加", "attended"),
    "responded": ("已回应", "responded"),
    "completed": ("已完成", "completed"),
}
_STEPS = {
    "planned": "registered",
    "held": "attended",
    "acknowledged": "responded",
    "followed_up": "completed",
}


def check_homepage(address: str | None) -> str:
    """The address without a slash at its end. Raises `UsageError` where it is none."""
    parts = urlsplit(address or "")
    if address is None or parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(
            "xAPI statements need the address of the system that the agents' accounts belong to"
            + ("." if address is None else f"; {address!r} is none."),
            "Write --homepage https://hr.example.com, or reports: {xapi_homepage: …} in the settings.",
        )
    return address.rstrip("/")


def call_statements(
    calls: Iterable[JudgedCall], titles: Mapping[str, CriterionText], homepage: str
) -> Iterator[dict[str, Any]]:
    """One statement for each scored call of a known agent: ``scored``, the score scaled to 0-1,
    verdicts and what share was judged as extensions."""
    for call in calls:
        agent = agent_of(call)
        if agent is None or call.score is None:
            continue
        verdicts = {name: item.verdict.value for name, item in call.criteria.items()}
        yield _statement(
            homepage,
            agent,
            "scored",
            {
                "objectType": "Activity",
                "id": f"{homepage}/callqa/calls/{call.id}",
                "definition": {
                    "type": f"{_VOCABULARY}/activities/performance",
                    "name": {"zh-CN": f"通话 {call.id[:8]}", "en": f"call {call.id[:8]}"},
                },
            },
            call.started_at,
            {
                "score": {"scaled": round(call.score / 100, 4), "raw": call.score, "min": 0, "max": 100},
                "extensions": {
                    f"{homepage}/callqa/xapi/judged-share": round(call.judged_share, 4),
                    f"{homepage}/callqa/xapi/verdicts": verdicts,
                    f"{homepage}/callqa/xapi/capped-by": call.capped_by,
                },
            },
            {
                f"{homepage}/callqa/xapi/rubric": "@".join(call.rubric),
                f"{homepage}/callqa/xapi/queue": call.queue,
                f"{homepage}/callqa/xapi/criteria": {name: text_of(titles, name).title for name in verdicts},
            },
            call.language,
        )


def session_statements(
    sessions: Iterable[CoachingSession], titles: Mapping[str, CriterionText], homepage: str, language: str
) -> Iterator[dict[str, Any]]:
    """One statement for each step of a coaching session: registered, attended, responded, completed.
    What was said in it stays with callqa; a cancelled session's steps up to then are told."""
    for session in sessions:
        title = text_of(titles, session.criterion).title
        for event in session.events:
            verb = _STEPS.get(event.state)
            if verb is None:
                continue
            when = event.at
            if event.state == "held" and session.held_on is not None:
                when = session.held_on.isoformat()
            yield _statement(
                homepage,
                session.agent,
                verb,
                {
                    "objectType": "Activity",
                    "id": f"{homepage}/callqa/sessions/{session.id}",
                    "definition": {
                        "type": f"{_VOCABULARY}/activities/meeting",
                        "name": {"zh-CN" if language == "zh" else "en": title},
                    },
                },
                when,
                {"completion": True} if verb == "completed" else None,
                {f"{homepage}/callqa/xapi/criterion": session.criterion},
                language,
            )


def write_statements(path: Path, statements: Iterable[dict[str, Any]]) -> int:
    """Write statements, one a line; gives how many. Raises `UsageError` where the file cannot be
    written."""
    num_statements = 0
    try:
        with path.open("w", encoding="utf-8") as file:
            for statement in statements:
                file.write(json.dumps(statement, ensure_ascii=False) + "\n")
                num_statements += 1
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}.", "Check the folder, or name another file."
        ) from error
    return num_statements


def _statement(
    homepage: str,
    agent: str,
    verb: str,
    activity: dict[str, Any],
    when: str | None,
    result: dict[str, Any] | None,
    extensions: dict[str, Any],
    language: str,
) -> dict[str, Any]:
    zh, en = _VERBS[verb]
    statement: dict[str, Any] = {
        "version": VERSION,
        "actor": {"objectType": "Agent", "account": {"homePage": homepage, "name": agent}},
        "verb": {"id": f"{_VOCABULARY}/verbs/{quote(verb)}", "display": {"zh-CN": zh, "en": en}},
        "object": activity,
        "context": {
            "platform": f"callqa {__version__}",
            "language": "zh-CN" if language == "zh" else "en",
            "extensions": _known(extensions),
        },
    }
    if result is not None:
        known = {"extensions": _known(result["extensions"])} if "extensions" in result else {}
        statement["result"] = {**result, **known}
    moment = _with_zone(when)
    if moment is not None:
        statement["timestamp"] = moment
    # The same content always has the same id: a store that has it already takes it for the same.
    content = json.dumps(statement, sort_keys=True, ensure_ascii=False)
    return {"id": str(uuid5(NAMESPACE_URL, content)), **statement}


def _known(extensions: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in extensions.items() if value is not None}


def _with_zone(text: str | None) -> str | None:
    """ISO 8601 with a zone; a time without one is of this machine's."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.astimezone()).isoformat(timespec="seconds")
