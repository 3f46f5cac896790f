// What the editors of a theory of change, an agreement and a roadmap share: reading any JSON, keeping the answer at
// each change, bringing back what was removed. Cards are in artefact_board.js, fields in artefact_fields.js.
import { announce, h, sameJson, setText, uid } from "./kit.js";
import { say } from "./words.js";
import { promptBlocks, unknownBox } from "./question.js";

const PAUSE = 400; // milliseconds without typing before an answer is kept

// Reading what may come from anywhere: an answers file, another version, another tab.

/** The objects of a list that have an id of their own, each id once. */
export function entriesOf(value) {
  const seen = new Set();
  return (Array.isArray(value) ? value : []).filter((entry) => {
    const id = entry?.id;
    if (typeof id !== "string" || !id || seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

export const wordsOf = (value) => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");

export const idsOf = (value) => (Array.isArray(value) ? [...new Set(value.filter((id) => typeof id === "string" && id))] : []);

const capital = (text) => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);

/** Words of the question by id: `{ text, help }`, each help as a sentence; an unknown one shows its own id. */
export function vocabulary(list) {
  const words = new Map((Array.isArray(list) ? list : []).map((entry) => [entry.id, entry]));
  return (id) => ({ text: wordsOf(words.get(id)?.text) || id, help: capital(wordsOf(words.get(id)?.help)) });
}

/** What each field is for, said once for all cards. `fields`: `{ text, help }`. */
export function glossary(title, fields) {
  const lines = fields.filter(({ help }) => help).flatMap(({ text, help }) => [h("dt", {}, text), h("dd", {}, help)]);
  return h("details", { class: "al-details" }, h("summary", {}, title), h("dl", {}, lines));
}

/** Say what happened; what is said in the same moment is said together. */
export function speak(text) {
  speak.parts = [...(speak.parts ?? []), text];
  if (speak.parts.length > 1) return;
  queueMicrotask(() => {
    announce(speak.parts.join(" "));
    speak.parts = [];
  });
}

/** Keep now, or after a pause in typing. */
function drafting(save) {
  let timer = 0;
  const now = () => {
    clearTimeout(timer);
    timer = 0;
    save();
  };
  return {
    now,
    later() {
      clearTimeout(timer);
      timer = setTimeout(now, PAUSE);
    },
    pending: () => timer !== 0,
    flush: () => timer && now(),
  };
}

/** What was removed, the last first, and one line in its place that brings it back. */
function removing(labels, draft) {
  const stack = [];
  const what = h("span");
  const button = h("button", { type: "button", class: "al-button al-button--quiet", on: { click: () => restore() } }, say(labels, "undo"));
  const notice = h("li", { class: "al-card--removed" }, what, button);
  const place = () => {
    const last = stack.at(-1);
    if (!last) return notice.remove();
    setText(what, say(labels, "removed", { item: last.name() }));
    last.list.insertBefore(notice, last.next?.parentNode === last.list ? last.next : null);
  };
  const restore = () => {
    const last = stack.pop();
    last.list.insertBefore(last.node, last.next?.parentNode === last.list ? last.next : null);
    last.restored();
    place();
    speak(say(labels, "restored", { item: last.name() }));
    draft.now();
    last.focus();
  };
  return {
    /** Take a list item out. `name`: how it is called; `restored`, `focus`: what to do when it comes back. */
    remove(node, { id = "", name, restored = () => {}, focus }) {
      let next = node.nextSibling === notice ? notice.nextSibling : node.nextSibling;
      // The name as it is now: once out, a card is no longer numbered.
      const called = name();
      stack.push({ node, list: node.parentNode, next, id, name: () => called, restored, focus });
      node.remove();
      place();
      speak(say(labels, "removed", { item: called }));
      draft.now();
      button.focus();
    },
    gone: (id) => stack.find((entry) => entry.id && entry.id === id),
    ids: () => stack.map((entry) => entry.id).filter(Boolean),
    forget(id) {
      const at = stack.findIndex((entry) => entry.id === id);
      if (at >= 0) stack.splice(at, 1);
      place();
    },
    clear() {
      stack.length = 0;
      place();
    },
  };
}

/**
 * The frame of an editor. `make(tools)` returns `{ nodes, collect(), show(artefact), refresh(), blank(artefact) }`;
 * `read(value)` turns any JSON into an artefact of the exact shape. An answer equal to where one began is none.
 */
export function artefactEditor({ question, labels, answer, keep }, { read, make }) {
  const start = read(question.start);
  const given = () => {
    const artefact = form.collect();
    return form.blank(artefact) || sameJson(artefact, start) ? null : artefact;
  };
  const draft = drafting(() => {
    unknown.input.checked = false;
    form.refresh();
    keep(given());
  });
  const removals = removing(labels, draft);
  const form = make({ draft, removals });
  const unknown = unknownBox(labels, (checked) => keep(checked ? { unknown: true } : given()));
  const promptId = uid("prompt");
  const checked = Array.isArray(question.checked) ? question.checked : [];
  const node = h(
    "div",
    { role: "group", "aria-labelledby": promptId },
    h("div", { class: "al-prompt", id: promptId }, promptBlocks(question)),
    checked.length > 0 &&
      h("details", { class: "al-details" }, h("summary", {}, say(labels, "checked")), h("ul", {}, checked.map((text) => h("li", {}, text)))),
    form.nodes,
    h("div", { class: "al-options" }, unknown.node),
  );
  const show = (value) => {
    unknown.input.checked = value?.unknown === true;
    if (!unknown.input.checked) {
      removals.clear();
      form.show(value && typeof value === "object" ? read(value) : start);
    }
    form.refresh();
  };
  if (answer?.unknown === true) form.show(start);
  show(answer);
  return { node, show, flush: () => draft.flush() };
}
