"""What the recogniser is told came before: names and terms it should be ready to hear."""

from __future__ import annotations

from collections.abc import Sequence

# Everyday words of the trade, which a small model otherwise takes for others that sound alike.
# What stands here is also heard where something like it was said (IP地址 for IPTV), so words that
# are rare, or known to the recogniser anyway, stay out.
_TRADE = {
    "zh": (
        "宽带、光猫、光衰、分光器、端口、割接、基站、机房、核心网、双频、拨号、DNS、APN、VoLTE、"
        "带宽、上行、下行、靓号、副卡、流量池、定向流量、融合套餐、合约机、携号转网、呼叫转移、停机保号、国际漫游、工单、外呼"
    ),
    "en": (
        "bill, plan, data, router, modem, firmware, ONT, APN, DNS, IP address, provisioning, throttled, "
        "porting, SIM card, roaming, technician"
    ),
}


def build_prompt(language: str, companies: Sequence[str], agent_name: str | None) -> str:
    """A line of context in the call's language, from the company's wordings and the roster name.

    It names things and says nothing an agent would say: text that could pass for a greeting
    would be heard where none was given.
    """
    if language == "zh":
        parts = [f"{'、'.join(companies)}客服通话。" if companies else "客服通话。"]
        if agent_name and not agent_name.isascii():
            parts.append(f"客服代表{agent_name}。")
        parts.append(f"{_TRADE['zh']}。")
        return "".join(parts)
    named = f" with {', '.join(companies)}" if companies else ""
    agent = f" The agent is {agent_name}." if agent_name and " " in agent_name else ""
    return f"A customer service call{named}.{agent} {_TRADE['en'].capitalize()}."
