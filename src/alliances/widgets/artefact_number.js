// A number on a card.
import { h, uid } from "./kit.js";
import { formatNumber, readNumber, say } from "./words.js";
import { hintOf, labelled, said, typing } from "./artefact_fields.js";

/** A number in either language's writing; what cannot be read is kept as typed, and said. */
export function numberField({ label, help = "", unit = "", whole = null, labels, lang, draft }) {
  const hint = hintOf(help);
  const input = h("input", {
    id: uid("field"),
    class: "al-card__line al-card__number",
    type: "text",
    inputmode: whole ? "numeric" : "decimal",
    autocomplete: "off",
    spellcheck: "false",
    on: { input: () => (explain(), draft.later()), change: () => draft.now() },
  });
  const read = () => (input.value.trim() ? readNumber(input.value, unit, lang) ?? input.value : null);
  const fits = (value) => {
    if (value === null) return !whole;
    if (typeof value !== "number") return false;
    return whole ? Number.isInteger(value) && value >= whole[0] && value <= whole[1] : value >= 0;
  };
  const explain = () => {
    const bad = !fits(read());
    if (bad) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    const expected = whole ? say(labels, "whole_number", { least: whole[0], most: whole[1] }) : say(labels, "a_number");
    said(hint, bad ? expected : help, bad);
  };
  return {
    input,
    node: labelled(label, input, hint),
    get: read,
    /** The number when it can be used, else null. */
    usable: () => (fits(read()) ? read() : null),
    show(value) {
      if (!typing(input, draft) && value !== read()) input.value = shownNumber(value, lang);
      explain();
    },
  };
}

const decimalsOf = (number) => Math.min(6, (String(number).split(".")[1] ?? "").length);

/** A number as people write it, with the decimals it has. */
export function shownNumber(value, lang) {
  if (typeof value === "number") return formatNumber(value, decimalsOf(value), lang);
  return typeof value === "string" ? value : "";
}
