// Fields on the cards of an artefact. Each is { node, input, get(), show(value) }; typing is kept after a pause.
import { h, setText, uid } from "./kit.js";
import { say } from "./words.js";

const LONGEST = 2000; // characters of one text, as logic/artefact_reading.py reads it

/** Somebody is typing here: what comes from elsewhere does not go over it. */
export const typing = (input, draft) => document.activeElement === input && draft.pending();

/** A label, its control, and what is said under it. */
export function labelled(label, input, hint, extra = "") {
  if (hint) input.setAttribute("aria-describedby", hint.id);
  return h("div", { class: `al-card__field ${extra}`.trim() }, h("label", { for: input.id, class: "al-label" }, label), input, hint);
}

/** What is said under a control; `said` changes it. */
export const hintOf = (text) => h("p", { class: "al-hint", id: uid("hint"), hidden: !text }, text);

export function said(hint, text, bad = false) {
  setText(hint, text);
  hint.hidden = !text;
  hint.classList.toggle("al-hint--bad", bad);
}

/** A text on one line, or on several with `rows`. */
export function textField({ label, help = "", rows = 0, labels, draft }) {
  const hint = hintOf(help);
  const input = h(rows ? "textarea" : "input", {
    id: uid("field"),
    class: rows ? "al-textarea al-card__text" : "al-card__line",
    type: rows ? null : "text",
    rows: rows || null,
    maxlength: LONGEST,
    autocomplete: "off",
    on: { input: () => (full(), draft.later()), change: () => draft.now() },
  });
  const full = () => said(hint, input.value.length < LONGEST ? help : say(labels, "longest", { most: LONGEST }));
  return {
    input,
    node: labelled(label, input, hint, rows ? "al-card__field--wide" : ""),
    get: () => input.value,
    show(value) {
      if (typing(input, draft)) return;
      if (input.value !== value) input.value = value;
      full();
    },
  };
}

/** Put options ({ id, text }, by group or not) into a native list, and keep what is chosen. */
export function offer(select, groups, chosen) {
  const flat = groups.map((group) => [group.text ?? "", group.options.map(({ id, text }) => [id, text])]);
  const written = JSON.stringify(flat);
  if (select.alOptions !== written) {
    select.alOptions = written;
    const made = groups.map((group) => {
      const options = group.options.map(({ id, text }) => h("option", { value: id }, text));
      return group.text ? h("optgroup", { label: group.text }, options) : options;
    });
    select.replaceChildren(...made.flat());
  }
  if (select.value !== chosen) select.value = chosen;
}

/** A native list; a value that is none of its options is shown as one more. */
export function selectField({ label, help = "", options, change, extra = "" }) {
  const hint = hintOf(help);
  const input = h("select", { id: uid("field"), class: "al-select", on: { change: () => change(input.value) } });
  offer(input, [{ options }], options[0]?.id ?? "");
  return {
    input,
    node: labelled(label, input, hint, extra),
    get: () => input.value,
    explain: (text) => said(hint, text),
    show(value) {
      const known = options.some((option) => option.id === value);
      offer(input, [{ options: known ? options : [...options, { id: value, text: value }] }], value);
    },
  };
}

/**
 * Boxes to tick. `offered(options)` says what there is; an id ticked before that is no longer there keeps a box
 * as long as `absent(id)` gives it a text.
 */
export function checkGroup({ legend, help = "", none, absent, draft }) {
  const hint = hintOf(help);
  const boxes = new Map();
  const ticked = new Set();
  let known = [];
  const list = h("div", { class: "al-options al-card__boxes" });
  const empty = h("p", { class: "al-hint" }, none);
  const node = h(
    "fieldset",
    { class: "al-set al-card__set", "aria-describedby": help ? hint.id : null },
    h("legend", { class: "al-label" }, legend),
    list,
    empty,
    hint,
  );
  const made = (id) => {
    const span = h("span");
    const input = h("input", {
      type: "checkbox",
      value: id,
      on: {
        change: () => {
          if (input.checked) ticked.add(id);
          else ticked.delete(id);
          draft.now();
        },
      },
    });
    return { input, span, node: h("label", { class: "al-option" }, input, span) };
  };
  const draw = () => {
    const there = new Set(known.map((option) => option.id));
    // A box that was just unticked stays until the focus has left it.
    const left = [...new Set([...ticked, ...boxes.keys()])].filter((id) => !there.has(id));
    const stale = left
      .filter((id) => ticked.has(id) || boxes.get(id)?.input === document.activeElement)
      .map((id) => ({ id, text: absent(id) }))
      .filter((option) => option.text);
    const wanted = [...known, ...stale];
    for (const { id, text } of wanted) {
      if (!boxes.has(id)) boxes.set(id, made(id));
      const box = boxes.get(id);
      setText(box.span, text);
      box.input.checked = ticked.has(id);
    }
    const ids = new Set(wanted.map((option) => option.id));
    for (const [id, box] of boxes) {
      if (ids.has(id)) continue;
      box.node.remove();
      boxes.delete(id);
    }
    inOrder(list, wanted.map(({ id }) => boxes.get(id).node));
    empty.hidden = wanted.length > 0;
  };
  return {
    node,
    get: () => [...ticked].filter((id) => known.some((option) => option.id === id) || absent(id)),
    offered(options) {
      known = options;
      draw();
    },
    show(ids) {
      ticked.clear();
      for (const id of ids) ticked.add(id);
      draw();
    },
  };
}

/** Put nodes in an order without taking the one that has the focus out of the page: it would lose it. */
export function inOrder(parent, nodes) {
  const held = nodes.find((node) => node.parentNode === parent && node.contains(document.activeElement));
  let passed = !held;
  let before = null;
  for (const node of nodes) {
    if (node === held) passed = true;
    else if (!passed) held.before(node);
    else if (before ? before.nextSibling !== node : parent.firstChild !== node) {
      if (before) before.after(node);
      else parent.prepend(node);
    }
    before = node;
  }
}
