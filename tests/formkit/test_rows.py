"""What a template gets: the tree of rows and the HTML of single inputs."""

import re

from jinja2 import Environment

from app.formkit.build import bind
from app.formkit.rows import Row, rows
from app.formkit.schema import read_form
from tests.formkit.samples import CHOICES, FULL, SOURCES, TODAY, component, form

WALK = """
{% for row in tree recursive %}{% set walk = loop %}
<{{ row.kind }} {{ row.id }}>{{ row.field() if row.field and row.kind not in ("group", "list") }}
{{ walk(row.children) if row.children }}
{% for entry in row.entries %}{{ walk(entry) }}{% endfor %}
{{ walk(row.blank) if row.blank }}
{% endfor %}"""


def tree() -> dict[str, Row]:
    return {row.spec.key or row.kind: row for row in rows(bind(read_form("nomination", FULL), sources=SOURCES, today=TODAY))}


def test_the_tree_follows_the_form() -> None:
    found = tree()
    assert (found["heading"].text, found["heading"].level) == ("候选人基本情况", 1)
    assert [child.spec.key for child in found["home"].children] == ["street"]
    assert [child.label for child in found["group"].children] == ["技艺水平", "示范作用"]
    assert found["separator"].kind == "separator"
    assert found["spacer"].kind == "spacer"


def test_headings_within_a_text_are_rows_of_their_own() -> None:
    text = "请先核对。\n\n## 本人承诺\n1. 材料属实。\n2. 不拉票。\n# 告知\n编号 #12 的材料除外。"
    found = [(row.kind, row.text, row.level) for row in rows(form({"type": "text", "text": text}))]
    assert found == [
        ("text", "请先核对。", 0),
        ("heading", "本人承诺", 2),
        ("text", "1. 材料属实。\n2. 不拉票。", 0),
        ("heading", "告知", 1),
        ("text", "编号 #12 的材料除外。", 0),
    ]


def test_a_list_has_entries_and_a_row_to_copy() -> None:
    jobs = tree()["jobs"]
    assert [cell.field.name for cell in jobs.entries[0]] == ["jobs-0-employer", "jobs-0-since"]
    assert jobs.blank[0].field.name == "jobs-__row__-employer"
    assert jobs.field.next_number == 1


def test_a_template_can_walk_it() -> None:
    bound = bind(read_form("nomination", FULL), sources=SOURCES, today=TODAY)
    page = Environment(autoescape=True).from_string(WALK).render(tree=rows(bound))
    assert 'name="home-street"' in page
    assert 'name="marks_craft-points"' in page
    assert 'name="jobs-__row__-since"' in page
    assert re.search(r"\son\w+=|style=|<script", page) is None


def test_inputs_are_tied_to_their_help_and_errors() -> None:
    field = component("textfield", "a", "甲", description="写全称", validate={"required": True, "maxLength": 50})
    bound = form(field, post={})
    bound.validate()
    html, row = bound["a"](class_="form-control"), rows(bound)[0]
    assert f'aria-describedby="{row.help_id} {row.error_id}"' in html
    assert (row.help_id, row.error_id) == ("f-a-help", "f-a-error")
    for part in ('id="f-a"', 'name="a"', 'aria-required="true"', 'aria-invalid="true"', 'maxlength="50"', 'class="form-control"'):
        assert part in html
    assert 'autocomplete="off"' in html
    assert " required" not in html


def test_phones_get_the_right_keyboard() -> None:
    assert 'inputmode="numeric"' in form(component("number", "a", decimalDigits=0, validate={"min": 0}))["a"]()
    assert 'inputmode="decimal"' in form(component("number", "a"))["a"]()
    mobile = component("textfield", "a", properties={"valueType": "mobile", "autocomplete": "tel"})
    assert 'inputmode="tel"' in form(mobile)["a"]()
    assert 'autocomplete="tel"' in form(mobile)["a"]()


def test_everything_that_was_sent_is_escaped() -> None:
    evil = "\"><script>alert(1)</script>'"
    fields = (
        component("textfield", "a"),
        component("textarea", "b"),
        component("select", "c", values=[{"value": evil, "label": evil}]),
    )
    bound = form(
        *fields,
        component("radio", "d", values=[{"value": evil, "label": evil}]),
        post={"a": evil, "b": evil, "c": evil, "d": evil},
    )
    page = "".join(bound[key]() for key in "abcd")
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 6


def test_choices_say_what_is_chosen() -> None:
    bound = form(
        component("select", "a", values=CHOICES), component("checklist", "b", values=CHOICES), post={"a": "b", "b": ["a"]}
    )
    assert '<option value="">请选择</option>' in bound["a"]()
    assert '<option value="b" selected>乙</option>' in bound["a"]()
    assert bound["b"]().count(" checked") == 1
    assert 'type="checkbox"' in bound["b"]()
    assert 'for="f-b-1"' in bound["b"]()


def test_files_are_posted_as_ids_and_the_file_input_has_no_name() -> None:
    html = form(component("filepicker", "a", accept=".pdf", multiple=True), data={"a": ["f1", "f2"]})["a"]()
    assert html.count('type="hidden"') == 2
    assert 'name="a" value="f2"' in html
    chooser = html[html.rindex("<input") :]
    assert ' name="' not in chooser
    assert 'accept=".pdf"' in chooser
    assert " multiple" in chooser


def test_conditions_reach_the_page_with_the_name_of_the_input_they_ask() -> None:
    told = component("textfield", "why", conditional={"hide": '=kind = "a"'})
    inside = component("dynamiclist", "items", components=[component("radio", "kind", values=CHOICES), told])
    row = rows(form(inside, post={"items-3-kind": "a"}))[0].entries[0][1]
    assert row.hidden
    assert row.conditions == {"data-hide-by": "items-3-kind", "data-hide-values": '["a"]', "data-hide-when": "in"}


def test_lines_of_a_text_area_survive() -> None:
    html = form(component("textarea", "a"), post={"a": "\n甲\n乙"})["a"]()
    assert html.endswith(">\n\n甲\n乙</textarea>")
    assert 'data-maxlength="5000"' in html
