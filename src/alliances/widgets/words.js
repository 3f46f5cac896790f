// Words and numbers as each language writes and reads them: the same as alliances.i18n and questions/numbers.py.

const SPACES = /[ \t\n\r\u00a0\u2009\u202f]+/g;
const SPACED = /^[1-9][0-9]{0,2}(?: [0-9]{3})+$/;
const PLAIN = /^(?:[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)$/;
const COMMA_GROUPS = /^[1-9][0-9]{0,2}(?:,[0-9]{3})+$/;
const DOT_THEN_COMMA = /^[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+$/;
const COMMA_THEN_DOT = /^[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+$/;
const LONGEST = 40;
const GREATEST = 1e15;

const stripSpaces = (text) => text.replace(/^ +| +$/g, "");

/** Fill the {places} of a label; an unknown label shows its own name rather than nothing. */
export function say(labels, key, values = {}) {
  const template = labels && typeof labels[key] === "string" ? labels[key] : key;
  return template.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** Write a number as the language does: 1 234,5 or 1,234.5. */
export function formatNumber(value, decimals, lang) {
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, lang === "en" ? "," : "\u202f");
  const sign = value < 0 ? "-" : "";
  return sign + grouped + (fraction ? (lang === "en" ? "." : ",") + fraction : "");
}

/** Read a number as people type it; null when it is not one. `units`: what one of another unit is worth. */
export function readNumber(typed, unit, lang, units = {}) {
  if (typeof typed === "number") return Math.abs(typed) <= GREATEST ? typed : null;
  if (typeof typed !== "string" || [...typed].length > LONGEST) return null;
  let text = stripSpaces(typed.replace(SPACES, " "));
  const wanted = stripSpaces(unit.replace(SPACES, " "));
  let divisor = 1;
  let factor = 1;
  // The longest first: « k€ » ends with « € ».
  const other = Object.keys(units).sort((a, b) => b.length - a.length)
    .find((name) => text.toLowerCase().endsWith(name.toLowerCase()));
  if (other !== undefined) {
    text = text.slice(0, text.length - other.length).replace(/ +$/, "");
    factor = units[other];
  } else if (wanted && wanted !== "%" && text.toLowerCase().endsWith(wanted.toLowerCase())) {
    text = text.slice(0, text.length - wanted.length).replace(/ +$/, "");
  } else if (text.endsWith("%")) {
    text = text.slice(0, -1).replace(/ +$/, "");
    divisor = wanted.startsWith("%") ? 1 : 100;
  }
  let sign = 1;
  if (/^[-\u2212+]/.test(text)) {
    sign = text[0] === "+" ? 1 : -1;
    text = text.slice(1).replace(/^ +/, "");
  }
  const magnitude = readMagnitude(text, lang);
  return magnitude === null || magnitude > GREATEST ? null : ((sign * magnitude) / divisor) * factor;
}

function readMagnitude(text, lang) {
  const at = text.lastIndexOf(text.includes(",") ? "," : ".");
  if (at >= 0 && SPACED.test(text.slice(0, at)) && /^[0-9]+$/.test(text.slice(at + 1))) {
    return Number(text.slice(0, at).replaceAll(" ", "") + "." + text.slice(at + 1));
  }
  if (SPACED.test(text)) return Number(text.replaceAll(" ", ""));
  if ((lang === "en" && COMMA_GROUPS.test(text)) || COMMA_THEN_DOT.test(text)) {
    return Number(text.replaceAll(",", ""));
  }
  if (DOT_THEN_COMMA.test(text)) return Number(text.replaceAll(".", "").replace(",", "."));
  return PLAIN.test(text) ? Number(text.replace(",", ".")) : null;
}

/** Count the words of a text: what spaces separate and holds a letter or a digit. */
export function countWords(typed) {
  return typed.split(/\s+/).filter((part) => /[\p{L}\p{N}]/u.test(part)).length;
}

/** Write a number with its unit. */
export function withUnit(number, decimals, unit, lang) {
  const figure = formatNumber(number, decimals, lang);
  if (!unit) return figure;
  return unit === "%" && lang === "en" ? figure + unit : figure + "\u00a0" + unit;
}
