"""Makes the files that people hand in: drawn portraits, scans, PDFs. Deterministic, and each says that it is invented."""

import hashlib
import io
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from app.cli.samples.people import Nominee, unit_names, units
from app.domain.errors import DomainError

MARK = "演示材料 虚构"
_PAGE = (827, 1169)  # A4 at 100 points an inch
_LINE = 40
_WIDE = 38
"""Characters of a line of body text."""
_SKIES = ((214, 226, 240), (226, 232, 218), (240, 228, 214), (222, 218, 236))
_CLOTHES = ((38, 62, 99), (54, 84, 72), (96, 62, 52), (64, 64, 74), (44, 76, 96))


@lru_cache
def _font_file() -> tuple[str, int]:
    """Ask fontconfig, which the set-up installs, for a font that has every character of the names."""
    command = ["fc-match", "--format=%{file}\n%{index}", "Noto Sans CJK SC"]
    try:
        path, index = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise DomainError("samples.font", "没有找到中文字体，不能生成演示材料。请先运行 ./bin/demo 安装系统软件。") from error
    return path, int(index)


@lru_cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    path, index = _font_file()
    return ImageFont.truetype(path, size, index=index)


def photo(nominee: Nominee) -> tuple[str, bytes]:
    """Return a portrait: a drawn silhouette before a plain ground, in the proportions of an identity photograph."""
    seed = hashlib.sha256(nominee.key.encode()).digest()
    picture = Image.new("RGB", (480, 672), _SKIES[seed[0] % len(_SKIES)])
    pen = ImageDraw.Draw(picture)
    skin, hair = (232 - seed[1] % 24, 196 - seed[1] % 20, 168), (36 + seed[2] % 30, 30, 28)
    coat = _CLOTHES[seed[3] % len(_CLOTHES)]
    if nominee.sex == "female":
        pen.ellipse((128, 120, 352, 470), fill=hair)
    pen.ellipse((40, 470, 440, 900), fill=coat)
    pen.polygon([(200, 380), (280, 380), (300, 520), (240, 560), (180, 520)], fill=skin)
    pen.ellipse((150, 150, 330, 410), fill=skin)
    pen.pieslice((146, 130, 334, 360), 180, 360, fill=hair)
    pen.polygon([(180, 500), (240, 570), (300, 500), (320, 540), (240, 640), (160, 540)], fill=(240, 240, 240))
    pen.text((240, 648), MARK, font=_font(22), fill="white", anchor="mm")
    _grain(picture, seed)
    return f"{nominee.name}-证件照.jpg", _jpeg(picture)


def site(title: str) -> tuple[str, bytes]:
    """Return what a camera brings home from a visit: a drawn workshop with a machine and two people, wide as cameras are."""
    seed = hashlib.sha256(title.encode()).digest()
    picture = Image.new("RGB", (960, 640), (206, 212, 216))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 430, 960, 640), fill=(142, 146, 140))
    for place in range(4):
        pen.rectangle((40 + place * 236, 60, 210 + place * 236, 210), fill=(232, 240, 246), outline=(120, 128, 134), width=6)
    pen.polygon([(0, 540), (960, 500), (960, 520), (0, 562)], fill=(232, 190, 60))
    pen.rectangle((90, 250, 520, 500), fill=(88 + seed[0] % 30, 118, 132), outline=(52, 64, 72), width=5)
    pen.rectangle((130, 290, 360, 430), fill=(44, 58, 68))
    pen.ellipse((200, 320, 290, 410), fill=(150, 160, 166), outline=(230, 230, 226), width=5)
    pen.rectangle((400, 290, 490, 370), fill=(26, 60, 56))
    for left, coat in ((600, _CLOTHES[seed[1] % len(_CLOTHES)]), (740, _CLOTHES[seed[2] % len(_CLOTHES)])):
        pen.rounded_rectangle((left, 330, left + 96, 560), radius=34, fill=coat)
        pen.ellipse((left + 20, 256, left + 76, 330), fill=(226, 190, 164))
        pen.pieslice((left + 12, 236, left + 84, 312), 180, 360, fill=(236, 196, 60))
    pen.text((480, 606), f"现场照片　{MARK}", font=_font(26), fill="white", anchor="mm")
    _grain(picture, seed)
    return f"{title}-现场.jpg", _jpeg(picture)


