"""The words that say what a number, a name or an address in a call is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from callqa.masking.kinds import Kind

_MANDARIN = re.compile(
    r"(?P<impersonal>错误代?码|故障代?码|代码|型号|工号|公号|坐席号|(?:客服|客户|话务)(?:代表|专员|员)?(?=[\d零一二三四五六七八九幺]))"
    r"|(?P<id>身份证|身分证|证件号?|护照|证号)"
    r"|(?P<card>银行卡|信用卡|储蓄卡|借记卡|卡号|绑的卡|绑定的卡|工行卡|建行卡)"
    r"|(?P<code>验证[码马吗嘛]|密码|密马|随机[码马]|动态[码马]|校验[码马]|授权码|口令|重置[成为]|PIN|PUK|pin|puk|OTP)"
    r"|(?P<number>订单|定单|单号|工单|快递|运单|编号|账号|帐号|户号|流水号|发票|合同号|受理号|"
    r"客户号|条码|串码|序列号)"
    r"|(?P<email>邮箱|邮件地址|电子邮件)"
    r"|(?P<plate>车牌|车号)"
    r"|(?P<address>(?<![IiPp网])地址|住址|门牌|住在哪|住哪|哪个小区|哪条路|几栋|几单元|收货|住的地方)"
    r"|(?P<name>贵姓|姓名|怎么称呼|如何称呼|叫什么|什么名字|户名|机主是谁|您姓什么|全名)"
    r"|(?P<phone>手机(?!上|里|收|会|短信|屏)号?码?|电话|号码|的号(?=是|就|叫|，|[0-9零一二三四五六七八九幺])|座机|"
    r"固话|联系方式|尾号|副卡|主卡|主号|打给|回电|宽带号)"
)
_ENGLISH = re.compile(
    r"(?P<impersonal>\b(?:agent|employee|staff|badge|operator) (?:id|number))"
    r"|(?P<id>\bnational insurance\b|\bsocial(?: security)?(?: number)?\b|\bssn\b|\bpassport(?: number)?\b|"
    r"\bdriver'?s license\b"
    r"|\bid number\b)"
    r"|(?P<card>\b(?:credit|debit|bank)? ?card(?: number)?\b|\bvisa\b|\bmastercard\b)"
    r"|(?P<code>(?<!area )(?<!zip )(?<!post )\bcode\b|\bpassword\b|\bpasscode\b|\bpin\b|\botp\b)"
    r"|(?P<number>\b(?:order|account|ticket|tracking|reference|case|confirmation|invoice|customer)"
    r"(?: (?:number|id|no))?\b)"
    r"|(?P<email>\be-?mail\b)"
    r"|(?P<plate>\bplates?\b|\bregistration\b)"
    r"|(?P<address>\baddress\b|\bwhere do you live\b|\bpost ?code\b|\bzip(?: code)?\b|\bstreet name\b)"
    r"|(?P<name>\byour (?:full |first |last )?name\b|\bwho am i (?:speaking|talking) (?:with|"
    r"to)\b|\bname on the account\b|"
    r"\b(?:first|last|full|sur) ?name\b)"
    r"|(?P<phone>\bphone\b|\bcell\b|\bmobile\b|\btelephone\b|\bnumber\b|\blandline\b|\bcall "
    r"(?:me|you)(?: back)?\b|"
    r"\breach me\b)",
    re.IGNORECASE,
)
_LAST_FOUR = {
    "zh": re.compile(r"尾号|[后末][三四六]位"),
    "en": re.compile(r"\blast (?:four|4|three|six)\b|\bending (?:in|with)\b", re.IGNORECASE),
}
_ASKS = re.compile(
    r"请|麻烦|多少|报(?!修|告|警|销|名|案|表|错)|提供|念|告诉|几位|是什么|核对|确认|重复|输入|"
    r"发给|\b(?:what|may i|can i|could|can you|give|read|tell|"
    r"please|confirm|verify|need)\b",
    re.IGNORECASE,
)
IMPERSONAL = "impersonal"


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that says what comes: a kind, or `IMPERSONAL` (a staff number, an error's code)."""

    kind: Kind | str
    first_char: int
    end_char: int


def cues(text: str, language: str) -> Iterator[Cue]:
    """All such words of a text, in text order.

    >>> [cue.kind.value for cue in cues("请报一下身份证后四位和手机号", "zh")]
    ['id', 'phone']
    """
    for match in (_MANDARIN if language == "zh" else _ENGLISH).finditer(text):
        name = match.lastgroup or ""
        yield Cue(IMPERSONAL if name == "impersonal" else Kind(name), match.start(), match.end())


def says_last_four(text: str, language: str) -> bool:
    """Whether a text speaks of the last digits of a number."""
    return bool(_LAST_FOUR["zh" if language == "zh" else "en"].search(text))


def asks(text: str) -> bool:
    """Whether a text asks for something."""
    return bool(_ASKS.search(text))
