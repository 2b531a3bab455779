"""Postal addresses, down to where somebody lives: a road or estate with a number, a building and a door."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callqa.masking.contexts import cues
from callqa.masking.kinds import Found, Kind

_N = (
    r"[0-9０-９零〇一二三四五六七八九十百千幺两A-Za-z甲乙丙丁]{1,6}(?:[-－—之杠][0-9一二三四五"
    r"六七八九十]{1,4})?"
)
_PAUSE = r"(?:[\s，,、]|嗯|呃|啊|那个|就是|然后)*"
# Where a place's name begins: behind these.
_STOP = r"住在是到址寄装搬我您你他她的去那这我从往跟你们，。、,.！？!?\s：:；;嗯呃啊就哪个了查帮"
_P = rf"(?:(?!家住|家在|家是)[\u4e00-\u9fff](?<![{_STOP}])){{1,8}}?"
_REGION = rf"{_P}(?:省|自治区|自治州|市(?!场|政|民|面)|(?<![小社园])区(?!别|域|号|分|块)|县|州|旗)"
_PLACE = (
    rf"{_P}(?:街道|开发区|新区|镇|乡|村(?!里人)|屯|庄(?=[一二三四五六七八九十\d])|大街|大道|"
    rf"(?<![线道网电思短公铁])路(?!由|上|口|边|灯|过|程|线|费|电|径)|街(?!上|道|边)|"
    rf"巷子?|胡同|弄堂|小区(?!里|的|信)|花园|家园|公寓|大厦|新村|社区|新城|苑|公馆|山庄|雅居|华府|"
    rf"豪庭|名城|步行街|(?:广场|中心|城|大楼|湾|里|轩|阁|居|园|坊|郡|庭|府)(?=[A-Z甲乙\d一二三四五六七八九十]))"
)
_UNIT = (
    rf"(?:{_N}(?:号院|号楼|号|弄|栋|幢|座|楼|单元|室|房|层|组|期|户|院|门|梯|户)(?!键|线|码|卡|"
    rf"段|函|以|之|有|到|晚|早|上午|下午))"
)
_DOOR = (
    r"(?:[0-9一二三四五六七八九十]{1,4}[A-Za-z](?![A-Za-z])|"
    r"[0-9零〇一二三四五六七八九幺]{3,4}(?![0-9零〇一二三四五六七八九元块兆分年G]))"
)
_CLUSTER = re.compile(
    rf"(?P<regions>(?:{_REGION}{_PAUSE})*)(?P<places>(?:{_PLACE}{_PAUSE})*)"
    rf"(?P<units>{_UNIT}(?:{_PAUSE}(?:的)?{_UNIT})*(?:{_PAUSE}{_DOOR})?)?"
)
_BUILDING = re.compile(rf"{_N}(?:号院|号楼|弄|栋|幢|座|单元|室|房|院)")
# Without any of these no address is looked for.
_HINT = re.compile(
    rf"{_UNIT}|街道|开发区|新区|[镇乡村屯庄路街巷]|大道|胡同|弄堂|小区|花园|家园|公寓|大厦|"
    rf"社区|新城|苑|公馆|山庄|雅居|府|庭|名城"
)
_DATE = re.compile(r"月$")
_PUBLIC = re.compile(r"^(?:的)?(?:营业厅|营业部|服务厅|门店|那个营业厅|专卖店|分店)")
_GENERIC = re.compile(
    r"^(?:你们|我们|咱们|整个|这个|那个|哪个|什么|一个|几个|某|每个|所有|全|各)?(?:小区|社区|"
    r"街道|村|镇|乡|公寓|大厦|家园|花园)$"
)
_PATIENCE = 4

_NUM_EN = (
    r"(?:\d{1,5}[A-Za-z]?|(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    r"ninety|hundred|and|oh|zero)"
    r"[\s-]+){0,5}(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    r"fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|zero))"
)
_DOOR_EN = (
    rf"(?:apartment|apt\.?|unit|suite|flat|room|floor|building|"
    rf"#)\s*(?:number\s+)?(?:\d+\s?[A-Za-z]?\b|{_NUM_EN}\b|[A-Za-z]\b)"
)
_CITY_EN = r"[A-Z][a-z]+(?:\s[A-Z][a-z]+)?"
_UK = r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b"
_STREET_EN = re.compile(
    rf"\b(?i:{_NUM_EN})\s+(?:(?:[A-Z][\w'’.]*|north|south|east|west|the)\s+){{1,4}}"
    r"(?:[Ss]treet|[Ss]t|[Aa]venue|[Aa]ve|[Rr]oad|[Rr]d|[Ll]ane|[Ll]n|[Dd]rive|[Dd]r|"
    r"[Bb]oulevard|[Bb]lvd|[Cc]ourt|[Cc]t|"
    r"[Pp]lace|[Tt]errace|[Ww]ay|[Cc]ircle|[Ss]quare|[Pp]arkway|[Hh]ighway|[Cc]rescent|"
    r"[Cc]lose|[Gg]ardens|[Hh]ill|[Rr]ow|"
    r"[Gg]rove|[Mm]ews|[Tt]rail)\b\.?"
    rf"(?:,?\s+(?i:{_DOOR_EN}))?(?:,?\s+(?:in\s+)?{_CITY_EN}(?=,|\s+\d{{5}}|"
    rf"\s+[A-Z]{{2}}\b)(?:,\s*{_CITY_EN}|\s+[A-Z]{{2}}\b)?)?"
    rf"(?:,?\s*(?:\d{{5}}(?:-\d{{4}})?\b|{_UK}))?"
)
_UK_CODE = re.compile(_UK)
_ZIP = re.compile(
    rf"\b(?:zip(?: code)?|postal code|post ?code)(?: is|['’]s|"
    rf":)?,?\s+(?P<zip>\d{{5}}(?:-\d{{4}})?|(?:{_NUM_EN}|oh)(?:[\s,-]+(?:{_NUM_EN}|oh)){{2,5}})",
    re.IGNORECASE,
)
_DOOR_ALONE_EN = re.compile(rf"\b{_DOOR_EN}", re.IGNORECASE)


def find_addresses(texts: Sequence[str], language: str) -> list[list[Found]]:
    """The addresses of each utterance. A city or district alone is none, nor is a branch of the company."""
    rows: list[list[Found]] = []
    patience = 0
    for text in texts:
        speaks_of_it = any(cue.kind is Kind.ADDRESS for cue in cues(text, language))
        wanted = patience > 0 or speaks_of_it
        row = _mandarin(text, wanted) if language == "zh" else _english(text, wanted)
        rows.append(row)
        patience = _PATIENCE if speaks_of_it or row else patience - 1
    return rows


def _mandarin(text: str, wanted: bool) -> list[Found]:
    found: list[Found] = []
    if not _HINT.search(text):
        return found
    place = 0
    while place < len(text):
        match = _CLUSTER.match(text, place)
        if match is None or match.end() == match.start():
            place += 1
            continue
        units, places, regions = match["units"] or "", match["places"] or "", match["regions"] or ""
        end = match.start() + len(match.group().rstrip("，,、 嗯呃啊"))
        if _is_address(text, match.start(), regions, places, units, wanted) and not _PUBLIC.match(text[end:]):
            found.append(Found(Kind.ADDRESS, match.start(), end, 0.8 if units else 0.6))
            place = match.end()
        else:
            place += 1
    return found


def _is_address(text: str, first: int, regions: str, places: str, units: str, wanted: bool) -> bool:
    if _DATE.search(text[:first]) and not places:
        return False
    bare = places.strip("，,、 嗯呃啊")
    named = bool(bare) and not _GENERIC.match(bare)
    if units:
        num_building = len(_BUILDING.findall(units))
        has_door = bool(re.search(rf"{_DOOR}$", units)) or units[-1] in "室房"
        if named or (regions and wanted):
            return True
        return num_building >= 2 or (num_building >= 1 and (has_door or wanted)) or (wanted and has_door)
    if named and (regions or wanted):
        return bool(regions) or not re.search(r"[村镇乡]$|街道$", bare) or wanted
    return False


def _english(text: str, wanted: bool) -> list[Found]:
    found = [Found(Kind.ADDRESS, *match.span(), 0.9) for match in _STREET_EN.finditer(text)]
    found += [Found(Kind.ADDRESS, *match.span(), 0.9) for match in _UK_CODE.finditer(text)]
    found += [Found(Kind.ADDRESS, *match.span("zip"), 0.9) for match in _ZIP.finditer(text)]
    if found or wanted:
        found += [Found(Kind.ADDRESS, *match.span(), 0.7) for match in _DOOR_ALONE_EN.finditer(text)]
    return found
