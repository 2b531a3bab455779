"""Digits as they are read."""

import pytest

from callqa.language.mandarin import count_syllables, spoken_form


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("168", "一百六十八"),
        ("15", "十五"),
        ("110元", "一百一十元"),
        ("10086", "一零零八六"),
        ("拨打10086", "拨打一零零八六"),
        ("0571-88887777", "零五七一八八八八七七七七"),
        ("400-800-1234", "四零零八零零一二三四"),
        ("007", "零零七"),
        ("1.5", "一点五"),
        ("50%", "百分之五十"),
        ("12.5%", "百分之十二点五"),
        ("2024年3月15日", "二零二四年三月十五日"),
        ("１０％", "百分之十"),
        ("100M", "一百兆"),
        ("100Mbps", "一百兆"),
        ("5G", "五G"),
        ("20GB", "二十GB"),
        ("3-5天", "三到五天"),
        ("7x24小时", "七乘二十四小时"),
        ("1/3", "三分之一"),
        ("12000元", "一万二千元"),
        ("1,000元", "一千元"),
        ("2个", "两个"),
        ("2月", "二月"),
        ("12:30", "十二点三十"),
        ("9:05", "九点零五"),
        ("工号1023", "工号一零二三"),
        ("尾号是8866", "尾号是八八六六"),
        ("¥58", "五十八元"),
        ("二百块", "二百块"),
        ("好的，谢谢", "好的，谢谢"),
    ],
)
def test_numbers_are_read_as_they_are_spoken(written: str, spoken: str) -> None:
    assert spoken_form(written) == spoken


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("您好，168元。", 8),
        ("OLT", 3),
        ("WiFi", 2),
        ("VoLTE", 2),
        ("WPS", 5),
        ("APP", 3),
        ("dns", 3),
        ("router", 2),
        ("5G", 2),
        ("100M", 3),
        ("", 0),
        ("……，。！", 0),
    ],
)
def test_syllables_are_counted_as_spoken(text: str, syllables: int) -> None:
    assert count_syllables(text) == syllables
