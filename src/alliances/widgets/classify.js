// A case to read: its text, the family, and what decided. Every case of a form stays on the page: one can go
// back, search, print and zoom, and nothing is hidden from a screen reader.
import { h } from "./kit.js";
import { familyControls } from "./family.js";
import { promptParts, renderQuestion } from "./question.js";

function build({ question, labels, answer, keep }) {
  const entry = question.case && typeof question.case === "object" ? question.case : {};
  const { before, legend } = promptParts(question, labels);
  const controls = familyControls({
    legend,
    categories: Array.isArray(question.categories) ? question.categories : [],
    reasons: Array.isArray(question.reasons) ? question.reasons : [],
    labels,
    keep,
  });
  const node = h(
    "fieldset",
    { class: "al-case" },
    h("legend", { class: "al-case__legend" }, h("h3", { class: "al-case__title" }, entry.title ?? question.id ?? "")),
    String(entry.text ?? "")
      .split(/\n\s*\n/)
      .filter((text) => text.trim())
      .map((text) => h("p", { class: "al-case__text" }, text.trim())),
    entry.source_line && h("p", { class: "al-case__source" }, entry.source_line),
    before,
    controls.set,
    controls.reasonRow,
  );
  controls.show(answer);
  return { node, show: controls.show, flush() {} };
}

export default { render: (context) => renderQuestion(context, "classify", build) };
