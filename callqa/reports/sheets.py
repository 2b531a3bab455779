"""What stands in the workbooks of the reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from callqa.reports.agent_page import AgentPage, ShownMoment, verdict_of
from callqa.reports.call_page import CallPage
from callqa.reports.day_page import LOW_SCORE, DayCall, DayPage
from callqa.reports.shapes import moment_of, person
from callqa.reports.svg import Step
from callqa.reports.team_page import TeamPage
from callqa.reports.texts import Texts
from callqa.reports.workbook import Cell, Column, Sheet
from callqa.store import JudgedCall

Links = Mapping[str, str]


def call_sheets(page: CallPage, texts: Texts) -> list[Sheet]:
    """Scorecard, evidence, figures and words of one call."""
    t = texts
    return [
        Sheet(
            t("sheet_score"),
            (
                Column(t("criterion"), width=16),
                Column(t("verdict"), "verdict", 12),
                Column(t("score"), "percent", 9),
                Column(t("weight"), "number", 8),
                Column(t("critical"), width=9),
                Column(t("reason_column"), width=70),
                Column(t("advice"), width=50),
            ),
            [
                (
                    item.title,
                    item.verdict,
                    item.score,
                    item.weight,
                    t("yes") if item.critical else t("no"),
                    item.reason,
                    item.advice,
                )
                for item in page.criteria
            ],
        ),
        Sheet(
            t("sheet_evidence"),
            (
                Column(t("criterion"), width=16),
                Column(t("verdict"), "verdict", 12),
                Column(t("start_s"), "number", 11),
                Column(t("end_s"), "number", 11),
                Column(t("quote"), width=50),
                Column(t("reason_column"), width=60),
            ),
            [
                (item.title, item.verdict, piece.start, piece.end, piece.quote, piece.reason)
                for item in page.criteria
                for piece in item.evidence
            ],
        ),
        Sheet(
            t("sheet_measures"),
            (
                Column(t("measure"), width=28),
                Column(t("value"), "number", 11),
                Column(t("unit"), width=14),
                Column(t("notes_column"), width=60),
            ),
            [(item.title, item.value, item.unit, item.reason) for item in page.measures],
        ),
        Sheet(
            t("sheet_transcript"),
            (
                Column(t("start_s"), "number", 11),
                Column(t("end_s"), "number", 11),
                Column(t("role"), width=10),
                Column(t("text"), width=100),
            ),
            [(line.start, line.end, line.role, line.text) for line in page.transcript],
        ),
    ]


def agent_sheets(page: AgentPage, texts: Texts, links: Links) -> list[Sheet]:
    """Levels, moments, trend and calls of one agent; of too few calls the calls alone."""
    t = texts
    levels = Sheet(
        t("sheet_levels"),
        (
            Column(t("behaviour"), width=16),
            Column(t("level"), "percent", 9),
            Column(t("interval_low"), "percent", 10),
            Column(t("interval_high"), "percent", 10),
            Column(t("judged_calls"), "integer", 10),
            Column(t("unsure_calls"), "integer", 10),
            Column(t("others"), "percent", 10),
            Column(t("gap_points"), "number", 11),
            Column(t("p_value"), "number", 10),
            Column(t("compared"), width=24),
            Column(t("percentile"), "number", 10),
            Column(t("earlier"), "percent", 10),
            Column(t("trend"), width=16),
            Column(t("figures"), width=50),
        ),
        [
            (
                item.title,
                item.level.value,
                item.level.low,
                item.level.high,
                item.level.judged,
                item.level.unsure,
                item.team.value,
                None if item.gap is None else 100 * item.gap,
                item.corrected_p,
                item.compared,
                item.percentile,
                item.earlier.value,
                item.trend,
                item.figures,
            )
            for item in page.standings
        ],
    )
    moments = Sheet(
        t("sheet_moments"),
        (
            Column(t("behaviour"), width=16),
            Column(t("kind"), width=16),
            Column(t("day"), "date", 12),
            Column(t("call_column"), "link", 11),
            Column(t("start_s"), "number", 11),
            Column(t("end_s"), "number", 11),
            Column(t("quote"), width=50),
            Column(t("reason_column"), width=60),
        ),
        list(_moments(page, texts, links)),
    )
    sheets = [levels, moments, _trend_sheet(((item.title, item.steps) for item in page.standings), texts)]
    return [*(sheets if page.standings else ()), _calls_sheet(page.calls, page.criteria, texts, links)]


def team_sheets(page: TeamPage, texts: Texts, links: Links) -> list[Sheet]:
    """Levels by agent, trend, modules and calls of the team."""
    t = texts
    rows: list[Sequence[Cell]] = []
    for row in (*page.rows, page.total):
        cells: list[Cell] = [cell.level.value for cell in row.cells] or [None] * len(page.criteria)
        rows.append(
            (
                row.label,
                row.num_calls,
                row.missing,
                row.judged_share,
                row.score[0],
                row.score[1],
                row.score[2],
                *cells,
            )
        )
    plans = {agent: line for agent, _, line in page.plans}
    rows = [
        (*line, plans.get(row.agent, "")) for line, row in zip(rows, (*page.rows, page.total), strict=True)
    ]
    return [
        Sheet(
            t("sheet_levels"),
            (
                Column(t("agent_column"), width=20),
                Column(t("calls"), "integer", 8),
                Column(t("missing"), "integer", 10),
                Column(t("judged"), "percent", 10),
                Column(t("mean_score"), "number", 10, LOW_SCORE),
                Column(t("interval_low"), "number", 10),
                Column(t("interval_high"), "number", 10),
                *(Column(title, "percent", 12, 0.5) for _, title in page.criteria),
                Column(t("to_work_on"), width=50),
            ),
            rows,
        ),
        _trend_sheet(((item.title, item.steps) for item in page.trends), texts),
        Sheet(
            t("sheet_needs"),
            (
                Column(t("module"), width=36),
                Column(t("minutes", n=""), "integer", 9),
                Column(t("agents"), "integer", 9),
                Column(t("classes"), "integer", 9),
                Column(t("who"), width=70),
            ),
            [
                (title, minutes, len(agents), classes, ("、" if t.language == "zh" else ", ").join(agents))
                for title, minutes, agents, classes in page.needs
            ],
        ),
        _calls_sheet(page.calls, page.criteria, texts, links),
    ]


def day_sheets(page: DayPage, texts: Texts, links: Links) -> list[Sheet]:
    """All calls of a day, exceptions first, and the files that could not be scored."""
    t = texts
    names = {kind: title for kind, title, _, _ in page.groups}

    def row(item: DayCall) -> Sequence[Cell]:
        call = item.summary
        told = [names[item.kind]] if item.kind else []
        reasons = [f"{title}{t('colon')}{reason}" if title else reason for title, reason in item.reasons]
        return (
            " / ".join([*told, *item.also]),
            moment_of(call.started_at),
            (call.id[:8], links.get(call.id)),
            person(call.agent_name, call.agent_id),
            call.queue,
            call.duration,
            call.score,
            call.judged_share,
            call.untranscribed_share,
            *item.verdicts,
            "\n".join(reasons),
            call.paths[0] if call.paths else "",
        )

    return [
        Sheet(
            t("sheet_calls"),
            (
                Column(t("sheet_exceptions"), width=18),
                Column(t("time_column"), "datetime", 17),
                Column(t("call_column"), "link", 11),
                Column(t("agent_column"), width=18),
                Column(t("queue"), width=12),
                Column(t("duration_s"), "number", 10),
                Column(t("score"), "number", 8, LOW_SCORE),
                Column(t("judged"), "percent", 9),
                Column(t("untranscribed"), "percent", 12),
                *(Column(title, "verdict", 12) for _, title in page.criteria),
                Column(t("reason_column"), width=60),
                Column(t("file_column"), width=40),
            ),
            [row(item) for item in page.calls],
        ),
        Sheet(
            t("sheet_failures"),
            (
                Column(t("file_column"), width=60),
                Column(t("reason_column"), width=60),
                Column(t("hint_column"), width=50),
                Column(t("failed_at"), "datetime", 17),
            ),
            [(item.path, item.reason, item.hint, moment_of(item.failed_at)) for item in page.failures],
        ),
    ]


def _moments(page: AgentPage, texts: Texts, links: Links) -> Iterable[Sequence[Cell]]:
    for advice in page.advice:
        kinds: list[tuple[str, ShownMoment]] = [("kind_work_on", item) for item in advice.work_on]
        if advice.own_good is not None:
            kinds.append(("kind_own_good", advice.own_good))
        if advice.example is not None:
            kinds.append(("kind_example", advice.example))
        for kind, item in kinds:
            day = moment_of(item.day)
            yield (
                advice.title,
                texts(kind),
                None if day is None else day.date(),
                None if item.call_id is None else (item.call_id[:8], links.get(item.call_id)),
                item.shown.start,
                item.shown.end,
                item.shown.quote,
                item.shown.reason,
            )


def _trend_sheet(trends: Iterable[tuple[str, Sequence[Step]]], texts: Texts) -> Sheet:
    rows: list[Sequence[Cell]] = []
    for title, steps in trends:
        for start, level, low, high in steps:
            day = moment_of(start)
            rows.append((title, start if day is None else day.date(), level, low, high))
    return Sheet(
        texts("sheet_trend"),
        (
            Column(texts("behaviour"), width=18),
            Column(texts("date_from"), "date", 12),
            Column(texts("level"), "percent", 9),
            Column(texts("interval_low"), "percent", 11),
            Column(texts("interval_high"), "percent", 11),
        ),
        rows,
    )


def _calls_sheet(
    calls: Sequence[JudgedCall], criteria: Sequence[tuple[str, str]], texts: Texts, links: Links
) -> Sheet:
    t = texts
    return Sheet(
        t("sheet_calls"),
        (
            Column(t("time_column"), "datetime", 17),
            Column(t("call_column"), "link", 11),
            Column(t("agent_column"), width=18),
            Column(t("queue"), width=12),
            Column(t("score"), "number", 8, LOW_SCORE),
            Column(t("judged"), "percent", 9),
            *(Column(title, "verdict", 12) for _, title in criteria),
        ),
        [
            (
                moment_of(call.started_at),
                (call.id[:8], links.get(call.id)),
                person(call.agent_name, call.agent_id),
                call.queue,
                call.score,
                call.judged_share,
                *(verdict_of(call, name) for name, _ in criteria),
            )
            for call in calls
        ],
    )
