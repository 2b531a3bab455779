"""Where courtesy is owed, and what speaks against it: cues in the words.

They are kept narrow, so that an occasion is missed rather than made up. What counts as courtesy,
and what is forbidden, stands in the lexicons.
"""

from __future__ import annotations

import re


def _cues(**alternatives: tuple[str, ...]) -> dict[str, re.Pattern[str]]:
    """One expression a language."""
    return {language: re.compile("|".join(parts), re.IGNORECASE) for language, parts in alternatives.items()}


ASKING = _cues(
    zh=(
        r"(?:报|说|提供|告诉|告知|输入|念|读|发|核对)(?:一下|下|给我|我)?(?:您|你)的",
        r"(?:把|将)(?:您|你)?.{1,12}?(?:报|说|提供|发|告诉|念|读)(?:一下|给|下|我)",
        r"(?:号码|证号|卡号|地址|姓名|名字)是?多少",
        r"(?:提供|报)一下",
        r"叫什么(?:名字)?",
        r"是?哪(?:个|张)(?:号码|卡|地址)",
        r"(?:您|你)(?:先)?(?:把|去)?.{0,6}?(?:重启|拔掉|拔了|插上|关机|重新开机)",
    ),
    en=(
        r"\b(?:give|tell|send|read) me\b",
        r"\bwhat(?:'s| is) your\b",
        r"\b(?:verify|confirm) your\b",
        r"\b(?:restart|reboot|unplug|plug in|turn off) (?:the|your)\b",
        r"\bI(?:'ll)? need your\b",
    ),
)
# Beside an entry of the wait lexicon, which also knows "let me check".
WAITING = _cues(
    zh=(r"等(?!级|于|同)|稍候|别挂|不要挂",),
    en=(r"\bhold\b|\bwait\b|\bmoment\b|\bsecond\b|\bsec\b|\bbear with\b|\bhang on\b|\bstay on\b",),
)
REFUSING = _cues(
    zh=(
        r"(?:无法|不能|没法|不可以|没办法)再?(?:为您|给您|帮您|给你|帮你|为你|办理|办|查询|查)",
        r"(?:无法|不能|没法|不可以|没办法)再?(?:提供|处理|退|取消|减免|受理)",
        r"(?:办|办理|查|退|取消|处理|受理|改|减免)不了",
        r"没有(?:这个|该)?权限",
        r"不支持|不符合|暂时不行",
    ),
    en=(
        r"\b(?:can't|cannot|can not|unable to|not able to|not allowed to) (?:do|give|offer|refund)\b",
        r"\b(?:can't|cannot|can not|unable to|not able to|not allowed to) (?:cancel|process|change|waive)\b",
        r"\bnot (?:eligible|possible)\b",
        r"\bdoes(?:n't| not) qualify\b",
    ),
)
CORRECTING = _cues(
    zh=(
        r"(?:您|你)(?:可能)?(?:说|记|弄|搞|理解|看|听)错",
        r"不是(?:这样|那样)的",
        r"(?:更正|纠正)一下",
        r"我(?:刚才|刚刚)?(?:说|报|查|看|弄)错",
    ),
    en=(
        r"\byou(?:'re| are) (?:wrong|mistaken)\b",
        r"\bthat(?:'s| is) not (?:right|correct|true)\b",
        r"\bI (?:was wrong|misspoke)\b",
    ),
)
COMPLAINT = _cues(
    zh=(
        r"投诉|太差|什么态度|太慢|欺骗|骗人|骗我|乱扣|乱收|坑人|生气|不满意|不合理|太过分",
        r"多少次了|好几次|好几遍|没人管|没人处理|没人理|一直没(?:人|有|解决|修)",
        r"烦死|气死|凭什么|怎么搞的|受不了|忍不了|莫名其妙|耽误",
    ),
    en=(
        r"\bcomplain(?:t|ing)?\b|\bfrustrat\w+|\bdisappoint\w+|\bridiculous\b|\bunacceptable\b",
        r"\bterrible\b|\bawful\b|\bworst\b|\bupset\b|\bangry\b|\bfed up\b|\bripped off\b",
        r"\b(?:third|fourth|fifth) time\b|\bseveral times\b|\bmany times\b",
    ),
)
# Politeness in the form of the sentence, beside the phrases of the courtesy lexicon.
POLITE_FORM = _cues(
    zh=(
        r"请|麻烦|劳驾|方便|能否|能不能|可不可以|可以.{0,12}吗|好吗|您稍",
        r"谢谢|辛苦|抱歉|对不起|不好意思|久等|谅解|理解",
    ),
    en=(
        r"\bplease\b|\b(?:could|can|may|would|might) (?:you|I)\b|\bwould you mind\b|\bif you don't mind\b",
        r"\bthanks?\b|\bsorry\b|\bapologi\w+|\bappreciate\b|\bunfortunately\b|\bunderstand\b|\bafraid\b",
    ),
)
COMMANDS = _cues(
    zh=(
        r"你?给我(?:听着|说清|等着|闭|快点)",
        r"你(?:必须|赶紧|赶快|自己去|自己看|自己弄|自己查|自己想)",
        r"你(?:去|到|上)营业厅.{0,3}(?:问|办|查|弄|看|算)|你把.{1,8}(?:拿|带)(?:到|去|来)",
        r"(?<![您请])(?:别|不要)再?(?:吵|催|废话|啰嗦|烦我|问了|说了)",
        r"快点(?:说|讲|报)|闭嘴|你(?:先)?听我说(?!明)|你等着(?:瞧|吧)",
    ),
    en=(
        r"\bcalm down\b|\bhurry up\b|\bshut up\b|\bbe quiet\b",
        r"\bstop (?:talking|yelling|calling|asking|complaining)\b",
        r"\blet me finish\b|\blisten to me\b|\bjust do it\b",
    ),
)
BLAMING = _cues(
    zh=(
        r"(?<![奇难])怪(?:你|您)|(?<![依信无])赖(?:你|您)|谁让(?:你|您)",
        r"(?:你|您)自己(?:弄错|搞错|弄坏|没看|不看|没说清|不小心|的错|的问题|造成)",
        r"都?是(?:你|您)(?:自己)?的(?:问题|错|责任)(?!吗)",
        r"(?:你|您)怎么(?:不早|连|还不)|谁跟(?:你|您)说的(?:你|您)?就?找谁",
    ),
    en=(
        r"\b(?:that's|that is|it's|it is) your (?:own )?(?:fault|problem)\b|\byour own fault\b",
        r"\bwhy did(?:n't| not) you (?:call|tell|check|read|say|listen)\b",
    ),
)
# Ways to ask for a secret that a list of phrases does not reach: what it is and the verb, apart.
ASKS_SECRET = _cues(
    zh=(
        r"(?<!WiFi)(?<!wifi)(?<!初始)(?<!无线)(?:密码|验证码)[^。？！?!]{0,8}?(?:告诉我|(?:念|报|发|说|读)给我)",
        r"(?:念|报|说|读)(?:一下|下)(?:您|你)?(?:的|收到的)?(?:短信|服务|支付)?(?:密码|验证码)",
    ),
    en=(r"\b(?:tell|give|read|send) (?:me|us) (?:\w+ ){0,3}(?:password|pin|passcode|verification code)\b",),
)