def _grain(picture: Image.Image, seed: bytes) -> None:
    """Add the noise of a camera, so that the file has the size of a photograph."""
    wide, high = picture.size
    noise = hashlib.shake_256(seed).digest(wide * high // 4)
    layer = Image.frombytes("L", (wide // 2, high // 2), noise[: (wide // 2) * (high // 2)]).resize(picture.size)
    picture.paste(Image.blend(picture, Image.merge("RGB", (layer, layer, layer)), 0.06))


def sheet(title: str, lines: Sequence[str], seal: str = "") -> Image.Image:
    """Return the picture of a page with a title, lines of text, a round seal of whoever signs, and the mark."""
    page = Image.new("RGB", _PAGE, (253, 252, 248))
    pen = ImageDraw.Draw(page)
    pen.text((_PAGE[0] // 2, 110), title, font=_font(34), fill=(20, 20, 20), anchor="mm")
    top = 190
    for piece in (part for line in lines for part in _wrapped(line)):
        pen.text((110, top), piece, font=_font(22), fill=(30, 30, 30))
        top += _LINE
        if top > _PAGE[1] - 260:
            break
    if seal:
        pen.ellipse((520, 850, 700, 1030), outline=(196, 40, 40), width=5)
        pen.text((610, 915), seal[:8], font=_font(18), fill=(196, 40, 40), anchor="mm")
        pen.text((610, 955), "（演示章）", font=_font(18), fill=(196, 40, 40), anchor="mm")
    pen.text((_PAGE[0] // 2, _PAGE[1] - 60), MARK, font=_font(26), fill=(150, 150, 150), anchor="mm")
    return page


def _wrapped(line: str) -> list[str]:
    wide = _WIDE * 22 // 28
    return [line[place : place + wide] for place in range(0, len(line), wide)] or [""]


def scan(name: str, title: str, lines: Sequence[str], seal: str = "") -> tuple[str, bytes]:
    """Return a page as a photographed sheet (JPEG)."""
    return f"{name}.jpg", photographed(title, tuple(lines), seal)


def paper(name: str, title: str, lines: Sequence[str], seal: str = "") -> tuple[str, bytes]:
    """Return a page as a scanned PDF."""
    return f"{name}.pdf", scanned(title, tuple(lines), seal)


@lru_cache(maxsize=256)
def photographed(title: str, lines: tuple[str, ...], seal: str) -> bytes:
    """Return the picture of a sheet that lay a little askew. Points are moved, not blended: that takes a tenth of the time."""
    return _jpeg(sheet(title, lines, seal).rotate(0.6, fillcolor=(120, 116, 110), resample=Image.Resampling.NEAREST))


@lru_cache(maxsize=256)
def scanned(title: str, lines: tuple[str, ...], seal: str) -> bytes:
    """Return a sheet in a PDF, the same at every time."""
    out, fixed = io.BytesIO(), time.gmtime(0)
    page = sheet(title, lines, seal)
    page.save(out, "PDF", resolution=100, quality=70, title=title, author=MARK, creationDate=fixed, modDate=fixed)
    return out.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def material(nominee: Nominee, field: str) -> tuple[str, bytes]:
    """Return name and content of the file that goes with a field of the nomination."""
    maker = _MAKERS.get(field)
    if maker is None:
        return paper(f"{nominee.name}-材料", "证明材料", [f"姓名：{nominee.name}", "内容：随推荐表提交的证明材料。"])
    return maker(nominee)


def _unit(nominee: Nominee) -> str:
    return unit_names()[nominee.employer]


def _short(nominee: Nominee) -> str:
    return next(unit.short_name for unit in units() if unit.code == nominee.employer)


def _id_copy(nominee: Nominee) -> tuple[str, bytes]:
    sex = "男" if nominee.sex == "male" else "女"
    lines = [f"姓名　{nominee.name}", f"性别　{sex}　　民族　{nominee.facts.get('ethnicity', '汉族')}", f"出生　{nominee.birth:%Y年%m月%d日}",
             "公民身份号码　见推荐表（演示材料不印号码）", "", "本页只用来代替身份证正反面复印件。"]  # fmt: skip
    return scan(f"{nominee.name}-身份证正反面", "居民身份证（样张）", lines)


def _certificate(nominee: Nominee) -> tuple[str, bytes]:
    lines = [f"姓名：{nominee.name}", f"职业名称：{nominee.facts['occupation']}", f"证书编号：{nominee.certificate_number}",
             f"发证日期：20{nominee.facts['certificate_year']:02d}年6月", "", "上述人员经考核合格，特发此证。"]  # fmt: skip
    return scan(f"{nominee.name}-技能等级证书", "职业技能等级证书", lines, seal="示例鉴定中心")


def _contract(nominee: Nominee) -> tuple[str, bytes]:
    start = nominee.facts["history"][-1][0]
    lines = [f"甲方：{_unit(nominee)}", f"乙方：{nominee.name}", f"合同期限：自{start}起，无固定期限。", f"工作岗位：{nominee.facts['post']}",
             "双方已签字盖章。本页为合同首页和签字页的合并样张。"]  # fmt: skip
    return paper(f"{nominee.name}-劳动合同", "劳动合同书", lines, seal=_short(nominee))


def _insurance(nominee: Nominee) -> tuple[str, bytes]:
    lines = [f"姓名：{nominee.name}", f"参保单位：{_unit(nominee)}", f"累计缴费：{nominee.facts['insured']}年，期间没有中断。",
             *[f"202{year}年　养老、医疗、失业、工伤保险　已缴12个月" for year in range(1, 6)]]  # fmt: skip
    return paper(f"{nominee.name}-社保缴费记录", "社会保险个人权益记录单", lines, seal="示例社保经办")


def _statement(nominee: Nominee) -> tuple[str, bytes]:
    return paper(
        f"{nominee.name}-单位推荐意见", "单位推荐意见", [nominee.facts["statement"], "", _unit(nominee)], seal=_short(nominee)
    )


def _minutes(nominee: Nominee) -> tuple[str, bytes]:
    lines = ["应到代表43人，实到41人。", f"议题：推荐{nominee.name}参评“临空港工匠”。", f"表决：同意40票，弃权1票。会议讨论了{nominee.name}的主要事迹：",
             nominee.facts["brief"]]  # fmt: skip
    return paper(f"{nominee.name}-职代会记录", "职工代表大会记录", lines, seal=_short(nominee))


def _honours(nominee: Nominee) -> tuple[str, bytes]:
    lines = [f"{row[2]:%Y年%m月}　{row[0]}" for row in nominee.facts["honors"]]
    lines += [row[1] for row in nominee.facts["achievements"]]
    return scan(f"{nominee.name}-荣誉和成果", "荣誉和成果证明（汇总）", [nominee.name, *lines], seal="示例单位")


def _notice_photo(nominee: Nominee) -> tuple[str, bytes]:
    lines = [
        f"根据推荐工作要求，现将推荐人选公示如下：{nominee.name}，{nominee.facts['post']}。",
        nominee.facts["brief"],
        "公示期5个工作日。",
    ]
    return scan(f"{nominee.name}-公示现场", "公　示", lines, seal=_short(nominee))


def _notice_statement(nominee: Nominee) -> tuple[str, bytes]:
    lines = [f"{nominee.name}同志的推荐材料已在本单位公示5个工作日，公示期间没有收到异议。", "", _unit(nominee)]
    return paper(f"{nominee.name}-公示无异议证明", "公示无异议证明", lines, seal=_short(nominee))


_MAKERS: dict[str, Callable[[Nominee], tuple[str, bytes]]] = {
    "photo": photo,
    "id_copy": _id_copy,
    "certificate_file": _certificate,
    "labor_contract": _contract,
    "insurance_record": _insurance,
    "statement_file": _statement,
    "congress_minutes": _minutes,
    "honor_files": _honours,
    "notice_photo": _notice_photo,
    "notice_statement": _notice_statement,
}
