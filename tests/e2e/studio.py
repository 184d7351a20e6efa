"""What an administrator does in the studio with mouse and keyboard, as on paper: drop, name, choose, connect."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from app.domain.actors import Role
from app.persistence.models import RoleGrant, User
from tests.e2e.stages import CHEAP
from tests.services.world import World
from tests.waiting import becomes
from tests.web.house import PASSWORD

_PLACE = """([name, part]) => {
  const s = document.querySelector('[data-studio-editor]').studio.modeler;
  const element = s.get('elementRegistry').find(one => one.businessObject?.name === name && one.type !== 'label' && one.width);
  const box = element ?? {};
  return { id: element?.id, x: box.x, y: box.y, width: box.width, height: box.height };
}"""
_SCREEN = """([x, y]) => {
  const canvas = document.querySelector('[data-studio-editor]').studio.modeler.get('canvas');
  const box = canvas.viewbox(), at = canvas.getContainer().getBoundingClientRect();
  return [at.left + (x - box.x) * box.scale, at.top + (y - box.y) * box.scale];
}"""


@dataclass
class Board:
    """The diagram editor in front of somebody."""

    page: Page

    def ready(self) -> None:
        """Wait until the diagram can be drawn on."""
        self.page.wait_for_selector("[data-studio-editor][data-ready]")

    def find(self, name: str) -> None:
        """Find an element by the search, which brings it into sight and selects it."""
        self.page.get_by_role("button", name="查找", exact=True).click()
        self.page.locator(".djs-search-input input").fill(name)
        self.page.locator(".djs-search-result", has_text=name).first.click()
        expect(self.page.locator(".studio-panel-head")).to_contain_text(name)

    def shape(self, name: str) -> dict[str, Any]:
        """Return where an element is drawn."""
        found: dict[str, Any] = self.page.evaluate(_PLACE, [name, ""])
        return found

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the diagram is on the screen."""
        left, top = self.page.evaluate(_SCREEN, [x, y])
        return left, top

    def scroll_to(self, name: str) -> None:
        """Turn the wheel until an element stands above the lower edge; each turn is waited for, or it would go far beyond."""
        box = self.shape(name)
        frame = self.page.locator(".studio-canvas").bounding_box()
        assert frame is not None
        left, top = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
        self.page.mouse.move(left, top)
        while (here := self.at(box["x"], box["y"] + box["height"])[1]) >= frame["y"] + frame["height"] - 30:
            self.page.mouse.wheel(0, 60)
            becomes(self.page, lambda here=here: self.at(box["x"], box["y"] + box["height"])[1] < here, True)

    def click(self, x: float, y: float) -> None:
        """Move there and click, as a hand does."""
        left, top = self.at(x, y)
        self.page.mouse.move(left - 12, top - 6, steps=3)
        self.page.mouse.move(left, top, steps=4)
        self.page.mouse.click(left, top)

    def drop(self, tool: str, x: float, y: float, *, name: str) -> None:
        """Take something from the palette, put it down, and name it: a task on the spot, the rest in the panel."""
        self.page.locator(f".djs-palette .entry[aria-label={tool}]").click()
        self.click(x, y)
        if tool.endswith("任务"):
            self.page.locator(".djs-direct-editing-content").wait_for()
            self.page.keyboard.type(name)
            self.page.keyboard.press("Control+Enter")
        else:
            self.field("general", "名称").fill(name)
            self.field("general", "名称").blur()
        expect(self.page.locator(".studio-panel-head")).to_contain_text(name)

    def select(self, name: str) -> None:
        """Click an element of the diagram."""
        box = self.shape(name)
        # Clear of arrows, and of the pad that stands beside a neighbour.
        right, down = (0.5, 0.92) if box["width"] > 60 else (0.66, 0.34)
        self.click(box["x"] + box["width"] * right, box["y"] + box["height"] * down)
        expect(self.page.locator(".studio-panel-head")).to_contain_text(name)

    def connect(self, source: str, target: str) -> None:
        """Draw an arrow from one element to another with the tool of the palette."""
        self.page.locator(".djs-palette .entry[aria-label=连线]").click()
        for name in (source, target):
            box = self.shape(name)
            self.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.clock.run_for(
            400
        )  # the editor takes the next click only after a moment, lest it be the one that drew the arrow

    def field(self, group: str, label: str) -> Locator:
        """Return a field of the panel."""
        return self.page.locator(f"[data-group={group}]").get_by_label(label, exact=True).first

    def choose(self, group: str, label: str, words: str) -> None:
        """Choose from a list of the panel."""
        self.page.locator(f"[data-group={group}]").get_by_role("combobox", name=label, exact=True).select_option(label=words)

    def due(self, days: int) -> None:
        """Give the task some working days."""
        group = self.page.locator("[data-group=time]")
        group.get_by_role("combobox").first.select_option(label="若干个工作日")
        group.get_by_role("spinbutton").first.fill(str(days))
        group.get_by_role("spinbutton").first.blur()

    def finding(self, words: str) -> Locator:
        """Return what the gate says with these words."""
        return self.page.locator(".studio-findings li", has_text=words)

    def saved(self) -> None:
        """Wait until everything is with the server."""
        self.page.keyboard.press("Control+s")
        expect(self.page.locator("[data-save-state]")).to_contain_text("已自动保存")


