// A sum to spread: a number an item, two buttons beside it, and what is left always in sight.
import { announce, h, setText, uid } from "./kit.js";
import { settled } from "./grid.js";
import { promptParts, renderQuestion, unknownBox } from "./question.js";
import { formatNumber, readNumber, say, withUnit } from "./words.js";

const MOST_DECIMALS = 6;
const HAIR = 1e-9;

const decimalsOf = (number) => {
  let decimals = 0;
  while (decimals < MOST_DECIMALS && Number(number.toFixed(decimals)) !== number) decimals += 1;
  return decimals;
};

function build({ question, labels, lang, answer, keep }) {
  const items = Array.isArray(question.items) ? question.items : [];
  const unit = question.unit || "";
  const total = Number(question.total) || 0;
  const step = Number(question.step) > 0 ? Number(question.step) : 1;
  const written = (number) => withUnit(number, decimalsOf(number), unit, lang);
  const { before, legend, describedby } = promptParts(question, labels);
  const left = h("p", { class: "al-allocation__left" });
  const rows = items.map((item) => rowOf(item));

  function rowOf(item) {
    const id = uid("amount");
    const hint = h("p", { class: "al-hint al-hint--bad", id: uid("hint"), hidden: true });
    const input = h("input", {
      id,
      class: "al-number",
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      spellcheck: "false",
      on: { input: () => changed(), change: () => change() },
    });
    const button = (sign, key) =>
      h(
        "button",
        {
          type: "button",
          class: "al-allocation__step",
          "aria-label": say(labels, key, { step: written(step), item: item.text }),
          on: { click: () => move(sign) },
        },
        sign < 0 ? "−" : "+",
      );
    const less = button(-1, "less");
    const more = button(1, "more");
    const row = { item, input, less };
    const move = (sign) => {
      const number = amountOf(row) ?? 0;
      const next = Math.max(0, Number((number + sign * step).toFixed(MOST_DECIMALS)));
      if (next === number && input.value.trim()) return announce(say(labels, "at_zero", { item: item.text }));
      input.value = formatNumber(next, decimalsOf(next), lang);
      changed();
      speak(say(labels, "now", { item: item.text, amount: written(next) }));
    };
    const change = () => {
      if (row.bad) announce(hint.textContent);
      else speak("");
    };
    row.explain = () => {
      const number = input.value.trim() ? readNumber(input.value, unit, lang) : undefined;
      row.bad = number === null || number < 0;
      setText(hint, row.bad ? say(labels, number === null ? "not_a_number" : "negative", { example: formatNumber(1234.5, 1, lang) }) : "");
      hint.hidden = !row.bad;
      if (row.bad) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", hint.id);
      } else {
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
      if (number > 0) less.removeAttribute("aria-disabled");
      else less.setAttribute("aria-disabled", "true");
    };
    row.node = h(
      "div",
      { class: "al-allocation__row" },
      h("label", { for: id, class: "al-allocation__name" }, item.text),
      h("span", { class: "al-allocation__amount" }, less, input, more, unit && h("span", { class: "al-unit" }, unit)),
      hint,
    );
    return row;
  }

  const amountOf = (row) => (row.input.value.trim() ? readNumber(row.input.value, unit, lang) : null);
  const spread = () => rows.reduce((sum, row) => sum + (amountOf(row) ?? 0), 0);
  const tell = () => {
    const rest = Number((total - spread()).toFixed(MOST_DECIMALS));
    const state = Math.abs(rest) < HAIR ? "done" : rest > 0 ? "left" : "over";
    left.dataset.state = state;
    setText(left, say(labels, `state_${state}`, { rest: written(Math.abs(rest)), total: written(total) }));
    for (const row of rows) row.explain();
  };
  const speak = settled((first) => announce([first, left.textContent].filter(Boolean).join(" ")));
  const given = () => {
    const typed = rows.filter(({ input }) => input.value.trim()).map(({ item, input }) => [item.id, input.value]);
    return typed.length ? { amounts: Object.fromEntries(typed) } : null;
  };
  const changed = () => {
    unknown.input.checked = false;
    keep(given());
    tell();
    speak("");
  };
  const unknown = unknownBox(labels, (checked) => keep(checked ? { unknown: true } : given()));
  const node = h(
    "div",
    {},
    before,
    h(
      "fieldset",
      { class: "al-set al-allocation", "aria-describedby": describedby },
      legend,
      left,
      rows.map((row) => row.node),
    ),
    unknown.node,
  );
  const show = (value) => {
    unknown.input.checked = value?.unknown === true;
    if (!unknown.input.checked) {
      for (const { item, input } of rows) {
        const amount = value?.amounts?.[item.id];
        const wanted = typeof amount === "number" ? formatNumber(amount, decimalsOf(amount), lang) : String(amount ?? "");
        if (input.value !== wanted) input.value = wanted;
      }
    }
    tell();
  };
  show(answer);
  return { node, show, flush: speak.cancel };
}

export default { render: (context) => renderQuestion(context, "allocation", build) };
