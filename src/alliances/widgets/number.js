// A number to type: French or English, and what was understood said at once.
import { announce, h, setText, uid } from "./kit.js";
import { formatNumber, readNumber, say, withUnit } from "./words.js";
import { promptBlocks, renderQuestion, unknownBox } from "./question.js";

function build({ question, labels, lang, answer, keep }) {
  const id = uid("number");
  const hintId = uid("hint");
  const unit = question.unit || "";
  const blocks = promptBlocks(question);
  const single = blocks.length === 1 && blocks[0].tagName === "P";
  const label = h("label", { for: id, class: single ? "al-prompt" : "al-label" });
  if (single) label.append(...blocks[0].childNodes);
  else label.textContent = say(labels, "your_answer");
  const input = h("input", {
    id,
    class: "al-number",
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": hintId,
    on: { input: () => typed(), change: () => left() },
  });
  const hint = h("p", { class: "al-hint", id: hintId });
  const unknown = unknownBox(labels, (checked) => {
    keep(checked ? { unknown: true } : valueAnswer());
    explain();
  });
  const valueAnswer = () => (input.value.trim() ? { value: input.value } : null);
  const explain = () => {
    const example = formatNumber(1234.5, 1, lang);
    const number = input.value.trim() ? readNumber(input.value, unit, lang, question.units) : undefined;
    const bad = number === null && !unknown.input.checked;
    if (slider) {
      if (typeof number === "number") slider.value = String(number);
      // Its middle is nobody's answer, and a bare figure has no unit.
      slider.setAttribute("aria-valuetext", typeof number === "number" ? shown(number) : say(labels, "no_value"));
    }
    if (bad) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    hint.classList.toggle("al-hint--bad", bad);
    if (bad) setText(hint, say(labels, "not_a_number", { example }));
    else if (number === undefined) setText(hint, say(labels, "number_hint"));
    else setText(hint, say(labels, "understood", { number: shown(number) }));
    return bad;
  };
  const shown = (number) => {
    const decimals = Math.min(6, (String(number).split(".")[1] ?? "").length);
    return withUnit(number, decimals, unit, lang);
  };
  const slider = question.range ? range() : null;
  function range() {
    const { min, max, step = 1 } = question.range;
    const decimals = Math.min(6, (String(step).split(".")[1] ?? "").length);
    return h("input", {
      type: "range",
      class: "al-range",
      min,
      max,
      step,
      "aria-label": say(labels, "slide"),
      on: {
        input: () => {
          input.value = formatNumber(Number(slider.value), decimals, lang);
          typed();
        },
      },
    });
  }
  const typed = () => {
    unknown.input.checked = false;
    keep(valueAnswer());
    explain();
  };
  const left = () => {
    if (explain()) announce(hint.textContent);
  };
  const node = h(
    "div",
    {},
    single ? label : h("div", { class: "al-prompt" }, blocks),
    h(
      "div",
      { class: "al-field" },
      single ? null : label,
      h("span", { class: "al-number-row" }, input, unit && h("span", { class: "al-unit" }, unit)),
      slider && h("span", { class: "al-range-row" }, h("span", {}, shown(question.range.min)), slider, h("span", {}, shown(question.range.max))),
      hint,
    ),
    unknown.node,
  );
  const show = (value) => {
    unknown.input.checked = value?.unknown === true;
    const wanted = value?.value === undefined || value?.value === null ? "" : String(value.value);
    if (input.value !== wanted && !unknown.input.checked) input.value = wanted;
    explain();
  };
  show(answer);
  return { node, show, flush() {} };
}

export default { render: (context) => renderQuestion(context, "number", build) };
