"""What the parser and its schema say against a diagram: the element that is meant, and the common sentences in Chinese."""

import re
from typing import Any

from lxml import etree

from app.engine.foreign_xml import id_of

_SPACE = re.compile(r"\{[^}]*\}")
_SENTENCES = (
    (re.compile(r"Element '([^']*)', attribute '([^']*)': The attribute '[^']*' is not allowed\."), r"“\1”不能有属性“\2”"),
    (re.compile(r"Element '([^']*)', attribute '([^']*)': '([^']*)' is not a valid value of .*"), r"“\1”的属性“\2”不能写成“\3”"),
    (
        re.compile(r"Element '([^']*)', attribute '([^']*)': \[facet '\w+'\] The value '([^']*)' .*"),
        r"“\1”的属性“\2”不能写成“\3”",
    ),
    (re.compile(r"Element '([^']*)': '([^']*)' is not a valid value of .*"), r"“\1”里不能写“\2”"),
    (re.compile(r"Element '([^']*)': The attribute '([^']*)' is required but missing\."), r"“\1”缺少属性“\2”"),
    (re.compile(r"Element '([^']*)': This element is not expected\..*"), r"“\1”不应出现在这里"),
    (re.compile(r"Element '([^']*)': Missing child element\(s\)\..*"), r"“\1”里缺少应有的下级元素"),
)


def sentence_of(error: Exception) -> str:
    """Return what went wrong; what is not among the common faults stays in the parser's words."""
    said = _SPACE.sub("", str(error)).strip().rstrip(".") + "."
    for pattern, ours in _SENTENCES:
        if pattern.fullmatch(said):
            return pattern.sub(ours, said)
    return said


def element_of(error: Exception, tree: Any, validator: Any) -> str:
    """Return the id of the element that is meant, or of the nearest around it; an empty text when it is not known.

    `tree` is the file that was read last. The schema keeps the place of its last complaint to itself, the parser gives an id.
    """
    named = getattr(error, "id", "")
    if named or tree is None or not hasattr(error, "line_number"):
        return str(named or "")
    log = validator.validator.error_log
    spaces = {prefix: uri for element in tree.iter() for prefix, uri in element.nsmap.items() if prefix}
    try:
        found = tree.xpath(log.last_error.path, namespaces=spaces) if len(log) else []
    except etree.XPathError:
        return ""  # a prefix that means two things in one file
    return found[0].get("bpmnElement") or id_of(found[0]) if found else ""
