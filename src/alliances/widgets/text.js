// An open answer, with its length; a person reads it.
import { h } from "./kit.js";
import { say } from "./words.js";
import { promptBlocks, renderQuestion, unknownBox } from "./question.js";
import { textArea } from "./textarea.js";

function build({ question, labels, answer, keep }) {
  const blocks = promptBlocks(question);
  const single = blocks.length === 1 && blocks[0].tagName === "P";
  const label = h("label", { class: single ? "al-prompt" : "al-label" });
  if (single) label.append(...blocks[0].childNodes);
  else label.textContent = say(labels, "your_answer");
  const area = textArea({
    label,
    labels,
    minimum: question.min_words,
    maximum: question.max_words,
    keep(text) {
      unknown.input.checked = false;
      keep(text.trim() ? { text } : null);
    },
  });
  const unknown = unknownBox(labels, (checked) => {
    area.flush();
    unknown.input.checked = checked;
    keep(checked ? { unknown: true } : area.input.value.trim() ? { text: area.input.value } : null);
  });
  const node = h("div", {}, single ? null : h("div", { class: "al-prompt" }, blocks), area.node, unknown.node);
  const show = (value) => {
    unknown.input.checked = value?.unknown === true;
    if (value?.unknown !== true) area.show(typeof value?.text === "string" ? value.text : "");
  };
  show(answer);
  return { node, show, flush: area.flush };
}

export default { render: (context) => renderQuestion(context, "text", build) };
