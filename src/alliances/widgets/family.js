// Reading a case: a family by radio buttons, then the criterion that decided, in a list.
import { h, uid } from "./kit.js";
import { say } from "./words.js";
import { radio } from "./question.js";

/**
 * Make the two controls. `keep(answer)` receives `{category, reason}` or `{unknown: true}`.
 * Returns `{ set, reasonRow, show(answer) }`.
 */
export function familyControls({ legend, categories, reasons, labels, keep }) {
  const name = uid("family");
  const selectId = uid("reason");
  const hintId = uid("hint");
  const choose = () => {
    const picked = list.querySelector("input:checked")?.value;
    const unknown = picked === "unknown";
    row.hidden = unknown;
    if (unknown) keep({ unknown: true });
    else keep({ category: picked ?? null, reason: select.value || null });
  };
  const list = h(
    "div",
    { class: "al-options al-options--columns" },
    categories.map((category) => radio(name, category.id, category.text ?? "", false, choose)),
    radio(name, "unknown", say(labels, "unknown"), false, choose, "al-option--unknown"),
  );
  const select = h(
    "select",
    { id: selectId, class: "al-select", "aria-describedby": hintId, on: { change: choose } },
    h("option", { value: "" }, say(labels, "choose_reason")),
    reasons.map((reason) => h("option", { value: reason.id }, reason.text ?? "")),
  );
  const row = h(
    "div",
    { class: "al-field" },
    h("label", { for: selectId, class: "al-label" }, say(labels, "decided")),
    select,
    h("p", { class: "al-hint", id: hintId }, say(labels, "decided_hint")),
  );
  return {
    set: h("fieldset", { class: "al-set" }, legend, list),
    reasonRow: row,
    show(answer) {
      const wanted = answer?.unknown === true ? "unknown" : answer?.category;
      for (const input of list.querySelectorAll("input")) input.checked = input.value === wanted;
      select.value = reasons.some((reason) => reason.id === answer?.reason) ? answer.reason : "";
      row.hidden = answer?.unknown === true;
    },
  };
}
