// What a roadmap shows beside its cards: bars over months, the load of each month, the measures proposed.
import { h, sameJson, setText } from "./kit.js";
import { say } from "./words.js";
import { idsOf, wordsOf } from "./artefact.js";

/** Bars over months, hidden from screen readers: each card says its months in words. */
export function calendar(labels) {
  const rows = h("div", { class: "al-plan__rows" });
  const axis = h("div", { class: "al-plan__axis" });
  const node = h("div", { class: "al-plan", "aria-hidden": "true" }, h("p", { class: "al-hint" }, say(labels, "calendar")), rows, axis);
  let drawn = null;
  return {
    node,
    draw(measures) {
      const wanted = measures.filter((one) => one.start !== null && one.duration !== null);
      if (sameJson(wanted, drawn)) return;
      drawn = wanted;
      const last = Math.max(1, ...wanted.map((one) => one.start + one.duration));
      node.hidden = !wanted.length;
      rows.replaceChildren(
        ...wanted.map((one) => {
          const bar = h("span", { class: "al-plan__bar" });
          bar.style.marginLeft = `${(100 * one.start) / last}%`;
          bar.style.width = `${(100 * one.duration) / last}%`;
          return h("div", { class: "al-plan__row" }, h("span", { class: "al-plan__name" }, one.name), h("span", { class: "al-plan__track" }, bar));
        }),
      );
      const step = [1, 2, 3, 6, 12, 24].find((months) => last / months <= 8) ?? 60;
      const ticks = [];
      for (let month = 0; month < last; month += step) {
        const tick = h("span", { class: "al-plan__tick" }, String(month));
        tick.style.left = `${(100 * month) / last}%`;
        ticks.push(tick);
      }
      axis.replaceChildren(h("span", { class: "al-plan__name" }, say(labels, "month")), h("span", { class: "al-plan__ticks" }, ticks));
    },
  };
}

/** The load of each month beside the capacity, as a table whose cells hold a bar. */
export function loadTable({ labels, number, unit }) {
  const body = h("tbody");
  const withUnit = (label) => (unit ? say(labels, "with_unit", { label, unit }) : label);
  const room = h("th", { scope: "col" }, say(labels, "capacity"));
  const table = h(
    "table",
    { class: "al-load" },
    h("caption", {}, say(labels, "load_caption")),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say(labels, "month")), h("th", { scope: "col" }, withUnit(say(labels, "load"))), room)),
    body,
  );
  let drawn = null;
  return {
    node: h("details", { class: "al-card__more", open: true }, h("summary", {}, say(labels, "load_table")), table),
    /** `months`: `{ month, load, capacity }`, capacity null without a limit. */
    draw(months) {
      if (sameJson(months, drawn)) return;
      drawn = months;
      const limited = months.some((one) => one.capacity !== null);
      room.hidden = !limited;
      const most = Math.max(1e-9, ...months.map((one) => Math.max(one.load, one.capacity ?? 0)));
      body.replaceChildren(
        ...months.map(({ month, load, capacity }) => {
          const above = capacity !== null && load > capacity + 1e-9;
          const bar = h("span", { class: above ? "al-load__bar al-load__bar--over" : "al-load__bar" });
          bar.style.width = `${(100 * load) / most}%`;
          const mark = capacity !== null && h("span", { class: "al-load__mark" });
          if (mark) mark.style.left = `${(100 * capacity) / most}%`;
          const said = above ? say(labels, "capacity_over", { capacity: number(capacity), over: number(load - capacity) }) : number(capacity ?? 0);
          return h(
            "tr",
            { class: above ? "al-load__over" : null },
            h("th", { scope: "row" }, String(month)),
            h("td", {}, h("span", { class: "al-load__number" }, number(load)), h("span", { class: "al-load__track", "aria-hidden": "true" }, bar, mark)),
            limited && h("td", {}, said),
          );
        }),
      );
    },
  };
}

/** The measures to choose from, with what their sheets set. */
export function candidateSheet({ labels, candidates, cover, between, number, unit }) {
  const titles = new Map(candidates.map((entry) => [entry.id, wordsOf(entry.title) || entry.id]));
  const item = (entry) => {
    const waits = idsOf(entry.depends).map((id) => titles.get(id) ?? id);
    const about = idsOf(entry.tags).map((id) => cover.get(id)).filter(Boolean);
    const facts = [
      typeof entry.duration === "number" && say(labels, entry.duration === 1 ? "sheet_month" : "sheet_months", { count: entry.duration }),
      typeof entry.load === "number" && say(labels, "sheet_load", { load: unit ? `${number(entry.load)}\u00a0${unit}` : number(entry.load) }),
      waits.length > 0 && say(labels, "waits", { items: waits.join(between) }),
      about.length > 0 && say(labels, "about", { items: about.join(between) }),
    ].filter(Boolean);
    return h("li", {}, h("strong", {}, titles.get(entry.id)), facts.map((fact) => h("span", { class: "al-roadmap__fact" }, fact)));
  };
  const summary = h("summary");
  setText(summary, say(labels, "sheets", { count: candidates.length }));
  return h("details", { class: "al-card__more al-roadmap__sheets", open: true }, summary, h("ul", {}, candidates.map(item)));
}
