// A table of controls. Where it is too narrow each row becomes a group with its own labels, so that nothing
// scrolls sideways; the same elements stay, and so does the focus.
import { h, uid } from "./kit.js";

function column(share) {
  const col = h("col");
  col.style.width = `${(100 * share).toFixed(2)}%`;
  return col;
}

/**
 * Make the table. `columns`: `[{ text, least }]`, `least` being a cell's least width in em; `header` and `extra`
 * are those of the rows' names and of what stands after the cells. Returns `{ node, body, row }`;
 * `row(text, cells, more)` makes a row to put into `body`, `cells` being functions of the ids that name the
 * cell, each returning what is in it.
 */
export function gridTable({ columns, header = 9, extra = 0 }) {
  const body = h("tbody");
  const widths = [header, ...columns.map(({ least }) => least), ...(extra ? [extra] : [])];
  const needed = widths.reduce((sum, width) => sum + width, 0);
  const table = h(
    "table",
    { class: "al-grid" },
    h("colgroup", {}, widths.map((width) => column(width / needed))),
    h("thead", {}, h("tr", {}, h("td"), columns.map(({ text }) => h("th", { scope: "col" }, text)), extra ? h("td") : null)),
    body,
  );
  // Only its width is watched: watching the table would answer to the change that the answer makes.
  const ruler = h("div", { class: "al-grid__ruler" });
  let listed = false;
  const fit = () => {
    const width = ruler.clientWidth;
    const em = parseFloat(getComputedStyle(ruler).fontSize);
    if (!width || listed === width < needed * em) return;
    listed = !listed;
    table.classList.toggle("al-grid--list", listed);
    name(table);
    for (const part of table.querySelectorAll("thead, tbody, tr, th, td")) name(part);
  };
  // As a list the table's parts are no table to a screen reader either: each row is a named group.
  const name = (part) => {
    if (!listed) part.removeAttribute("role");
    else part.setAttribute("role", part.parentElement === body ? "group" : "none");
  };
  new ResizeObserver(fit).observe(ruler);
  const row = (text, cells, more = null) => {
    const header = h("th", { scope: "row", id: uid("row") }, text);
    const parts = cells.map((cell, place) => {
      const title = h("label", { class: "al-grid__name", id: uid("cell") }, columns[place].text);
      const inside = cell(`${header.id} ${title.id}`);
      if (inside.matches("input, select, textarea")) {
        inside.id ||= uid("control");
        title.setAttribute("for", inside.id);
      }
      return h("td", {}, title, inside);
    });
    const node = h("tr", { "aria-labelledby": header.id }, header, parts, more && h("td", { class: "al-grid__more" }, more));
    for (const part of [node, ...node.children]) if (listed) part.setAttribute("role", part === node ? "group" : "none");
    return { node, header };
  };
  return { node: h("div", {}, ruler, table), body, row };
}

/** Call `act` once it was not asked for during `pause` milliseconds; `cancel` forgets what was asked. */
export function settled(act, pause = 600) {
  let timer = 0;
  const later = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), pause);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}