_NUMERAL = r"(?:\d+|[一二两三四五六七八九十半几]+)"
_I_DO = r"\b(?:let me|let's|I(?:'ll| will| can|'ve| have|'m going to)) (?:\w+ ){0,2}"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
# What the customer is told, beside the transparency lexicon: too many ways for a list of phrases.
TELLS = {
    "doing": _cues(
        zh=(
            r"(?:帮|给|为)(?:您|你).{0,6}(?:查|看|办|取消|开通|登记|核实|提交|申请|处理|恢复|暂停|设置|安排|升级)",
            r"已经(?:帮|给|为)?(?:您|你)?.{0,4}(?:恢复|取消|开通|暂停|办理|提交|登记|到账)",
        ),
        en=(
            _I_DO + r"(?:check|look|send|add|fix|cancel|change|refund|open|book|set|take)\b",
            r"\bwhile I (?:open|check|look|pull)\b|\bget you back online\b",
        ),
    ),
    "next": _cues(
        zh=(
            r"(?:稍后|一会儿|之后|随后).{0,4}(?:会|就|再|请|可以|用)|(?:会|将)(?:有人|有专|给您|跟您|和您|自动|发到)",
            r"收到.{0,6}(?:短信|邮件|电话)|短信发给您|发到您|就可以(?:使用|恢复|用|正常)",
            r"如果.{2,20}(?:再|请).{0,6}(?:打|联系|告诉|拨)|可以再打电话|随时(?:可以)?打电话",
        ),
        en=(
            r"\byou(?:'ll| will) (?:see|get|receive|hear|need|be)\b",
            r"\b(?:we|they|he|she|someone)(?:'ll| will) \w+|\bthen (?:turn|press|tap|restart|plug)\b",
            r"\bif (?:it|you|that) [^.?!]{2,40}\b(?:call|ring) (?:us|back)\b",
        ),
    ),
    "by_when": _cues(
        zh=(
            rf"{_NUMERAL}个?多?(?:小时|分钟|天|工作日|星期|礼拜|月)(?:之内|以内|内|左右|之前|之后|以后|后|就)",
            r"(?:今天|今晚|明天|后天|这个?星期|下个?星期|月底|下个?月|次月|当天).{0,8}"
            r"(?:生效|到账|恢复|完成|联系|回复|之前|以前|开始|不会再)",
            rf"(?:马上|立即|立刻|现在)就?(?:生效|到账|恢复|可以用)|还需要{_NUMERAL}个?(?:分钟|小时|天)",
        ),
        en=(
            r"\b(?:within|in|by|until|after) (?:the )?(?:next )?(?:\w+ ){0,2}(?:minute|hour|day|week)s?\b",
            rf"\b(?:by|on|until|before) (?:tomorrow|tonight|{_WEEKDAY})\b|\bnext bill\b",
            r"\b(?:straight|right) away\b|\bby the end of\b",
        ),
    ),
}
