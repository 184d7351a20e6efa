"""The parts of one form-js component, read with suspicion: everything that is not plain becomes a finding."""

import difflib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.domain.fields import Condition, Option
from app.formkit.conditions import ConditionRefused, parse_condition
from app.formkit.findings import Findings
from app.formkit.vocabulary import MAX_OPTIONS, OWN_PROPERTIES

Component = Mapping[str, Any]

HIDE_HELP = '隐藏条件只能写成：=字段 = "值"，多个值用 or 连接；或 =字段 != "值"，多个值用 and 连接；只能用同一个字段'


class ComponentReader:
    """Reads the parts of one component; everything that it cannot accept becomes a finding."""

    def __init__(self, component: Component, found: Findings) -> None:
        self.component = component
        self.found = found
        self.type = str(component.get("type", ""))
        self.name = str(component.get("key") or component.get("path") or component.get("id") or self.type or "?")
        validate = component.get("validate") or {}
        self.validate: Mapping[str, Any] = validate if isinstance(validate, Mapping) else {}
        if not isinstance(validate, Mapping):
            self.fault("校验规则的写法不对，应为一组名称和值")

    def fault(self, sentence: str) -> None:
        """Note a finding about this component."""
        self.found.add(self.name, sentence)

    def text(self, source: Mapping[str, Any], key: str, what: str) -> str:
        """Return a text that people read, refusing what is not text and what is computed."""
        text = source.get(key)
        if text is None:
            return ""
        if not isinstance(text, str):
            self.fault(f"{what}应为文字")
            return ""
        if text.startswith("=") or "{{" in _without_element(text):
            self.fault(f"{what}不能是公式或模板，请直接写文字")
        return text.strip()

    def flag(self, source: Mapping[str, Any], key: str) -> bool:
        """Return a yes or no that is fixed in the file; a formula is refused."""
        value = source.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.fault(f"“{key}”只能是“是”或“否”，不能是公式")
        return False

    def count(self, source: Mapping[str, Any], key: str, *, most: int) -> int | None:
        """Return a whole number between 0 and `most`, given as a number or as digits."""
        value = source.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            self.fault(f"“{key}”应为0到{most}之间的整数")
            return None
        return value

    def bound(self, key: str) -> str | None:
        """Return the lowest or the highest number of a number field, exactly."""
        value = self.validate.get(key)
        if value is None or value == "":
            return None
        plain = isinstance(value, (int, float, str)) and not isinstance(value, bool)
        try:
            number = Decimal(str(value)) if plain else Decimal("NaN")
        except ArithmeticError:
            number = Decimal("NaN")
        if not number.is_finite() or number.adjusted() > 15:
            self.fault(f"“{key}”应为数字，不能是公式")
            return None
        return format(number, "f")

    def properties(self) -> dict[str, str]:
        """Return the custom properties; a near miss of one of ours is a finding, others pass for other readers."""
        raw = self.component.get("properties") or {}
        if not isinstance(raw, Mapping):
            self.fault("自定义属性的写法不对，应为一组名称和值")
            return {}
        for name in [each for each in raw if each not in OWN_PROPERTIES]:
            near = difflib.get_close_matches(str(name), OWN_PROPERTIES, n=1, cutoff=0.8)
            if near:
                self.fault(f"没有自定义属性“{name}”，是否应为“{near[0]}”")
        for flag in ("sensitive", "wide"):
            if raw.get(flag) not in (None, "true", "false"):
                self.fault(f"自定义属性“{flag}”只能是“true”或“false”")
        return {str(name): str(value) for name, value in raw.items()}

    def options(self) -> tuple[Option, ...]:
        """Return the fixed choices of a list."""
        raw = self.component.get("values")
        options = [
            Option(value=item["value"], label=item["label"])
            for item in (raw if isinstance(raw, list) else [])
            if isinstance(item, Mapping) and _good_text(item.get("value")) and _good_text(item.get("label"))
        ]
        if raw is not None and (not isinstance(raw, list) or len(options) != len(raw)):
            self.fault("每个选项都要有文字的值和名称")
        if len(options) > MAX_OPTIONS:
            self.fault(f"选项超过{MAX_OPTIONS}个，请改用名单（optionsSource）")
        if len({option.value for option in options}) != len(options):
            self.fault("选项的值有重复")
        return tuple(options)

    def condition(self) -> Condition | None:
        """Return when the component is hidden."""
        conditional = self.component.get("conditional") or {}
        hide = conditional.get("hide") if isinstance(conditional, Mapping) else conditional
        if not hide:
            return None
        try:
            if not isinstance(hide, str) or set(conditional) != {"hide"}:
                raise ConditionRefused
            return parse_condition(hide)
        except ConditionRefused:
            self.fault(HIDE_HELP)
            return None


def _good_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not value.startswith("=") and len(value) <= 200


def _without_element(text: str) -> str:
    """A repeated group may name its element; `expand` puts it in."""
    for name in ("label", "help", "maximum"):
        text = text.replace("{{" + name + "}}", "")
    return text
