"""The eight levels of skill and the grades of professional titles, in order (policy part 1, domain handbook 2.1)."""

from enum import IntEnum


class SkillLevel(IntEnum):
    """新八级: a higher value is a higher level. SPECIAL and CHIEF are appointments in an enterprise, not examinations."""

    APPRENTICE = 0
    L5 = 1
    L4 = 2
    L3 = 3
    L2 = 4
    L1 = 5
    SPECIAL = 6
    CHIEF = 7


class TitleGrade(IntEnum):
    """Grades of professional titles; DEPUTY_SENIOR and above are “高级职称”."""

    NONE = 0
    JUNIOR = 1
    INTERMEDIATE = 2
    DEPUTY_SENIOR = 3
    SENIOR = 4


SKILL_LEVEL_TITLES: dict[SkillLevel, str] = {
    SkillLevel.APPRENTICE: "学徒工",
    SkillLevel.L5: "初级工",
    SkillLevel.L4: "中级工",
    SkillLevel.L3: "高级工",
    SkillLevel.L2: "技师",
    SkillLevel.L1: "高级技师",
    SkillLevel.SPECIAL: "特级技师",
    SkillLevel.CHIEF: "首席技师",
}

TITLE_GRADE_TITLES: dict[TitleGrade, str] = {
    TitleGrade.NONE: "无职称",
    TitleGrade.JUNIOR: "初级职称",
    TitleGrade.INTERMEDIATE: "中级职称",
    TitleGrade.DEPUTY_SENIOR: "副高级职称",
    TitleGrade.SENIOR: "正高级职称",
}


def level_of_certificate_digit(digit: int) -> SkillLevel:
    """Return the level for the digit 1 (高级技师) to 5 (初级工) in a certificate's number; other digits raise ValueError."""
    if not 1 <= digit <= 5:
        raise ValueError(f"no skill level for digit {digit}")
    return SkillLevel(6 - digit)
