"""One form-js component → one `Field`, or findings."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from app.domain.fields import Field, FieldKind, Value
from app.formkit.findings import Findings
from app.formkit.patterns import MAX_MATCHED_TEXT, PatternRefused, check_pattern
from app.formkit.reader import Component, ComponentReader
from app.formkit.vocabulary import (
    CHOICE_KINDS,
    DEFAULT_LENGTHS,
    KINDS,
    MAX_LENGTH,
    NUMBER_TYPES,
    REFUSED_TYPES,
    TEXT_TYPES,
    VALIDATE_KEYS,
    is_flat,
)


def read_component(component: Component, found: Findings) -> Field | None:
    """Read one component without its children; None when its type cannot be used."""
    reader = ComponentReader(component, found)
    kind = KINDS.get(reader.type)
    if kind is None:
        title = REFUSED_TYPES.get(reader.type, reader.type or "没有类型")
        reader.fault(f"不支持这种组件：{title}，请删除或换成其他组件")
        return None
    for name in sorted(set(reader.validate) - VALIDATE_KEYS.get(reader.type, frozenset())):
        reader.fault(f"不支持校验规则“{name}”，请删除")
    field = _common(reader, kind)
    field = _SPECIAL.get(field.kind, _plain)(reader, field)
    if not field.label and field.kind != "static" and not is_flat(field):
        reader.fault("缺少名称，请填写填表人看到的名称")
    return field


def _common(reader: ComponentReader, kind: FieldKind) -> Field:
    component, properties = reader.component, reader.properties()
    key = component.get("path") or component.get("key") if kind in ("group", "list") else component.get("key")
    label = reader.text(component, "label", "名称") or reader.text(component, "dateLabel", "名称")
    layout = component.get("layout") or {}
    return Field(
        key="" if kind == "static" or key is None else str(key),
        kind=kind,
        label=label,
        description=reader.text(component, "description", "说明"),
        required=reader.flag(reader.validate, "required"),
        readonly=reader.flag(component, "readonly") or reader.flag(component, "disabled"),
        default=_default(reader),
        columns=reader.count(layout if isinstance(layout, Mapping) else {}, "columns", most=16),
        condition=reader.condition(),
        properties=properties,
    )


def _default(reader: ComponentReader) -> Value:
    value = reader.component.get("defaultValue")
    if isinstance(value, str):
        return reader.text(reader.component, "defaultValue", "默认值")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return format(Decimal(str(value)), "f")
    reader.fault("默认值的写法不对")
    return None


def _plain(reader: ComponentReader, field: Field) -> Field:
    return field


def _text(reader: ComponentReader, field: Field) -> Field:
    value_type = field.properties.get("valueType")
    if value_type in NUMBER_TYPES and field.kind == "text":
        return _number(reader, replace(field, kind="number"))
    if value_type and (field.kind != "text" or value_type not in TEXT_TYPES):
        reader.fault(f"没有值类型“{value_type}”")
    extra = dict(field.properties)
    appearance = reader.component.get("appearance") or {}
    for ours, theirs in (("prefix", "prefixAdorner"), ("suffix", "suffixAdorner")):
        if isinstance(appearance, Mapping) and appearance.get(theirs):
            extra[ours] = reader.text(appearance, theirs, "前后缀")
    checked = reader.validate.get("validationType") or ""
    if checked in ("email", "phone"):
        extra["valueType"] = checked
    elif checked not in ("", "custom"):
        reader.fault("格式只能是邮箱、电话或自定义")
    shortest, longest = (reader.count(reader.validate, name, most=MAX_LENGTH) for name in ("minLength", "maxLength"))
    longest = longest or DEFAULT_LENGTHS[field.kind]
    if shortest is not None and shortest > longest:
        reader.fault("最少字数大于最多字数")
    field = replace(field, min_length=shortest, max_length=longest, properties=extra)
    return _pattern(reader, field)


def _pattern(reader: ComponentReader, field: Field) -> Field:
    pattern = reader.validate.get("pattern")
    if not pattern:
        return field
    try:
        check_pattern(str(pattern))
    except PatternRefused:
        reader.fault("正则表达式太复杂或写法不支持，请简化（不要嵌套重复）")
        return field
    message = reader.text(reader.validate, "patternErrorMessage", "格式提示")
    longest = min(field.max_length or MAX_MATCHED_TEXT, MAX_MATCHED_TEXT)
    return replace(field, pattern=str(pattern), pattern_message=message, max_length=longest)


def _number(reader: ComponentReader, field: Field) -> Field:
    value_type = field.properties.get("valueType", "")
    if value_type and value_type not in NUMBER_TYPES:
        reader.fault(f"没有值类型“{value_type}”")
    extra = dict(field.properties)
    if reader.component.get("increment") not in (None, ""):
        extra["increment"] = str(reader.component["increment"])
    if reader.flag(reader.component, "serializeToString"):
        extra["asText"] = "true"
    appearance = reader.component.get("appearance") or {}
    for ours, theirs in (("prefix", "prefixAdorner"), ("suffix", "suffixAdorner")):
        if isinstance(appearance, Mapping) and appearance.get(theirs):
            extra[ours] = reader.text(appearance, theirs, "前后缀")
    digits = reader.count(reader.component, "decimalDigits", most=10)
    digits = {"integer": 0, "money": 2}.get(value_type, digits)
    low, high = reader.bound("min"), reader.bound("max")
    if low is None and value_type == "money":
        low = "0"
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        reader.fault("最小值大于最大值")
    return replace(field, minimum=low, maximum=high, decimal_digits=digits, properties=extra)


def _moment(reader: ComponentReader, field: Field) -> Field:
    subtype = reader.component.get("subtype", "date")
    if subtype not in ("date", "datetime"):
        reader.fault("只支持日期、日期和时间，不支持单独的时间")
    extra = dict(field.properties)
    if reader.flag(reader.component, "disallowPassedDates"):
        extra["disallowPassedDates"] = "true"
    return replace(field, kind="datetime" if subtype == "datetime" else "date", properties=extra)


def _choice(reader: ComponentReader, field: Field) -> Field:
    for name in ("valuesKey", "valuesExpression"):
        if reader.component.get(name):
            reader.fault(f"不支持“{name}”，请改用自定义属性 optionsSource 指定名单")
    source = field.properties.get("optionsSource") or None
    options = () if source else reader.options()
    if not options and not source and reader.component.get("values") in (None, []):
        reader.fault("没有选项，请填写选项或指定名单（optionsSource）")
    extra = dict(field.properties)
    if reader.component.get("searchable"):
        extra["searchable"] = "true"
    return replace(field, options=options, options_source=source, properties=extra)


def _file(reader: ComponentReader, field: Field) -> Field:
    accept = reader.text(reader.component, "accept", "文件类型")
    return replace(field, accept=accept, multiple=reader.flag(reader.component, "multiple"))


def _group(reader: ComponentReader, field: Field) -> Field:
    repeat_for = field.properties.get("repeatFor") or None
    if repeat_for and not field.key:
        reader.fault("按名单重复的分组必须填写路径（path）")
    return replace(field, repeat_for=repeat_for)


def _list(reader: ComponentReader, field: Field) -> Field:
    first = reader.count(reader.component, "defaultRepetitions", most=20)
    fewest, most = (reader.count(field.properties, name, most=100) for name in ("minRows", "maxRows"))
    if reader.component.get("allowAddRemove") is False:
        fewest = most = first if first is not None else 1
    if fewest is not None and most is not None and fewest > most:
        reader.fault("最少行数大于最多行数")
    if not field.key:
        reader.fault("列表必须填写路径（path）")
    extra = {**field.properties, "rows": str(1 if first is None else first)}
    return replace(field, min_length=fewest, max_length=most, properties=extra)


def _static(reader: ComponentReader, field: Field) -> Field:
    text = reader.text(reader.component, "text", "文字")
    return replace(field, text=text, properties={**field.properties, "type": reader.type})


_SPECIAL = {
    "text": _text,
    "textarea": _text,
    "number": _number,
    "date": _moment,
    "file": _file,
    "group": _group,
    "list": _list,
    "static": _static,
    **dict.fromkeys(CHOICE_KINDS, _choice),
}
