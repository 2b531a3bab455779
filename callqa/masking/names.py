"""Names of customers: where names are said, and behind forms of address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from callqa.data import Role
from callqa.language.surnames import COMPOUND_SURNAMES, SURNAMES
from callqa.masking.kinds import Found, Kind

_S = rf"(?:{'|'.join(sorted(COMPOUND_SURNAMES))}|[{''.join(sorted(SURNAMES))}])"
_HAN = r"[\u4e00-\u9fff]"
# Characters that do not stand inside given names: where one comes, the name has ended.
_G = (
    r"[^\W\d_a-zA-Z的了我你您他她是在要想说这那吗吧呢啊呀么个就都也和跟与号给对请问有没不把被"
    r"让来去会能可以为到上下先女士两几什]"
)
_END = (
    r"(?=$|[，。！？、,.!?\s；;：:]|的|了|我|你|您|是|在|要|想|说|这|那|吗|吧|呢|啊|呀|先生|"
    r"女士|小姐|本人|就|号|手机|电话|身份|住|昨|今|对)"
)
_FULL = rf"{_S}{_G}{{1,2}}"
_TITLE = r"(?:先生|女士|小姐|太太|大哥|大姐|阿姨|叔叔|大爷|大妈|老师|同志|总(?=[，。！？您你好]))"
_OWN = re.compile(
    rf"(?:我(?:的名字|名字)?叫(?:做)?|我的?名字(?:是|叫)|本人叫?|(?:^|"
    rf"[，,。\s])叫做?)[\s，,]*(?P<name>{_FULL}){_END}"
    rf"|(?:^|[，,。\s]|您好|你好|喂)(?:我|这)是(?P<is>{_FULL})(?=$|[，。！？,.!?])"
    rf"|(?:我(?:爱人|老公|老婆|妈妈?|爸爸?|儿子|女儿|先生)?|免贵|敝|她|他)(?:是|"
    rf"就)?姓[\s，,]*(?P<sur>{_S}){_END}"
    rf"|(?:我|免贵)姓(?P<sur_other>{_HAN})(?=$|[，。,.])"
)
# Between pauses, a name may hold any character: 叫李想。
_BETWEEN_PAUSES = re.compile(
    rf"(?:我|她|他|^|[，,。])(?:的?名字)?(?:是)?叫(?P<name>{_S}(?!你|我|他|她|您|了|什|我)[\u4e00-\u9fff]{{1,2}})(?=$|[，。,.])"
)
_SURNAME_THEN_NAME = re.compile(
    rf"姓(?P<surname>{_S})[，,。\s]*(?:名?叫)?(?P<name>(?P=surname){_G}{{1,2}}){_END}"
)
_STATED = re.compile(
    rf"(?:机主|户主|户名|开户人|联系人|收件人|收货人|持卡人|经办人|代办人|姓名|全名|"
    rf"名字)[\s，,：:]*(?:(?:是|叫|写的?是?|填的?|为|就是|登记的是|"
    rf"我\S{{1,2}}[，,]?叫)[\s，,]*)?"
    rf"(?P<name>{_FULL}|{_S}(?={_TITLE})){_END}"
    rf"|(?:机主|户主|户名|开户人|登记).{{0,8}}?[，,是](?:叫|名字是|"
    rf"的名字)?[，,]?(?P<later>{_FULL})(?=$|[，。！？,.!?])"
    rf"|(?:我|他|她|(?:老公|爱人|老婆|妈|爸|儿子|女儿))[，,]?叫(?P<called>{_FULL}){_END}"
)
_OWNER = re.compile(
    rf"(?:我是|查一?下|查|用)(?P<name>{_FULL})(?=名下|的(?:老婆|老公|爱人|儿子|女儿|妈|爸|家属|号码|手机|身份证|名字|账户))"
)
_ADDRESSED = re.compile(
    rf"(?:您是|请问是|机主是|是不是|您就是)(?P<asked>{_FULL})(?=吗|吧|么|对|本人|[，。？,.?]|$|{_TITLE})"
)
_TITLED = re.compile(_TITLE)
_BEFORE_NAME = re.compile(
    r"(?:^|[，。！？、,.!?\s]|是|叫|我|问|的|好|您|给|找|主|和|跟|嗯|哦|啊|那|为|请|对|联系|这位)$"
)
_NOT_NAMES = re.compile(
    r"^(?:谢谢|多谢|金卡|银卡|黄金|白金|高级|高清|方便|安装|安全|安卓|平时|平常|全部|全球|"
    r"全家|关于|时候|时间|成功|成都|江苏|江西|云南|"
    r"南京|海南|宁波|石家|白天|明天|明白|国内|国外|国际|连接|连着|路由|游戏|包月|包年|车主|"
    r"房子|房东|单位|单独|花钱|花费|"
    r"计划|计费|容易|相信|相关|平台|华为|司机|商家|商量|万一|万能|解决|解释|应该|应当|师傅|"
    r"查询|查一|查话|边上|"
    r"门口|原来|原因|原装|满意|强制|盖章|区域|支付|支持|修改|修理|况且|都是|满足|海外|索要|"
    r"初次|祖国|有|新来|老|"
    r"何时|何必|向您|向你|任何|毕竟|连续|金额|温馨|高峰|马上|常|左右|左边|干|方法|方式|文字|"
    r"文件|尚未|符合|施工|简单|"
    r"车牌|管理|屈服|莫名|古怪|农村|农业|武汉|温州|徐州|郑州|苏州|杭州|梅州|柳州|惠州|沈阳|安徽|金融|通|"
    r"经理|主管|领导|人工|客户|客服|用户|业主|机主|本人|什么|怎么|哪|谁|任|相当|来自|来电|"
    r"来问|都|乐意|明显|强烈|国家|燕|"
    r"印象|全国|全省|全市|平均|余额|钱|花|米|云|皮|班|楼|井|位)"
)
_SURNAME_ONLY = frozenset("钱花米云皮班楼井位")
_ASKS_NAME = re.compile(
    r"贵姓|您的姓|姓名|怎么称呼|如何称呼|您叫什么|什么名字|叫什么(?:呢|呀|啊)?[？?。]|姓什么|"
    r"机主是谁|名字(?:是|报|说|告诉|呢|[。，？?]|$)|全名"
)
_ANSWER = re.compile(
    r"^(?:嗯|呃|啊|哦|额|那个|是|我|就|叫|免贵|姓|名字|[，,、。\s]|她|他|机主)*"
    rf"(?:(?P<name>{_S}{_G}{{0,2}})(?=[\s。.吧啊呀！!]*$|[，,。])|(?P<any>{_HAN}{{2,3}})[\s。,.吧啊呀！!]*$)"
)
_NO_ANSWER = re.compile(
    r"好的?|对的?|是的?|不是|什么|没有|知道|可以|行|谢谢|等一下|等等|你说|您说|怎么|为什么|"
    r"干嘛|不用|稍等|先生|女士|"
    r"嗯|呃|啊|哦|喂|我的|我是|本人|再说|没事|就是|这个|那个|不想|不能"
)
_GREETS = re.compile(
    r"为您服务|为你服务|工号|有什么可以|请问有什么|请讲|客服|中国移动|中国联通|中国电信|中国广电"
)

_CAP = r"(?:[A-Z][a-z]+(?:[-'’][A-Z]?[a-z]+)?|Mc[A-Z][a-z]+|O['’][A-Z][a-z]+)"
_NAME_EN = rf"{_CAP}(?:\s+(?:[A-Z]\b\.?|van|de|la|von|{_CAP})){{0,3}}"
_OWN_EN = re.compile(
    rf"\b(?:[Mm]y (?:full )?name is|[Mm]y name['’]s|[Nn]ame['’]s|[Tt]he name is|[Tt]his is|I "
    rf"am|I['’]m|[Ii]t['’]s|"
    rf"[Cc]all me)\s+(?P<name>{_NAME_EN})"
    rf"|\b(?P<speaking>{_NAME_EN}) (?:speaking|here)\b"
)
_OWN_LOWER_EN = re.compile(r"\b[Mm]y (?:full )?name(?: is|['’]s)\s+(?P<name>[a-z]+(?:\s+[a-z]+)?)(?=$|[,.])")
_STATED_EN = re.compile(
    rf"\b(?:under(?: the name(?: of)?)?|name of|in the name of|account holder(?: is)?|(?:first|"
    rf"last|full|sur|middle|maiden) ?name"
    rf"(?: is|['’]s)?|(?:[Hh]usband|[Ww]ife|[Mm]other|[Ff]ather|[Ss]on|[Dd]aughter)['’]?s? (?:name )?is|"
    rf"(?<![Yy]ou['’]re )(?<![Yy]ou are )(?:[Ss]peaking|[Tt]alking) (?:with|to)|[Ii]s this|"
    rf"[Aa]re you|[Aa]m I speaking (?:with|to))\s+(?P<name>{_NAME_EN})"
    rf"|\bSurname(?: is)?\s+(?P<surname>{_NAME_EN})|\bFirst name(?: is)?\s+(?P<first>{_CAP})"
    rf"|\bLast name(?: is)?\s+(?P<last>{_CAP})"
)
_TITLED_EN = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Mister|Misses)\.?\s+(?P<name>{_NAME_EN})")
_SPELLED = re.compile(r"(?<![A-Za-z'’])(?:[A-Za-z](?:[\s,.-]+|(?=$))){3,}")
_ASKS_NAME_EN = re.compile(
    r"\b(?:your (?:full |first |last )?name|who am i (?:speaking|talking) (?:with|to)|name on "
    r"the account|spell (?:that|your))",
    re.IGNORECASE,
)
_NATIONALITY = re.compile(
    r"\w+(?:ing|ish|ese)|Canadian|American|Australian|Italian|Indian|German|French|Mexican|Brazilian|Russian|Dutch|European"
)
_SPELLS = re.compile(r"\bspel(?:l|led|t|ling)\b")
_NO_NAMES_EN = frozenset(
    [
        "I",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Sorry",
        "Yes",
        "No",
        "Okay",
        "Ok",
        "The",
        "This",
        "That",
        "My",
        "Your",
        "It",
        "What",
        "Why",
        "How",
        "Hello",
        "Hi",
        "Good",
        "Thank",
        "Thanks",
        "Sure",
        "Please",
        "Not",
        "Just",
        "So",
        "And",
        "But",
        "Well",
        "Yeah",
        "Great",
        "Customer",
        "Service",
        "Support",
        "Internet",
        "English",
    ]
)


def find_names(texts: Sequence[str], roles: Sequence[Role | None], language: str) -> list[list[Found]]:
    """The customers' names in each utterance. The agent's own name is not one of them."""
    rows: list[list[Found]] = []
    asked = 0
    for text, role in zip(texts, roles, strict=True):
        if language == "zh":
            row = list(_mandarin(text, role, asked > 0))
            asks = _ASKS_NAME.search(text)
        else:
            row = list(_english(text, role, asked > 0))
            asks = _ASKS_NAME_EN.search(text)
        rows.append(row)
        asked = 2 if asks else asked - 1
        if row:
            asked = 0
    _repeats(texts, rows)
    return rows


def _repeats(texts: Sequence[str], rows: list[list[Found]]) -> None:
    """Full names are masked wherever they are said again."""
    known = {texts[i][item.first_char : item.end_char] for i, row in enumerate(rows) for item in row}
    for name in known:
        if len(name) < (3 if name.isascii() else 2):
            continue
        pattern = re.compile(rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name))
        for i, text in enumerate(texts):
            for match in pattern.finditer(text):
                again = Found(Kind.NAME, match.start(), match.end(), 0.8)
                if not any(again.overlaps(item) for item in rows[i]):
                    rows[i].append(again)


def _mandarin(text: str, role: Role | None, asked: bool) -> Iterator[Found]:
    is_agents = role is Role.AGENT or (role is None and bool(_GREETS.search(text)))
    patterns = (
        [_STATED, _ADDRESSED]
        if is_agents
        else [_OWN, _BETWEEN_PAUSES, _SURNAME_THEN_NAME, _STATED, _OWNER, _ADDRESSED]
    )
    for pattern in patterns:
        for match in pattern.finditer(text):
            group = match.lastgroup or "name"
            name = match[group]
            if name and not (_NOT_NAMES.match(name) and name not in _SURNAME_ONLY):
                if is_agents and text[: match.start(group)].endswith(("我叫", "我是")):
                    continue
                yield Found(Kind.NAME, match.start(group), match.end(group), 0.8)
    for match in _TITLED.finditer(text):
        first = _name_before(text, match.start())
        if first is not None:
            yield Found(Kind.NAME, first, match.start(), 0.9)
    if asked and not is_agents:
        answer = _ANSWER.match(text)
        if answer and answer.lastgroup and not _NO_ANSWER.match(answer[answer.lastgroup]):
            yield Found(Kind.NAME, *answer.span(answer.lastgroup), 0.7)


def _name_before(text: str, end: int) -> int | None:
    """Where the name before a form of address begins: 刘建国先生, 周女士."""
    for length in (4, 3, 2, 1):
        first = end - length
        if first < 0:
            continue
        name = text[first:end]
        if not re.fullmatch(rf"{_S}{_G}{{0,2}}", name) or (length == 4 and name[:2] not in COMPOUND_SURNAMES):
            continue
        if length > 1 and _NOT_NAMES.match(name):
            continue
        if _BEFORE_NAME.search(text[max(0, first - 3) : first]):
            return first
    return None


def _english(text: str, role: Role | None, asked: bool) -> Iterator[Found]:
    patterns = [_STATED_EN, _TITLED_EN]
    if role is not Role.AGENT and not re.search(r"\b(?:help you|calling [A-Z]|assist you)\b", text):
        patterns.append(_OWN_EN)
        lower = _OWN_LOWER_EN.search(text)
        if lower:
            yield Found(Kind.NAME, lower.start("name"), lower.end("name"), 0.6)
    is_named = asked or bool(_SPELLS.search(text))
    for pattern in patterns:
        for match in pattern.finditer(text):
            group = match.lastgroup or "name"
            if match[group] and match[group].split()[0] not in _NO_NAMES_EN:
                if _NATIONALITY.fullmatch(match[group]):
                    continue
                is_named = True
                yield Found(Kind.NAME, match.start(group), match.end(group), 0.8)
    if asked and role is not Role.AGENT:
        answer = re.match(
            rf"^(?:(?:[Yy]es|[Yy]eah|[Ss]ure|[Ii]t['’]s|[Uu]m|[Uu]h|[Oo]kay)[,.\s]+)*(?P<name>{_NAME_EN})[\s.,!]*$",
            text,
        )
        if answer and answer["name"].split()[0] not in _NO_NAMES_EN:
            yield Found(Kind.NAME, answer.start("name"), answer.end("name"), 0.7)
    if is_named:
        for match in _SPELLED.finditer(text):
            letters = match.group().rstrip(" ,.-")
            yield Found(Kind.NAME, match.start(), match.start() + len(letters), 0.7)
