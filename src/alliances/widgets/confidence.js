// How sure one is of an answer: levels in a row, noted and never counted.
import { h, uid } from "./kit.js";
import { say } from "./words.js";
import { promptParts, radio, renderQuestion } from "./question.js";

function build({ question, labels, answer, keep }) {
  const name = uid("level");
  const hintId = uid("hint");
  const levels = Array.isArray(question.levels) ? question.levels : [];
  const { before, legend, describedby } = promptParts(question, labels);
  const choose = (event) => {
    const { value } = event.target;
    keep(value === "unknown" ? { unknown: true } : { level: value });
  };
  const list = h(
    "div",
    { class: "al-confidence" },
    levels.map((level) => radio(name, String(level), say(labels, "percent", { level }), false, choose)),
    radio(name, "unknown", say(labels, "unknown"), false, choose, "al-option--unknown"),
  );
  const node = h(
    "div",
    {},
    before,
    h(
      "fieldset",
      { class: "al-set", "aria-describedby": [describedby, hintId].filter(Boolean).join(" ") },
      legend,
      list,
      h("p", { class: "al-hint", id: hintId }, say(labels, "not_counted")),
    ),
  );
  const show = (value) => {
    const wanted = value?.unknown === true ? "unknown" : String(value?.level ?? "");
    for (const input of list.querySelectorAll("input")) input.checked = input.value === wanted;
  };
  show(answer);
  return { node, show, flush() {} };
}

export default { render: (context) => renderQuestion(context, "confidence", build) };
