"""What `callqa calibrate` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from callqa.calibration.agreement import GIVEN, Agreement, Figure
from callqa.calibration.bands import MIN_LABELS, MIN_OTHERS, Effect, Suggestion
from callqa.calibration.compare import Comparison, Item, Kind
from callqa.calibration.sheet import file_name, quoted
from callqa.calibration.words import say, verdict_word
from callqa.data import Verdict
from callqa.reports.call_text import print_line

_MAX_QUOTES = 4
KIND_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.ACCUSED: ("机器误判未达标", "accused wrongly: not met by the machine, better by people"),
    Kind.STRICTER: ("机器更严", "stricter than people by a step"),
    Kind.MISSED: ("机器漏判", "missed: milder than people"),
    Kind.WITHOUT_GROUNDS: ("人工无法判断而机器给了结论", "a verdict where people could not tell"),
    Kind.APPLIES: ("是否适用看法不同", "whether the criterion applies"),
}


def print_comparison(out: Console, comparison: Comparison, titles: Mapping[str, str], language: str) -> None:
    """Where machine and people differ, agreement by criterion, confusion, and people among
    themselves."""
    _print_differences(out, comparison, titles, language)
    _print_withheld(out, comparison, titles, language)
    _print_agreement(out, comparison, titles, language)
    _print_confusions(out, comparison, titles, language)
    _print_people(out, comparison, titles, language)


def figure_text(figure: Figure, language: str, percent: bool = False) -> str:
    """A figure with its interval.

    >>> figure_text(Figure(0.85, 0.7432, 0.93), "en"), figure_text(Figure(0.85, 0.7, 0.9), "en", True)
    ('0.85 (0.74 to 0.93)', '85 % (70 to 90)')
    """
    if figure.value is None:
        return "–"
    scale, digits = (100, 0) if percent else (1, 2)
    text = f"{figure.value * scale:.{digits}f}" + (" %" if percent else "")
    if figure.low is None or figure.high is None:
        return text
    to = say(language, "至", "to")
    return f"{text} ({figure.low * scale:.{digits}f} {to} {figure.high * scale:.{digits}f})"


def difference_lines(number: int, item: Item, titles: Mapping[str, str], language: str) -> list[str]:
    """One place where machine and people differ, with what was heard and when."""
    recording = item.call.analysis.facts.recording
    agent = recording.agent_name or recording.agent_id
    kind = "" if item.kind is None else say(language, *KIND_WORDS[item.kind])
    lines = [
        f"{number:>3}. {titles.get(item.result.id, item.result.id)} · {file_name(recording.path)} "
        f"({item.call.id[:8]}){f' · {agent}' if agent else ''}" + (f" · {kind}" if kind else ""),
        say(language, "     机器：", "     machine: ")
        + f"{verdict_word(item.result.verdict, language)} · {item.result.reason}",
    ]
    for name, label in item.people.items():
        comment = f" · {label.comment}" if label.comment else ""
        lines.append(f"     {name}: {verdict_word(label.verdict, language)}{comment}")
    evidence = sorted(item.result.evidence, key=lambda found: (found.start, found.end))
    lines += [f"       {quoted(found, language)}" for found in evidence[:_MAX_QUOTES]]
    if len(evidence) > _MAX_QUOTES:
        more = len(evidence) - _MAX_QUOTES
        lines.append(say(language, f"       ……另有 {more} 处", f"       … and {more} more"))
    return lines


def _print_differences(
    out: Console, comparison: Comparison, titles: Mapping[str, str], language: str
) -> None:
    found = comparison.differences
    total = comparison.overall.num_compared
    print_line(
        out,
        say(
            language,
            f"机器与人工不同：{total} 个判断中有 {len(found)} 个，误判未达标的排在最前",
            f"machine and people differ in {len(found)} of {total} verdicts, false accusations first",
        ),
    )
    for number, item in enumerate(found, 1):
        for line in difference_lines(number, item, titles, language):
            print_line(out, line)


def _print_withheld(out: Console, comparison: Comparison, titles: Mapping[str, str], language: str) -> None:
    withheld = comparison.withheld
    if not withheld:
        return
    faults = sum(item.consensus in (Verdict.NOT_MET, Verdict.PARTLY_MET) for item in withheld)
    print_line(
        out,
        say(
            language,
            f"机器没有下结论而人工可以判断：{len(withheld)} 个，其中 {faults} 个有不足",
            f"withheld by the machine where people could tell: {len(withheld)}, with a fault in {faults}",
        ),
    )
    for item in withheld:
        print_line(
            out,
            f"     {titles.get(item.result.id, item.result.id)} · "
            f"{file_name(item.call.analysis.facts.recording.path)} ({item.call.id[:8]}) · "
            f"{verdict_word(item.consensus, language)} · {item.result.reason}",
        )


def _print_agreement(out: Console, comparison: Comparison, titles: Mapping[str, str], language: str) -> None:
    table = _table(
        say(language, "机器与人工（括号内为 95% 区间）", "Machine against people, with 95 % intervals"),
        say(language, "评分标准", "criterion"),
        say(language, "标签", "labels"),
        say(language, "可比", "compared"),
        say(language, "机器未定", "machine unsure"),
        say(language, "一致", "agreement"),
        "kappa",
        say(language, "线性加权 kappa", "linear kappa"),
        say(language, "一致（全部录音）", "agreement, whole workspace"),
        say(language, "kappa（全部录音）", "kappa, whole workspace"),
    )
    rows = {**{titles.get(name, name): found for name, found in comparison.by_criterion.items()}}
    rows[say(language, "全部", "all")] = comparison.overall
    for name, found in rows.items():
        table.add_row(
            name,
            str(found.num_labels),
            str(found.num_compared),
            str(found.num_first_unsure),
            figure_text(found.share, language, percent=True),
            figure_text(found.kappa, language),
            figure_text(found.linear_kappa, language),
            figure_text(found.weighted_share, language, percent=True),
            figure_text(found.weighted_kappa, language),
        )
    out.print(table)


def _print_confusions(out: Console, comparison: Comparison, titles: Mapping[str, str], language: str) -> None:
    verdicts = (*GIVEN, Verdict.UNSURE)
    table = _table(
        say(language, "机器判断（行）与人工判断（列）", "Machine (rows) and people (columns)"),
        say(language, "评分标准", "criterion"),
        say(language, "机器", "machine"),
        *(verdict_word(verdict, language) for verdict in verdicts),
    )
    for name, found in comparison.by_criterion.items():
        rows = [verdict for verdict in verdicts if any(found.confusion.get((verdict, o)) for o in verdicts)]
        for index, verdict in enumerate(rows):
            table.add_row(
                "" if index else titles.get(name, name),
                verdict_word(verdict, language),
                *(str(found.confusion.get((verdict, other)) or "·") for other in verdicts),
                end_section=index == len(rows) - 1,
            )
    out.print(table)


def _print_people(out: Console, comparison: Comparison, titles: Mapping[str, str], language: str) -> None:
    if len(comparison.by_labeller) < 2:
        return
    columns = (
        say(language, "可比", "compared"),
        say(language, "一致", "agreement"),
        "kappa",
        say(language, "线性加权 kappa", "linear kappa"),
    )
    table = _table(
        say(language, "机器与每位质检员", "Machine against each person"),
        say(language, "质检员", "labeller"),
        *columns,
    )
    for name, found in comparison.by_labeller.items():
        table.add_row(name, *_cells(found, language))
    out.print(table)
    table = _table(
        say(language, "质检员之间", "People among themselves"),
        say(language, "质检员", "labellers"),
        say(language, "评分标准", "criterion"),
        *columns,
    )
    for (one, other), by_criterion in comparison.between.items():
        for index, (name, found) in enumerate(by_criterion.items()):
            title = titles.get(name, name) if name else say(language, "全部", "all")
            table.add_row("" if index else f"{one} / {other}", title, *_cells(found, language))
    out.print(table)
    disputed = comparison.disputed
    print_line(
        out,
        say(
            language,
            f"质检员看法不一、没有多数意见的判断：{len(disputed)} 个，不与机器比较",
            f"verdicts on which people have no majority: {len(disputed)}, not held against the machine",
        ),
    )
    for item in disputed:
        said = ", ".join(f"{name}: {verdict_word(i.verdict, language)}" for name, i in item.people.items())
        print_line(
            out,
            f"     {titles.get(item.result.id, item.result.id)} · "
            f"{file_name(item.call.analysis.facts.recording.path)} ({item.call.id[:8]}) · {said}",
        )


def print_suggestions(
    out: Console, suggestions: Sequence[Suggestion], titles: Mapping[str, str], language: str
) -> None:
    """Limits that agree better with people, and what they change; or why none are suggested."""
    if not suggestions:
        return
    print_line(out, say(language, "评分界限的建议", "Suggested limits"))
    for item in suggestions:
        lead = f"  {titles.get(item.criterion, item.criterion)} · {item.name} ({item.rubric})"
        present = item.present.as_yaml().replace("\n", " ")
        if item.fit is None or not item.is_enough:
            print_line(
                out,
                lead
                + say(
                    language,
                    f"：标签太少（{item.num_labels} 个起作用，需要 {MIN_LABELS} 个，"
                    f"其中至少 {MIN_OTHERS} 个不是最常见的判断）",
                    f": too few labels ({item.num_labels} that the limits decide; {MIN_LABELS} are needed, "
                    f"{MIN_OTHERS} of them other than the commonest verdict)",
                ),
            )
        elif item.suggested is None:
            print_line(
                out,
                lead
                + say(
                    language,
                    f"：保持 {present}，{item.num_labels} 个标签中一致 {item.fit.agreement:.0%}",
                    f": keep {present}; agrees in {item.fit.agreement:.0%} of {item.num_labels} labels",
                ),
            )
        else:
            _print_suggested(out, lead, present, item, language)


def _print_suggested(out: Console, lead: str, present: str, item: Suggestion, language: str) -> None:
    if item.suggested is None or item.fit is None or item.suggested_fit is None or item.crossed is None:
        return
    suggested = item.suggested.as_yaml().replace("\n", " ")
    print_line(out, lead)
    print_line(out, say(language, f"    现在 {present}", f"    now       {present}"))
    print_line(out, say(language, f"    建议 {suggested}", f"    suggested {suggested}"))
    print_line(
        out,
        "    "
        + say(
            language,
            f"一致 {item.fit.agreement:.0%} → {item.suggested_fit.agreement:.0%}"
            f"（交叉验证 {item.crossed.agreement:.0%}，{item.num_labels} 个标签）；"
            f"误判未达标 {item.fit.num_accused} → {item.suggested_fit.num_accused}",
            f"agreement {item.fit.agreement:.0%} → {item.suggested_fit.agreement:.0%} "
            f"(cross-validated {item.crossed.agreement:.0%}, {item.num_labels} labels); "
            f"false accusations {item.fit.num_accused} → {item.suggested_fit.num_accused}",
        ),
    )
    for zh, en, effect in (
        ("样本中", "in the sample", item.in_sample),
        ("全部录音中", "in the workspace", item.in_workspace),
    ):
        if effect is not None:
            print_line(out, f"    {say(language, zh, en)}: {_effect_text(effect, language)}")


def _effect_text(effect: Effect, language: str) -> str:
    changes = ", ".join(
        f"{verdict_word(before, language)} → {verdict_word(after, language)} {number}"
        for (before, after), number in sorted(effect.changes.items())
    )
    text = say(
        language,
        f"{effect.num_calls} 通中改变 {effect.num_changed} 个判断",
        f"{effect.num_changed} of {effect.num_calls} verdicts change",
    )
    return f"{text} ({changes})" if changes else text


def _cells(found: Agreement, language: str) -> tuple[str, str, str, str]:
    return (
        str(found.num_compared),
        figure_text(found.share, language, percent=True),
        figure_text(found.kappa, language),
        figure_text(found.linear_kappa, language),
    )


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left", title_style="bold")
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name, justify="right", overflow="fold")
    return table
