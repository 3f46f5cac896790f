// One choice among several, « Je ne sais pas » included.
import { h, uid } from "./kit.js";
import { say } from "./words.js";
import { promptParts, radio, renderQuestion } from "./question.js";

function build({ question, labels, answer, keep }) {
  const name = uid("choice");
  const options = Array.isArray(question.options) ? question.options : [];
  const { before, legend, describedby } = promptParts(question, labels);
  const choose = (event) => {
    const { value } = event.target;
    keep(value === "unknown" ? { unknown: true } : { option: value });
  };
  const list = h(
    "div",
    { class: "al-options" },
    options.map((option) => radio(name, option.id, option.text ?? "", false, choose)),
    radio(name, "unknown", say(labels, "unknown"), false, choose, "al-option--unknown"),
  );
  const node = h(
    "div",
    {},
    before,
    h("fieldset", { class: "al-set", "aria-describedby": describedby }, legend, list),
  );
  const show = (value) => {
    const wanted = value?.unknown === true ? "unknown" : value?.option;
    for (const input of list.querySelectorAll("input")) input.checked = input.value === wanted;
  };
  show(answer);
  return { node, show, flush() {} };
}

export default { render: (context) => renderQuestion(context, "choice", build) };
