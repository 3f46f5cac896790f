"""What Chromium's own accessibility tree holds: what a screen reader is given, not what the source says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

__all__ = ["LiveRegion"]


class LiveRegion:
    """The page's live region in the accessibility tree; it must be exposed as polite there."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("Accessibility.enable")
        root = self._session.send("DOM.getDocument")["root"]["nodeId"]
        found = self._session.send("DOM.querySelector", {"nodeId": root, "selector": "[data-al-live]"})
        self._node: int = found["nodeId"]
        assert self._node, "no live region"

    @property
    def role(self) -> tuple[str, str]:
        """Role and politeness, ``("status", "polite")`` where all is well."""
        node = self._session.send(
            "Accessibility.getPartialAXTree", {"nodeId": self._node, "fetchRelatives": False}
        )["nodes"][0]
        assert not node["ignored"], "the live region is hidden from screen readers"
        properties: dict[str, Any] = {one["name"]: one["value"].get("value") for one in node["properties"]}
        return node["role"]["value"], properties.get("live", "")

    @property
    def words(self) -> str:
        """The words inside it, as the tree has them."""
        inside = self._session.send(
            "Accessibility.queryAXTree", {"nodeId": self._node, "role": "StaticText"}
        )["nodes"]
        return " ".join(str(one["name"]["value"]) for one in inside)

    def heard(self, words: str) -> str:
        """Wait until the page says ``words``, whatever its spaces; return all that the tree then holds."""
        self._page.wait_for_function(
            """(words) => document.querySelector('[data-al-live]').textContent
              .replace(/\\s+/g, ' ').includes(words)""",
            arg=" ".join(words.split()),
        )
        said = self.words
        assert " ".join(words.split()) in " ".join(said.split()), said
        return said
