// Tabs as the ARIA pattern has them: one Tab stop, arrows move and open, Home and End; the panel comes next.
// https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
import { h, listen, save, uid, valueOf } from "./kit.js";

function render({ model, el }) {
  const name = uid("tabs");
  const tabs = Array.isArray(model.get("tabs")) ? model.get("tabs") : [];
  const inside = (place) => Math.min(Math.max(0, Math.trunc(Number(place)) || 0), Math.max(0, tabs.length - 1));
  const now = () => inside(valueOf(model, "current", 0));
  const open = (place) => {
    save(model, { current: place });
    show();
  };
  const pressed = (event) => {
    const last = tabs.length - 1;
    const at = now();
    const to = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // Jupyter's cells have keys of their own.
    event.stopPropagation();
    open(to);
    buttons[to].focus();
  };
  const buttons = tabs.map((tab, place) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        class: "al-tabs__tab",
        id: `${name}-tab-${place}`,
        "aria-controls": `${name}-panel-${place}`,
        on: { click: () => open(place), keydown: pressed },
      },
      tab.title ?? "",
    ),
  );
  const panels = tabs.map((tab, place) => {
    const panel = h("div", {
      role: "tabpanel",
      class: "al-tabs__panel",
      id: `${name}-panel-${place}`,
      "aria-labelledby": `${name}-tab-${place}`,
      tabindex: "0",
    });
    // Written by Python, from Markdown whose raw HTML is switched off or from a figure.
    panel.innerHTML = String(tab.html ?? "");
    return h("div", { class: "al-tabs__view" }, h("p", { class: "al-tabs__print", "aria-hidden": "true" }, tab.title ?? ""), panel);
  });
  const show = () => {
    const at = now();
    buttons.forEach((button, place) => {
      button.setAttribute("aria-selected", String(place === at));
      button.tabIndex = place === at ? 0 : -1;
      panels[place].toggleAttribute("data-shut", place !== at);
    });
  };
  show();
  el.replaceChildren(
    h(
      "div",
      { class: "al-piece al-tabs", lang: valueOf(model, "lang", "fr") },
      h("div", { role: "tablist", class: "al-tabs__list", "aria-label": String(valueOf(model, "label", "")) }, buttons),
      panels,
    ),
  );
  return listen(model, { current: show });
}

export default { render };
