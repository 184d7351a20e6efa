"""What the nomination form's choice of a skill level or professional title is called on papers and pages."""

SKILL_TITLES = {
    "L1": "高级技师",
    "SPECIAL": "特级技师",
    "CHIEF": "首席技师",
    "TITLE_DEPUTY": "副高级职称",
    "TITLE_FULL": "正高级职称",
}


def skill_title(code: str) -> str:
    """Return the title of a level, the code itself when a package uses one of its own."""
    return SKILL_TITLES.get(code, code)
