"""Kinds of personal data, what is found of them, and the words that stand in their place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callqa.data import TimeSpan


class Kind(StrEnum):
    """A kind of personal data. `NUMBER` is any other long number: an order, an account."""

    PHONE = "phone"
    ID = "id"
    CARD = "card"
    CODE = "code"
    NAME = "name"
    ADDRESS = "address"
    EMAIL = "email"
    PLATE = "plate"
    NUMBER = "number"


_LABELS = {
    "zh": {
        Kind.PHONE: "［电话号码］",
        Kind.ID: "［证件号码］",
        Kind.CARD: "［银行卡号］",
        Kind.CODE: "［密码］",
        Kind.NAME: "［姓名］",
        Kind.ADDRESS: "［地址］",
        Kind.EMAIL: "［邮箱］",
        Kind.PLATE: "［车牌］",
        Kind.NUMBER: "［编号］",
    },
    "en": {
        Kind.PHONE: "[phone number]",
        Kind.ID: "[ID number]",
        Kind.CARD: "[card number]",
        Kind.CODE: "[code]",
        Kind.NAME: "[name]",
        Kind.ADDRESS: "[address]",
        Kind.EMAIL: "[e-mail]",
        Kind.PLATE: "[plate]",
        Kind.NUMBER: "[number]",
    },
}


def label(kind: Kind, language: str) -> str:
    """What is shown in place of personal data.

    >>> label(Kind.PHONE, "zh"), label(Kind.NAME, "en")
    ('［电话号码］', '[name]')
    """
    return _LABELS["zh" if language == "zh" else "en"][kind]


@dataclass(frozen=True, slots=True)
class Found:
    """``text[first_char:end_char]`` of one utterance is personal data. `certainty` is 0-1: 0.9 and
    more where the form alone tells, 0.7 where the words around it do, 0.5 where it is likely."""

    kind: Kind
    first_char: int
    end_char: int
    certainty: float

    def overlaps(self, other: Found) -> bool:
        """Whether both share a character."""
        return self.first_char < other.end_char and other.first_char < self.end_char


@dataclass(frozen=True, slots=True)
class Masked:
    """Personal data in a call: characters ``[first_char, end_char)`` of the text of utterance number
    `utterance`, said in `span`, which is widened a little so that nothing of it can be heard when the
    span is beeped over. `certainty` as in `Found`."""

    kind: Kind
    utterance: int
    first_char: int
    end_char: int
    span: TimeSpan
    certainty: float
