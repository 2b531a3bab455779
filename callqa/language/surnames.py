"""Chinese surnames, as they are written."""

from __future__ import annotations

# Of one character: some four hundred, the common ones among them bear all but a few in a thousand.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂"
    "成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳穆农司卓古吉缪车芦麦褚娄窦戚岑"
    "景党宫费卜冷晏席卫米柏宗瞿桂佟应臧闵苟邬卞姬师仇栾隋刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池麻苑迟邝封"
    "谈匡鞠惠荆乐冀胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼闻厉伊仝区郜阚花权帅屠豆朴盖练廉禹井祖漆巴丰"
    "卿狄宣晋云敬扈晁芮普阙浦戈伏鹿邸雍辜羊阿乌母裘亓修邰赫杭鲜逯隆茹诺战慕危"
)
_COMPOUND = (
    "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 司徒 端木 轩辕 南宫 独孤 宇文 长孙 西门 申屠 "
    "百里 呼延 第五 万俟 闻人 钟离 淳于 单于 公羊 赫连 澹台 太史 拓跋"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
