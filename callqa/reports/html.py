"""Pages as one HTML file each: no script, nothing from outside, readable offline and on paper."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from callqa import __version__
from callqa.data import Verdict
from callqa.reports import shapes
from callqa.reports.texts import Texts

_FOLDER = Path(__file__).resolve().parent / "templates"


def render(template: str, texts: Texts, **values: Any) -> str:
    """A page of a template (``call``, ``agent``, ``team``, ``day``) in the language of `texts`.
    Everything is escaped but charts."""
    return str(
        _environment()
        .get_template(f"{template}.html.j2")
        .render(
            t=texts,
            lang="zh-CN" if texts.language == "zh" else "en",
            style=_style(),
            made=texts("made", version=__version__, when=f"{datetime.now():%Y-%m-%d %H:%M}"),
            **values,
        )
    )


@cache
def _style() -> Any:
    from markupsafe import Markup

    return Markup((_FOLDER / "style.css").read_text(encoding="utf-8"))


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clock=shapes.clock, percent=shapes.percent, number=shapes.number, when=shapes.when
    )
    environment.globals.update(
        marks={verdict.value: mark for verdict, mark in shapes.MARKS.items()},
        verdicts=[verdict.value for verdict in Verdict],
        interval=shapes.interval,
        person=shapes.person,
    )
    return environment
