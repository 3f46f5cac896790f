// Several choices among several, with how many may be picked; « Je ne sais pas » stands alone.
import { announce, h, setText, uid } from "./kit.js";
import { say } from "./words.js";
import { promptParts, renderQuestion, unknownBox } from "./question.js";

/** How many may be picked, in words; `least` is 1 and `most` the number of options when the question says nothing. */
function allowed(labels, least, most, count) {
  const values = { least, most };
  if (least === most) return say(labels, "picks_exact", values);
  if (least > 1) return say(labels, most < count ? "picks_between" : "picks_at_least", values);
  return say(labels, most < count ? "picks_at_most" : "picks_free", values);
}

function build({ question, labels, answer, keep }) {
  const options = Array.isArray(question.options) ? question.options : [];
  const least = question.least ?? 1;
  const most = question.most ?? options.length;
  const hintId = uid("hint");
  const rule = allowed(labels, least, most, options.length);
  const { before, legend, describedby } = promptParts(question, labels);
  const inputs = options.map((option) => h("input", { type: "checkbox", value: option.id, on: { change: () => picked() } }));
  const hint = h("p", { class: "al-hint al-choices__hint", id: hintId }, rule);
  let over = false;
  const given = () => inputs.filter((input) => input.checked).map((input) => input.value);
  const explain = () => {
    const count = given().length;
    over = count > most;
    hint.classList.toggle("al-hint--bad", over);
    const extra = over ? say(labels, "too_many", { count, over: count - most }) : "";
    setText(hint, extra ? `${rule} ${extra}` : rule);
    return extra;
  };
  const picked = () => {
    unknown.input.checked = false;
    const ids = given();
    keep(ids.length ? { options: ids } : null);
    const was = over;
    const extra = explain();
    if (over) announce(extra);
    else if (was) announce(say(labels, "fits_again"));
  };
  // Taken back when « Je ne sais pas » is: it was perhaps a slip.
  let set = [];
  const unknown = unknownBox(labels, (checked) => {
    if (checked) set = given();
    for (const input of inputs) input.checked = !checked && set.includes(input.value);
    keep(checked ? { unknown: true } : set.length ? { options: set } : null);
    explain();
  });
  const list = h(
    "div",
    { class: "al-options" },
    options.map((option, place) => h("label", { class: "al-option" }, inputs[place], h("span", {}, option.text ?? ""))),
    unknown.node,
  );
  const node = h(
    "div",
    {},
    before,
    h("fieldset", { class: "al-set", "aria-describedby": [describedby, hintId].filter(Boolean).join(" ") }, legend, hint, list),
  );
  const show = (value) => {
    const wanted = Array.isArray(value?.options) ? value.options : [];
    unknown.input.checked = value?.unknown === true;
    for (const input of inputs) input.checked = !unknown.input.checked && wanted.includes(input.value);
    explain();
  };
  show(answer);
  return { node, show, flush() {} };
}

export default { render: (context) => renderQuestion(context, "choices", build) };
