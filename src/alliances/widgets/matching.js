// Pairs to make: one native list an entry, all on the page.
import { announce, h, setText, uid } from "./kit.js";
import { say } from "./words.js";
import { promptParts, renderQuestion, unknownBox } from "./question.js";

function build({ question, labels, answer, keep }) {
  const left = Array.isArray(question.left) ? question.left : [];
  const right = Array.isArray(question.right) ? question.right : [];
  const hintId = uid("hint");
  const { before, legend, describedby } = promptParts(question, labels);
  const selects = new Map();
  const rows = left.map((entry) => {
    const id = uid("pair");
    const select = h(
      "select",
      { id, class: "al-select", on: { change: () => paired() } },
      h("option", { value: "" }, say(labels, "choose")),
      right.map((other) => h("option", { value: other.id }, other.text ?? "")),
    );
    selects.set(entry.id, select);
    return h("div", { class: "al-matching__row" }, h("label", { for: id, class: "al-matching__left" }, entry.text ?? ""), select);
  });
  const hint = h("p", { class: "al-hint", id: hintId });
  const given = () => [...selects].filter(([, select]) => select.value).map(([name, select]) => [name, select.value]);
  const pairs = () => {
    const found = given();
    return found.length ? { pairs: Object.fromEntries(found) } : null;
  };
  const explain = () => setText(hint, say(labels, "paired", { done: given().length, count: left.length }));
  const paired = () => {
    unknown.input.checked = false;
    keep(pairs());
    explain();
    // The list itself says what was chosen; only the end is worth a word more.
    if (left.length && given().length === left.length) announce(say(labels, "all_paired"));
  };
  const unknown = unknownBox(labels, (checked) => keep(checked ? { unknown: true } : pairs()));
  const node = h(
    "div",
    {},
    before,
    h(
      "fieldset",
      { class: "al-set", "aria-describedby": [describedby, hintId].filter(Boolean).join(" ") },
      legend,
      h("div", { class: "al-matching" }, rows),
      hint,
      h("div", { class: "al-options" }, unknown.node),
    ),
  );
  const show = (value) => {
    unknown.input.checked = value?.unknown === true;
    if (!unknown.input.checked) {
      for (const [name, select] of selects) {
        const wanted = value?.pairs?.[name];
        select.value = right.some((other) => other.id === wanted) ? wanted : "";
      }
    }
    explain();
  };
  show(answer);
  return { node, show, flush() {} };
}

export default { render: (context) => renderQuestion(context, "matching", build) };
