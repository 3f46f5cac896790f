// A figure written by Python, with its description and its table; added here: a row and its mark show each other.
import { announce, h, listen, liveRegion, save, valueOf } from "./kit.js";
import { say } from "./words.js";

// Names that the figure gives itself: in a static page its copy without script stays beside this one.
const OWN_NAMES = /\bal-[0-9a-f]{10}\b/g;

/** The marks by row: those that say which row they draw, else one a row in the same order, else none. */
function marksOf(figure, rows) {
  const named = [...figure.querySelectorAll("svg [data-row]")];
  if (named.length) return rows.map((_, place) => named.filter((mark) => mark.dataset.row === String(place)));
  const marks = [...figure.querySelectorAll("svg .al-figure__mark")];
  return marks.length === rows.length ? marks.map((mark) => [mark]) : [];
}

function render({ model, el }) {
  liveRegion();
  const labels = valueOf(model, "labels", {});
  const place = h("div", { class: "al-chart__figure" });
  const suffix = Math.random().toString(36).slice(2, 8);
  // Every text in it was escaped by Python; what learners type never becomes a figure.
  place.innerHTML = String(valueOf(model, "figure", "")).replace(OWN_NAMES, (name) => `${name}-${suffix}`);
  const root = h("div", { class: "al-piece al-chart", lang: valueOf(model, "lang", "fr") }, place);
  const rows = [...place.querySelectorAll(".al-figure__table tbody tr")];
  const marks = marksOf(place, rows);
  const chosen = () => valueOf(model, "row", null);

  const choose = (row) => {
    const next = row === chosen() ? null : row;
    save(model, { row: next });
    show();
    if (next === null) announce(say(labels, "nothing_shown"));
  };
  const buttons = rows.map((row, at) => {
    if (!marks[at]?.length) return null;
    const head = row.querySelector("th") ?? row.cells[0];
    const button = h("button", { type: "button", class: "al-chart__row", on: { click: () => choose(at) } });
    button.append(...head.childNodes);
    head.append(button);
    return button;
  });
  marks.forEach((group, at) => {
    for (const mark of group) {
      mark.classList.add("al-chart__mark");
      mark.addEventListener("click", () => choose(at));
      mark.addEventListener("pointerenter", () => point(at));
      mark.addEventListener("pointerleave", () => point(null));
    }
  });
  const point = (at) => rows.forEach((row, number) => row.classList.toggle("al-chart__pointed", number === at));
  const show = () => {
    const row = chosen();
    root.toggleAttribute("data-chosen", row !== null && Boolean(marks[row]?.length));
    rows.forEach((entry, at) => {
      entry.classList.toggle("al-chart__chosen", at === row);
      buttons[at]?.setAttribute("aria-pressed", String(at === row));
      for (const mark of marks[at] ?? []) mark.classList.toggle("al-chart__mark--chosen", at === row);
    });
  };
  if (buttons.some(Boolean)) {
    place.querySelector(".al-figure__scroll")?.before(h("p", { class: "al-hint" }, say(labels, "how")));
  }
  show();
  el.replaceChildren(root);
  return listen(model, { row: show });
}

export default { render };
