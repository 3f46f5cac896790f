// The blocks that a step of the roadmap tool shows: paragraphs, lists, tables, figures, details. Texts are text.
import { h, uid } from "./kit.js";

// Names that a figure gives itself: the same figure may stand in two steps of one page.
const OWN_NAMES = /\bal-[0-9a-f]{10}\b/g;

const listOf = (value) => (Array.isArray(value) ? value : []);

/** A table in a frame that scrolls by itself, with the keyboard too; the page never scrolls sideways. */
export function tableOf({ caption = "", head = [], rows = [] }) {
  return h(
    "div",
    { class: "al-scroll", tabindex: "0", role: "group", "aria-label": caption },
    h(
      "table",
      { class: "al-table" },
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, listOf(head).map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, listOf(rows).map(([first, ...others]) =>
        h("tr", {}, h("th", { scope: "row" }, first), others.map((cell) => h("td", {}, cell))))),
    ),
  );
}

function figureOf(html) {
  const place = h("div", { class: "al-roadmap21__figure" });
  const suffix = uid("f").slice(-6);
  // Every word in it was escaped by Python, those of a learner too.
  place.innerHTML = String(html ?? "").replace(OWN_NAMES, (name) => `${name}-${suffix}`);
  return place;
}

const KINDS = {
  p: ({ text }) => h("p", {}, text ?? ""),
  h3: ({ text }) => h("h3", {}, text ?? ""),
  note: ({ text }) => h("p", { class: "al-note" }, text ?? ""),
  hint: ({ text }) => h("p", { class: "al-hint" }, text ?? ""),
  source: ({ text }) => h("p", { class: "al-hint" }, text ?? ""),
  list: ({ items }) => h("ul", { class: "al-facts" }, listOf(items).map((item) => h("li", {}, item))),
  table: tableOf,
  figure: ({ html }) => figureOf(html),
  details: ({ summary, blocks }) =>
    h("details", { class: "al-compared" }, h("summary", {}, h("span", { class: "al-compared__title" }, summary ?? "")), drawBlocks(blocks)),
};

/** Draw blocks one under the other; one of an unknown kind is left aside. */
export function drawBlocks(blocks) {
  return listOf(blocks).map((block) => KINDS[block?.kind]?.(block)).filter(Boolean);
}
