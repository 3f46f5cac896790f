"""What Tab is to stop at in a page, for tests that follow the focus."""

from __future__ import annotations

__all__ = ["FIELDS", "STOPS"]

FIELDS = "a[href], button, input, select, textarea, summary"
"""Selector of what takes the focus without being told to."""

STOPS = """(selector) => {
  const groups = new Set();
  const all = document.querySelectorAll(selector);
  const wanted = [...all].filter((e) => {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.disabled || e.tabIndex < 0) return false;
    if (e.type !== "radio" || e.checked) return true;
    const checked = document.querySelector(`input[name="${CSS.escape(e.name)}"]:checked`);
    if (checked || groups.has(e.name)) return false;
    groups.add(e.name);
    return true;
  });
  wanted.forEach((element, place) => { element.dataset.stop = String(place); });
  return wanted.map((element) => element.outerHTML.slice(0, 160));
}"""
"""Numbers the stops in the order of the page and returns how each begins.

Takes a selector; of a group of radio buttons the checked one counts, or the first.
"""
