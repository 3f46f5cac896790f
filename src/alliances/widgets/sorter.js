// Step 1: read the cases, one at a time; the list says which are read and goes to any of them.
import { announce, h, listen, save, setText, valueOf } from "./kit.js";
import { familyControls } from "./family.js";
import { say } from "./words.js";
import { goButton, stepSection } from "./toolpart.js";

function render(context) {
  const { model } = context;
  const labels = valueOf(model, "labels", {});
  const { cases = [], categories = [], reasons = [] } = valueOf(model, "data", {});
  const frame = stepSection(context, "sort", say(labels, "step_sort"));
  let place = 0;
  let readings = { ...valueOf(model, "value", {}).readings };
  const isRead = (id) => Boolean(readings[id]?.category || readings[id]?.unknown);
  const readCount = () => cases.filter((entry) => isRead(entry.id)).length;
  const stateOf = (id) => {
    const reading = readings[id];
    if (reading?.unknown) return say(labels, "unknown");
    const category = categories.find((entry) => entry.id === reading?.category);
    return category ? category.text : say(labels, "to_read");
  };

  const title = h("h3", { class: "al-case__title", tabindex: "-1" });
  const position = h("p", { class: "al-case__position" });
  const where = h("p", { class: "al-case__where" });
  const text = h("p", { class: "al-case__text" });
  const source = h("p", { class: "al-case__source" });
  const controls = familyControls({
    legend: h("legend", { class: "al-legend" }, say(labels, "sort_question")),
    categories,
    reasons,
    labels,
    keep(answer) {
      const { id } = cases[place];
      const first = !isRead(id);
      readings = { ...readings, [id]: answer };
      save(model, { value: { readings } });
      refresh();
      if (first && isRead(id)) announce(progress());
    },
  });
  const previous = h("button", { type: "button", class: "al-button al-button--quiet", on: { click: () => go(place - 1) } }, say(labels, "previous"));
  const next = h("button", { type: "button", class: "al-button", on: { click: () => go(place + 1) } }, say(labels, "next"));
  const onward = goButton(model, 1, say(labels, "to_defend"));
  const early = goButton(model, 1, say(labels, "to_defend_early"), true);

  const items = cases.map((entry, index) => {
    const state = h("span", { class: "al-list__state" });
    const button = h(
      "button",
      { type: "button", class: "al-list__button", on: { click: () => go(index) } },
      h("span", { class: "al-list__number", "aria-hidden": "true" }, String(index + 1)),
      h("span", { class: "al-list__text" }, h("span", { class: "al-list__title" }, entry.title), h("span", { class: "al-hidden" }, "\u00a0: "), state),
    );
    return { entry, state, button };
  });
  const summary = h("summary", {});
  const list = h(
    "details",
    { class: "al-list" },
    summary,
    h("ol", {}, items.map((item) => h("li", {}, item.button))),
  );
  // On a phone the list would push the case out of sight.
  list.open = matchMedia("(min-width: 56rem)").matches;

  const progress = (key = "progress") => say(labels, key, { read: readCount(), total: cases.length });
  const refresh = () => {
    setText(summary, progress("all_cases"));
    for (const [index, item] of items.entries()) {
      setText(item.state, stateOf(item.entry.id));
      item.button.classList.toggle("al-list__button--read", isRead(item.entry.id));
      if (index === place) item.button.setAttribute("aria-current", "true");
      else item.button.removeAttribute("aria-current");
    }
    const last = place === cases.length - 1;
    next.hidden = last;
    onward.hidden = !last;
    early.hidden = last || readCount() < 2;
  };
  const show = () => {
    const entry = cases[place];
    if (!entry) return;
    setText(position, say(labels, "position", { number: place + 1, total: cases.length }));
    setText(title, entry.title);
    setText(where, entry.where ?? "");
    setText(text, entry.text ?? "");
    setText(source, entry.source_line ?? "");
    source.hidden = !entry.source_line;
    previous.disabled = place === 0;
    controls.show(readings[entry.id] ?? null);
    refresh();
  };
  const go = (index) => {
    if (index < 0 || index >= cases.length) return;
    place = index;
    show();
    title.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
    if (panel.getBoundingClientRect().top < 0) panel.scrollIntoView({ block: "start" });
  };
  const panel = h(
    "article",
    { class: "al-panel" },
    position,
    title,
    where,
    text,
    source,
    controls.set,
    controls.reasonRow,
    h("div", { class: "al-actions" }, previous, next, onward, early),
  );
  frame.body.append(h("p", {}, say(labels, "sort_help")), h("div", { class: "al-split" }, list, panel));
  const first = cases.findIndex((entry) => !isRead(entry.id));
  place = first < 0 ? 0 : first;
  show();
  const stop = listen(model, {
    value() {
      const fresh = valueOf(model, "value", {}).readings ?? {};
      if (JSON.stringify(fresh) === JSON.stringify(readings)) return;
      readings = { ...fresh };
      controls.show(readings[cases[place]?.id] ?? null);
      refresh();
    },
  });
  return () => {
    stop();
    frame.stop();
  };
}

export default { render };
