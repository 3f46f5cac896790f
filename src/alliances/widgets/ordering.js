// Items to put in order: two buttons an item; dragging by a grip is a convenience that nothing needs.
import { announce, h, setText, uid } from "./kit.js";
import { say } from "./words.js";
import { promptParts, renderQuestion, unknownBox } from "./question.js";

const ids = (list) => [...list.children].map((row) => row.dataset.id);

/** Put the rows in an order without taking the one that has the focus out of the page: it would lose it. */
function arrange(list, rows) {
  const held = rows.find((row) => row.contains(document.activeElement));
  let passed = !held;
  for (const row of rows) {
    if (row === held) passed = true;
    else if (passed) list.append(row);
    else held.before(row);
  }
}

/** Drag `row` by its grip: rows whose middle the pointer passes change sides. `done(moved)` ends it. */
function draggable(grip, row, list, moved, done) {
  let start = null;
  const move = (event) => {
    const above = row.previousElementSibling;
    const below = row.nextElementSibling;
    const middle = (other) => other.getBoundingClientRect().top + other.getBoundingClientRect().height / 2;
    if (above && event.clientY < middle(above)) row.after(above);
    else if (below && event.clientY > middle(below)) row.before(below);
    else return;
    moved();
  };
  const end = (event) => {
    if (!start) return;
    grip.removeEventListener("pointermove", move);
    row.classList.remove("al-ordering__row--held");
    const before = start;
    start = null;
    if (event.type === "pointercancel") {
      const rows = new Map([...list.children].map((other) => [other.dataset.id, other]));
      arrange(list, before.map((id) => rows.get(id)));
      moved();
    } else if (before.join() !== ids(list).join()) done();
  };
  grip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    start = ids(list);
    row.classList.add("al-ordering__row--held");
    grip.addEventListener("pointermove", move);
  });
  for (const name of ["pointerup", "pointercancel"]) grip.addEventListener(name, end);
}

function build({ question, labels, answer, keep }) {
  const items = Array.isArray(question.items) ? question.items : [];
  const count = items.length;
  const hintId = uid("hint");
  const { before, legend, describedby } = promptParts(question, labels);
  // Without list-style some screen readers no longer call it a list.
  const list = h("ol", { class: "al-ordering", role: "list" });
  const rows = new Map(items.map((entry) => [entry.id, made(entry)]));
  list.append(...rows.values());

  function made(entry) {
    const text = String(entry.text ?? "").replace(/[.\s]+$/, "");
    const button = (step, key, sign) =>
      h(
        "button",
        { type: "button", class: "al-ordering__move", "data-step": step, "aria-label": say(labels, key, { item: text }), on: { click: () => shift(row, step) } },
        h("span", { "aria-hidden": "true" }, sign),
      );
    const grip = h("span", { class: "al-ordering__grip", "aria-hidden": "true", title: say(labels, "drag") });
    const row = h(
      "li",
      { class: "al-ordering__row", "data-id": entry.id, "data-name": text },
      h("span", { class: "al-ordering__place" }),
      h("span", { class: "al-ordering__text" }, entry.text ?? ""),
      h("span", { class: "al-ordering__moves" }, button(-1, "move_up", "↑"), button(1, "move_down", "↓")),
      grip,
    );
    draggable(grip, row, list, () => number(), () => settled(row));
    return row;
  }
  const place = (row) => [...list.children].indexOf(row) + 1;
  const said = (row, key) =>
    say(labels, key, { item: row.dataset.name, place: place(row), count });
  const number = () => {
    [...list.children].forEach((row, index) => {
      setText(row.querySelector(".al-ordering__place"), String(index + 1));
      // Not disabled: a button that has the focus would lose it at the end of the list.
      for (const button of row.querySelectorAll("button")) {
        const end = Number(button.dataset.step) < 0 ? index === 0 : index === count - 1;
        if (end) button.setAttribute("aria-disabled", "true");
        else button.removeAttribute("aria-disabled");
      }
    });
  };
  const shift = (row, step) => {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return announce(said(row, step < 0 ? "already_first" : "already_last"));
    // The neighbour moves, not the row that has the focus.
    if (step < 0) row.after(other);
    else row.before(other);
    settled(row);
  };
  const settled = (row) => {
    number();
    const first = !kept.checked;
    answered(true);
    announce(first ? `${said(row, "placed")} ${say(labels, "is_answer")}` : said(row, "placed"));
  };
  const hint = h("p", { class: "al-hint", id: hintId });
  const kept = h("input", { type: "checkbox", on: { change: () => answered(kept.checked) } });
  const unknown = unknownBox(labels, (checked) => {
    kept.checked = false;
    keep(checked ? { unknown: true } : null);
    explain();
  });
  const explain = () =>
    setText(hint, say(labels, kept.checked ? "is_answer" : unknown.input.checked ? "unknown_kept" : "not_yet"));
  function answered(yes) {
    kept.checked = yes;
    unknown.input.checked = false;
    keep(yes ? { order: ids(list) } : null);
    explain();
  }
  const node = h(
    "div",
    {},
    before,
    h(
      "fieldset",
      { class: "al-set", "aria-describedby": [describedby, hintId].filter(Boolean).join(" ") },
      legend,
      list,
      hint,
      h("div", { class: "al-options" }, h("label", { class: "al-option" }, kept, h("span", {}, say(labels, "keep_order"))), unknown.node),
    ),
  );
  const show = (value) => {
    const order = Array.isArray(value?.order) ? value.order.filter((id) => rows.has(id)) : [];
    unknown.input.checked = value?.unknown === true;
    kept.checked = !unknown.input.checked && order.length > 0;
    const wanted = new Set([...order, ...rows.keys()]);
    arrange(list, [...wanted].map((id) => rows.get(id)));
    number();
    explain();
  };
  show(answer);
  return { node, show, flush() {} };
}

export default { render: (context) => renderQuestion(context, "ordering", build) };
