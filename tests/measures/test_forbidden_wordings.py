"""Blunt wordings as people really say them, and kind ones that are close to them."""

from __future__ import annotations

from functools import cache

import pytest

from callqa.config import MeasureSettings
from callqa.data import Role
from callqa.language.lexicon import Lexicon, load_lexicon
from callqa.measures.phrases import find_faults
from tests.measures.factories import agent, make_facts

KIND_ZH = """
那您投诉这个问题，我帮您登记一下|您要投诉的话，我现在就给您登记|就是您的问题我已经记录了
您反映的那个问题我们会跟进|这个灯本来就是这样闪的，您放心|您想好了再打给我们也可以
不满意就换一个号码，我们都支持的|您那边能听见没有杂音吧|我怕电话里跟您说不清楚，给您发条短信
现在还没法跟您说准确的时间，很抱歉|您说了半天，我都记下来了|听您说了半天我明白了，是网速的问题
让您讲了好几遍，真的很抱歉|您刚刚不是说了吗，是三号楼，我记得的|您刚才不是说过了吗，我已经给您登记了
您慢慢说，不着急|您别着急，我帮您查|您先别急，我看一下|您随时可以打电话来|您自己也可以在手机上查
您自己弄不了的话，师傅可以上门|您要是自己解决不了，再打给我们|谁给您办的业务，我帮您核实一下
是谁跟您说的，您还记得吗|您找营业厅去补卡就可以，带上身份证|您可以去营业厅问一下
我们一直都是这样的规定，请您谅解|这个规定是为了保护您的号码|按照规定需要本人办理，非常抱歉|您怎么称呼
您说得对，是我没说清楚|怪我没说清楚，我再给您解释一遍|我再跟您说一遍，您记一下|我给您再讲一遍号码
您还有什么不明白的吗|您看我说清楚了吗|您要是没听明白，我再说一遍|您不懂没关系，我慢慢教您
不会用没关系，我一步一步教您|您不会用的话，我教您|老人不会用手机，可以让家人帮忙设置
您方便的话让您儿子来打也可以|年纪大了看不清，我给您念|这么晚打扰您了|您辛苦了，跑了这么多趟|给您添麻烦了
真麻烦您了|骚扰电话确实很烦人，我帮您拦截|您接到的广告真是烦人|我理解您的心情，换了谁都会着急|我知道您很生气
您投诉是您的权利，我给您记录|您投诉过几次，我查到了|您可以向工信部反映，我们也会处理|您可以拨打监督电话
一分钱都不会多收您的|就几块钱，您不用担心|这个套餐才几块钱，很划算|您可以不用管它|您不用就可以退订
您要是不想用，我现在帮您取消|您可以换别的套餐|您要转网也可以，我帮您查条件|您嫌贵我帮您看看便宜的
您等着师傅电话就可以|您稍等一下，我马上查|请您别挂断|排队的人多，让您久等了|等不及的话可以先去营业厅
不是我们扣的，是第三方，我帮您退|不是您的问题，是我们系统的问题|这不是您自己造成的，您放心
您协议上有写，我给您念一下|合同上写的是两年，您看一下|短信里有写，您可以看一下|您看着方便就行
随您方便，上午下午都可以|您选哪个都可以|您高兴就好，祝您生活愉快|您说呢|您说了算，我按您说的办
您厉害，都会自己设置|您真有意思，谢谢您|我不听录音，系统会自动保存|我不知道您说的是哪一个，您能再说一下吗
这个我需要核实，稍后给您回电|我没有权限，但可以帮您转接|不归我们部门，我帮您转到相关部门
我只负责登记，后面有专人联系您|我找领导帮您申请|我问一下同事|您急用的话我给您加急|您着急用网，我催一下师傅
我已经帮您催了|您不用再打电话来，我们会联系您|您如果还有问题再打来|您随时再打来就行|请您听我说完，好吗
您先听我解释一下好吗|我说完您看行不行|您先说，我听着|不好意思打断您一下|您安静的地方听得更清楚
您说话声音小，我听不清楚|您那边太吵了，我听不清|您小声一点没关系|您有什么事请讲|您想办什么业务|您想咨询什么
您到底是哪个号码，我再核对一下|您要办的是哪一个|您办不办都没关系，我先给您介绍|您可以考虑一下|谢谢您的理解
我脑子转得慢，您再说一遍|是我转不过弯来，抱歉|这事确实不该发生，我向您道歉|您白跑了一趟，真对不起|您早点休息
我们怎么不早点通知您，确实是我们的错|我能有什么可以帮您的|您自己的号码是哪个|您自己设的密码，我这边看不到的
密码是您自己设置的吗|这个谁都可以办|找我就可以，我叫小林|您找我也可以|您下次找我们就行
投诉处理结果三天内告诉您|投诉我已经帮您提交|您爱看什么节目，我帮您推荐|您要几张都可以|没有人逼您，自愿办理
您不识字没关系，我念给您听|又打来打扰您了，不好意思
"""
KIND_EN = """
I'll look it up for you|let me read the contract to you|you must have been waiting a while, I'm sorry
that's not your fault at all|I'm sorry, there is a fee if you leave early
please go ahead and tell me the number|I can have someone who knows call you
your line will settle down in a day|thank you again for calling|we'll speak to you again on Monday
is there anything else I can help with|have you finished setting up the phone|take your time
no rush at all|I do understand that this is frustrating|that sounds really annoying, let me fix it
I'll explain that once more|sorry, could you say that one more time|that's on your bill from March
that's on your account already|it's on you to keep it safe, but we can help|we will deal with it today
for the last time it dropped, can you tell me when|how many times has it happened
are you serious about switching, because I can help|who knows the password in your home
I don't know yet, but I'll find out|whatever suits you|that's fine, don't worry|you signed up in May
the contract you signed ends in June|I can read the bill with you|please don't hang up
could you hold on a moment|let me finish setting this up for you
let me finish the form and I'll read it back|if you want to complain I can open a case for you
I'm going to transfer you to the billing team|that's just the standing charge
it's a typical speed for your area|do you want me to cancel it|what would you like me to do
you can call someone else in the house if you like|that one's on your old plan
"""


