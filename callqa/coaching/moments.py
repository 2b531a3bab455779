"""Moments to listen to: where it went wrong, where it went well, and a colleague's example."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from callqa.coaching.advice import Instead, Module, Moment
from callqa.coaching.results import AgentResult, TeamResult, agent_of
from callqa.data import Evidence, Role, Verdict
from callqa.language import searcher
from callqa.masking import find_personal_data, mask_quote
from callqa.store import JudgedCall, Store, StoredEvidence

# Candidates of which the best are taken: enough to prefer what was heard with certainty.
_CANDIDATES = 12
_HEARD_WELL = 0.6
_NAME_ALIKE = 0.75  # a name too many hidden does no harm, one too few does
_MAX_TERMS = 3
_HIDDEN = {"zh": "［姓名］", "en": "[name]"}
_COMPANY = {"zh": "［公司名称］", "en": "[company]"}
_WHOLE_GREETING = {
    "zh": "问候、公司、姓名和服务用语都说全了。",
    "en": "Salutation, company, name and offer of help: all of them.",
}
_GIVEN = {"zh": "该用礼貌用语的地方用了。", "en": "Courteous where it was owed."}
# What is cited for these criteria is faults, also where they are met: such a call is no example.
_FAULTS_ONLY = ("jargon", "guessing", "privacy", "politeness")
# Rows of these measures say how the call was, not where it went wrong.
_NEUTRAL = ("talk_share", "longest_agent_monologue", "you_forms", "response_latency")


@dataclass(slots=True)
class Listening:
    """Looks for moments in a workspace. `left_out` are calls that are not for training, `by_name`
    the agents who let their good examples carry the name. Customers' personal data is hidden in
    all that is quoted (`callqa.masking`)."""

    store: Store
    team: TeamResult
    left_out: Collection[str]
    by_name: Collection[str]
    max_moments: int
    _evidence: dict[str, list[StoredEvidence]] = field(default_factory=dict)
    _components: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    def faults(self, agent: AgentResult, criterion: str) -> tuple[Moment, ...]:
        """The agent's own moments to work on, newest first, each of another call; what was heard
        well goes before what was not. Not yet `masked`."""
        calls = self._calls(agent.calls, criterion, (Verdict.NOT_MET,), _CANDIDATES)
        if len(calls) < self.max_moments:
            calls += self._calls(agent.calls, criterion, (Verdict.PARTLY_MET,), _CANDIDATES)
        self._read(calls)
        fast = self._usual_rate(calls)
        moments = [moment for call in calls if (moment := self._fault(call, criterion, fast))]
        moments.sort(key=lambda moment: (moment.probability or 0.0) < _HEARD_WELL)
        chosen = sorted(moments[: self.max_moments], key=lambda moment: moment.day or "", reverse=True)
        return tuple(chosen)

    def masked(self, moments: Iterable[Moment]) -> tuple[Moment, ...]:
        """Moments as they may be shown."""
        return tuple(self._masked(moment) for moment in moments)

    def own_good(self, agent: AgentResult, criterion: str) -> Moment | None:
        """The agent's latest moment where the same behaviour went well."""
        calls = self._calls(agent.calls, criterion, (Verdict.MET,), _CANDIDATES)
        return self._good(calls, criterion, hide=False)

    def example(self, agent: AgentResult, criterion: str) -> Moment | None:
        """A colleague's good moment, of those who do it best; without a name unless they let it be
        known."""
        others = [
            other
            for other in self.team.agents
            if other.agent != agent.agent and other.behaviours[criterion].level.value is not None
        ]
        others.sort(
            key=lambda other: (other.agent in self.by_name, other.behaviours[criterion].level.low or 0.0),
            reverse=True,
        )
        kinds = {(call.queue, call.language) for call in agent.calls}
        for other in others[:3]:
            calls = self._calls(other.calls, criterion, (Verdict.MET,), _CANDIDATES)
            same = [call for call in calls if (call.queue, call.language) in kinds]
            found = self._good((same or calls)[:3], criterion, hide=other.agent not in self.by_name)
            if found is not None:
                return found
        return None

    def instead(
        self, agent: AgentResult, criterion: str, moments: Sequence[Moment], modules: Iterable[Module]
    ) -> tuple[Instead, ...]:
        """What to say in place of what was said: plain words for the agent's own terms, other words
        for their forbidden phrases, the greeting with their own name."""
        language = agent.calls[-1].language if agent.calls else "zh"
        said = _clean(moments[0].quote) if moments and criterion in ("greeting", "closing") else ""
        found = list(self._plain_words(agent)) if criterion == "jargon" else []
        kinds = self._forbidden(moments) if criterion == "politeness" else {}
        for module in modules:
            for say in module.say:
                if say.instead_of is not None:
                    if say.instead_of in kinds:
                        quote, call_id = kinds[say.instead_of]
                        found.append(Instead(quote, say.words, call_id))
                    continue
                words = say.words.replace("{name}", agent.name or agent.agent)
                if "{company}" in words:
                    words = words.replace("{company}", self._company(agent, language))
                found.append(Instead(said, words, moments[0].call_id if said else None))
        # What was really said goes before what holds for all.
        return tuple(sorted(found, key=lambda item: not item.said))

    def _calls(
        self, calls: Sequence[JudgedCall], criterion: str, verdicts: Collection[Verdict], most: int
    ) -> list[JudgedCall]:
        """The newest calls with one of these verdicts that may be used."""
        return [
            call
            for call in reversed(calls)
            if call.id not in self.left_out
            and (item := call.criteria.get(criterion)) is not None
            and item.verdict in verdicts
        ][:most]

    def _read(self, calls: Iterable[JudgedCall]) -> None:
        unread = [call.id for call in calls if call.id not in self._evidence]
        if unread:
            self._evidence.update(self.store.coaching.evidence(unread))

    def _read_components(self, calls: Iterable[str], measure: str) -> dict[str, Mapping[str, Any]]:
        wanted = list(calls)
        unread = [call_id for call_id in wanted if (call_id, measure) not in self._components]
        read = self.store.coaching.components(unread, measure) if unread else {}
        self._components.update({(call_id, measure): read.get(call_id, {}) for call_id in unread})
        return {call_id: self._components[call_id, measure] for call_id in wanted}

    def _fault(self, call: JudgedCall, criterion: str, usual_rate: float | None) -> Moment | None:
        rows = [
            row.evidence
            for row in self._evidence[call.id]
            if row.kind == "criterion" and row.owner == criterion
        ]
        owners = self._owners(call)
        if criterion in ("greeting", "closing"):
            # What is missing, or came too late, is told last; before it, what was there.
            own = [
                row.evidence
                for row in self._evidence[call.id]
                if row.kind == "measure" and row.owner == criterion
            ]
            rows = own[-1:] or rows[-1:]
        elif criterion == "transparency":
            rows = [row for row in rows if owners.get(row.reason) != "transparency"]
        elif criterion == "pace":
            rate = call.parts.get("articulation_rate", {}).get("value")
            slow = rate is not None and usual_rate is not None and rate < usual_rate
            rows = rows[1:2] if slow else rows[:1]
        elif criterion == "jargon":
            rows = [row for row in rows if self._is_unexplained(call, row)]
        else:
            rows = [row for row in rows if self._is_fault(call, row, owners)]
        if not rows:
            return None
        best = max(rows, key=lambda row: (row.probability or 0.0) >= _HEARD_WELL)
        who = call.agent_name or agent_of(call)
        return _moment(call, criterion, best, who, owners.get(best.reason, ""))

    def _owners(self, call: JudgedCall) -> dict[str, str]:
        """Which measure found the evidence, by its sentence."""
        return {row.evidence.reason: row.owner for row in self._evidence[call.id] if row.kind == "measure"}

    def _is_unexplained(self, call: JudgedCall, row: Evidence) -> bool:
        occurrences = self._read_components([call.id], "jargon")[call.id].get("occurrences", ())
        return any(
            item["status"] == "unexplained" and row.start <= item["start"] and item["end"] <= row.end + 0.01
            for item in occurrences
        )

    def _is_fault(self, call: JudgedCall, row: Evidence, owners: Mapping[str, str]) -> bool:
        owner = owners.get(row.reason)
        if owner == "customer_opening":
            # The opening is always cited; a second row only where the agent cut it off.
            return sum(item.owner == owner for item in self._evidence[call.id] if item.kind == "measure") > 1
        return owner not in _NEUTRAL

    def _usual_rate(self, calls: Sequence[JudgedCall]) -> float | None:
        """The middle of the rates that met the criterion, in the language of these calls."""
        language = calls[0].language if calls else None
        rates = [
            call.parts["articulation_rate"]["value"]
            for agent in self.team.agents
            for call in agent.calls
            if call.language == language
            and "value" in call.parts.get("articulation_rate", {})
            and (item := call.criteria.get("pace")) is not None
            and item.verdict is Verdict.MET
        ]
        return median(rates) if rates else None

    def _good(self, calls: Sequence[JudgedCall], criterion: str, hide: bool) -> Moment | None:
        self._read(calls)
        for call in calls:
            row = self._good_row(call, criterion)
            if row is None:
                continue
            if hide:
                return self._masked(_moment(call, criterion, self._without_names(call, row), None))
            return self._masked(_moment(call, criterion, row, call.agent_name or agent_of(call)))
        return None

    def _masked(self, moment: Moment) -> Moment:
        facts = self.store.load(moment.call_id).analysis.facts
        spans = find_personal_data(facts.utterances, facts.language)
        cited = Evidence(moment.start, moment.end, moment.quote, moment.reason)
        shown = mask_quote(cited, facts.utterances, spans, facts.language)
        return replace(moment, quote=shown.quote, reason=shown.reason)

    def _good_row(self, call: JudgedCall, criterion: str) -> Evidence | None:
        rows = [
            row.evidence
            for row in self._evidence[call.id]
            if row.kind == "criterion" and row.owner == criterion
        ]
        if criterion in _FAULTS_ONLY and rows:
            return None
        if criterion == "greeting" and rows:
            quote = ("，" if call.language == "zh" else ", ").join(_clean(row.quote) for row in rows)
            least = min((row.probability for row in rows if row.probability is not None), default=None)
            ends = max(row.end for row in rows)
            reason = _WHOLE_GREETING["zh" if call.language == "zh" else "en"]
            return Evidence(min(row.start for row in rows), ends, quote, reason, least)
        if criterion == "politeness" and not rows:
            occasions = self._read_components([call.id], "courtesy")[call.id].get("occasions", ())
            given = next((item for item in occasions if item["given"]), None)
            if given is not None:
                reason = _GIVEN["zh" if call.language == "zh" else "en"]
                return Evidence(given["start"], given["end"], given["quote"], reason)
        return rows[0] if rows else self._longest_utterance(call, criterion)

    def _longest_utterance(self, call: JudgedCall, criterion: str) -> Evidence | None:
        """Where nothing was found because nothing was wrong: what the agent said at length."""
        analysis = self.store.load(call.id).analysis
        longest = max(
            analysis.facts.utterances_of(Role.AGENT), key=lambda item: item.end - item.start, default=None
        )
        if longest is None:
            return None
        reason = next((item.reason for item in analysis.scorecard.criteria if item.id == criterion), "")
        return Evidence(longest.start, longest.end, longest.text, reason)

    def _without_names(self, call: JudgedCall, row: Evidence) -> Evidence:
        """The evidence with the agent's name and number hidden, also as they were heard."""
        names = {call.agent_name, call.agent_id}
        elements = self._read_components([call.id], "greeting")[call.id].get("elements", {})
        names.add(elements.get("name", {}).get("quote"))
        known = [_clean(name) for name in names if name]
        language = "zh" if call.language == "zh" else "en"
        quote, reason = (_hide(text, known, language) for text in (row.quote, row.reason))
        return Evidence(row.start, row.end, quote, reason, row.probability)

    def _plain_words(self, agent: AgentResult) -> list[Instead]:
        """The agent's most frequent unexplained terms, each in plain words."""
        calls = self._calls(agent.calls, "jargon", (Verdict.NOT_MET, Verdict.PARTLY_MET), len(agent.calls))
        terms: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for call_id, components in self._read_components([call.id for call in calls], "jargon").items():
            for item in components.get("occurrences", ()):
                if item["status"] == "unexplained":
                    terms.setdefault(item["term"], []).append((call_id, item))
        often = sorted(terms.items(), key=lambda entry: (-len(entry[1]), entry[0]))
        return [
            Instead(term, found[0][1].get("explain") or found[0][1].get("plain") or term, found[0][0])
            for term, found in often[:_MAX_TERMS]
        ]

    def _forbidden(self, moments: Sequence[Moment]) -> dict[str, tuple[str, str]]:
        """What kind of forbidden phrase was said, and in which call, by kind."""
        found: dict[str, tuple[str, str]] = {}
        calls = [moment.call_id for moment in moments]
        for call_id, components in self._read_components(calls, "forbidden_phrases").items():
            for item in components.get("occurrences", ()):
                if item.get("certain") and item.get("kind"):
                    found.setdefault(item["kind"], (item["heard"], call_id))
        return found

    def _company(self, agent: AgentResult, language: str) -> str:
        """What the agents are to call the company, as the latest call had it."""
        for components in self._read_components([call.id for call in agent.calls[-3:]], "greeting").values():
            expected = components.get("elements", {}).get("company", {}).get("expected")
            if expected:
                return str(expected)
        return _COMPANY["zh" if language == "zh" else "en"]


def _moment(call: JudgedCall, criterion: str, row: Evidence, agent: str | None, fault: str = "") -> Moment:
    day = call.started_at[:10] if call.started_at else None
    return Moment(
        call.id, day, criterion, row.start, row.end, row.quote, row.reason, row.probability, agent, fault
    )


def _hide(text: str, names: Sequence[str], language: str) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, _HIDDEN[language])
        for match in reversed(searcher(text, language).find(name, _NAME_ALIKE)):
            text = text[: match.first_char] + _HIDDEN[language] + text[match.end_char :]
    return text


def _clean(text: str) -> str:
    return text.strip(" ，。、！？,.!?")