@dataclass
class Sheet:
    """The form editor in front of somebody."""

    page: Page

    def ready(self) -> None:
        """Wait until components can be put on the form."""
        self.page.wait_for_selector("[data-forms-editor][data-ready]")

    def add(self, kind: str, label: str, *, key: str = "") -> None:
        """Drag a component below the last one, and name it."""
        elements = self.page.locator(".fjs-element")
        before, last = elements.count(), elements.last
        self.page.locator(f".fjs-palette-field[data-field-type={kind}]").first.scroll_into_view_if_needed()
        self.page.locator(f".fjs-palette-field[data-field-type={kind}]").first.hover()
        box = last.bounding_box()
        assert box is not None
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 100, box["y"] + box["height"] + 14, steps=12)
        self.page.mouse.move(box["x"] + 100, box["y"] + box["height"] + 6, steps=4)
        self.page.mouse.up()
        expect(elements).to_have_count(before + 1)  # from now on the panel is that of the new one
        panel = self.page.locator(".studio-panel")
        panel.get_by_label("名称", exact=True).first.fill(label)
        if key:
            panel.get_by_label("字段名（英文）").fill(key)
        panel.get_by_label("必填").check()

    def options(self, *pairs: tuple[str, str]) -> None:
        """Write the choices of the component that is selected."""
        panel = self.page.locator(".studio-panel")
        for _ in pairs[1:]:
            panel.get_by_role("button", name="添加一个选项").click()
        for number, (label, value) in enumerate(pairs, start=1):
            panel.get_by_label(f"选项{number}：名称").fill(label)
            panel.get_by_label(f"选项{number}：值").fill(value)
            panel.get_by_label(f"选项{number}：值").blur()

    def saved(self) -> None:
        """Wait until everything is with the server."""
        self.page.keyboard.press("Control+s")
        expect(self.page.locator("[data-save-state]")).to_contain_text("已自动保存")


def second_administrator(world: World) -> None:
    """Add a second administrator of procedures to the district: whoever asks for a deployment does not confirm it."""
    unit_id, hashed = world.units["bureau"], CHEAP.hash(PASSWORD)
    grants = [RoleGrant(role=Role.PROCESS_ADMIN.value, unit_id=unit_id)]
    with world.context.transaction() as tx:
        person = {"username": "process2", "name": "丁一凡", "password_hash": hashed, "unit_id": unit_id}
        tx.session.add(User(**person, active=True, created_at=tx.now, grants=grants))