@cache
def forbidden(language: str) -> Lexicon:
    return load_lexicon("forbidden", language)


def certain(text: str, language: str) -> list[str]:
    utterances = make_facts([agent(0, 5, text)], language=language).utterances_of(Role.AGENT)
    found = find_faults(forbidden(language), utterances, language, MeasureSettings())
    return [item.heard for item in found if item.certain]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_kind_sentences_accuse_nobody(language: str) -> None:
    sentences = (KIND_ZH if language == "zh" else KIND_EN).strip().replace("\n", "|").split("|")
    assert len(sentences) >= 30
    assert {text: certain(text, language) for text in sentences if certain(text, language)} == {}


@pytest.mark.parametrize(
    "text",
    [
        "那我哪知道啊",
        "这我哪里知道呢",
        "您怎么不早点说呀",
        "办的时候怎么不问呢",
        "跟你讲了你也不懂的",
        "规定就是这样子的嘛",
        "投诉就投诉呗",
        "你爱投诉就投诉好了",
        "爱办不办吧",
        "你找谁也没用啊",
        "跟我说有什么用呢",
        "说了八百遍了都",
        "你这人怎么就听不懂呢",
        "又不是我让你办的",
        "嫌贵你换一家呗",
        "那我拿小的他登没登记",  # 我哪晓得, as recognition writes it
    ],
)
def test_blunt_wordings_are_found_with_any_particle(text: str) -> None:
    assert certain(text, "zh")


@pytest.mark.parametrize(
    "text",
    [
        "well that's on you, isn't it",
        "everybody's got a story",
        "what do you expect me to do about that",
        "I just answer the phones",
        "do I have to spell it out for you",
        "watch your tone please",
    ],
)
def test_blunt_english_is_found(text: str) -> None:
    assert certain(text, "en")
