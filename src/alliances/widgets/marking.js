// Marking in the page: the rules of alliances.questions.marking, line for line, for practice questions.
// tests/data/marking_vectors.json holds the two equal. Labels are the texts of i18n/questions.toml.

const SPACES = /[ \t\n\r\u00a0\u2009\u202f]+/g;
const SPACED = /^[1-9][0-9]{0,2}(?: [0-9]{3})+$/;
const PLAIN = /^(?:[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)$/;
const COMMA_GROUPS = /^[1-9][0-9]{0,2}(?:,[0-9]{3})+$/;
const DOT_THEN_COMMA = /^[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+$/;
const COMMA_THEN_DOT = /^[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+$/;
const LONGEST = 40;

const stripSpaces = (text) => text.replace(/^ +| +$/g, "");
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

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

/** Read a number as people type it; null when it is not one. */
export function readNumber(typed, unit, lang) {
  if (typeof typed === "number") return Number.isFinite(typed) && Math.abs(typed) < 1e300 ? typed : null;
  if (typeof typed !== "string" || [...typed].length > LONGEST) return null;
  let text = stripSpaces(typed.replace(SPACES, " "));
  const wanted = stripSpaces(unit.replace(SPACES, " "));
  let divisor = 1;
  if (wanted && wanted !== "%" && text.toLowerCase().endsWith(wanted.toLowerCase())) {
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
  return magnitude === null ? null : (sign * magnitude) / divisor;
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

function within(number, value, tolerance, kind) {
  const margin = kind === "relative" ? tolerance * Math.abs(value) : tolerance;
  return Math.abs(number - value) <= margin + 1e-9 * Math.max(1, Math.abs(value));
}

/** Count the words of a text: what spaces separate and holds a letter or a digit. */
export function countWords(typed) {
  return typed.split(/\s+/).filter((part) => /[\p{L}\p{N}]/u.test(part)).length;
}

const joined = (...sentences) => sentences.map((s) => (s || "").trim()).filter(Boolean).join(" ");
const plain = (label) => stripSpaces(label.replace(/[ \t\n\r\u00a0\u202f]+/g, " ")).replaceAll("’", "'").toLowerCase();

function found(entries, given) {
  if (typeof given !== "string") return null;
  const wanted = plain(given);
  return entries.find((e) => e.id === wanted) || entries.find((e) => plain(e.text) === wanted) || null;
}

class Sheet {
  constructor(question, labels, lang) {
    this.question = question;
    this.labels = labels;
    this.lang = lang;
    this.max = Number(question.points ?? 1);
  }
  say(key, values) {
    return say(this.labels, key, values);
  }
  give(share, verdict, reason, misconception = "") {
    const points = Math.min(Math.max(Math.floor(this.max * share * 100 + 0.5) / 100, 0), this.max);
    const next_step = verdict === "right" ? "" : this.question.next_step || "";
    return { points, max_points: this.max, verdict, reason, next_step, misconception, words: null };
  }
  without(key, values) {
    return { ...this.give(0, "unanswered", this.say(key, values)), next_step: "" };
  }
  unknown() {
    return this.give(0, "unknown", joined(this.say("said_unknown"), this.expected()));
  }
  expected() {
    const q = this.question;
    if (q.type === "choice") {
      const right = q.options.find((o) => o.correct);
      return right
        ? joined(this.say("expected", { answer: right.text.replace(/[. ]+$/, "") }), right.reason)
        : "";
    }
    if (q.type === "classify") return joined(this.admitted(), q.team_reason);
    if (q.type === "number") {
      return joined(this.say("expected", { answer: this.written(Number(q.value)) }), q.reason);
    }
    return "";
  }
  written(number) {
    const unit = this.question.unit || "";
    const figure = formatNumber(number, Number(this.question.decimals ?? 0), this.lang);
    if (!unit) return figure;
    return unit === "%" && this.lang === "en" ? figure + unit : figure + "\u00a0" + unit;
  }
  admitted() {
    // Without what explains a label: the words before its first colon or parenthesis.
    const short = (label) => label.split(/\s*[:(]/)[0] || label;
    const named = (entries, id) => short(entries.find((e) => e.id === id)?.text ?? id);
    const readings = Object.entries(this.question.readings).map(([family, supports]) =>
      this.say("reading", {
        family: named(this.question.categories, family),
        reasons: supports.map((reason) => named(this.question.reasons, reason)).join(", "),
      }),
    );
    return this.say("admitted", { readings: readings.join(this.lang === "fr" ? "\u00a0; " : "; ") });
  }
}

function markChoice(sheet, given) {
  if (given.option === undefined || given.option === null) return sheet.without("unanswered");
  const option = found(sheet.question.options, given.option);
  if (!option) {
    return sheet.without("not_an_option", { allowed: sheet.question.options.map((o) => o.id).join(", ") });
  }
  if (option.correct) return sheet.give(1, "right", option.reason);
  return sheet.give(0, "wrong", option.reason, option.misconception || "");
}

function markClassify(sheet, given) {
  const q = sheet.question;
  if (given.category === undefined || given.category === null) return sheet.without("unanswered");
  const category = found(q.categories, given.category);
  if (!category) {
    return sheet.without("not_an_option", { allowed: q.categories.map((c) => c.id).join(", ") });
  }
  const supports = q.readings[category.id];
  if (!supports) {
    const reading = sheet.say("reading_not_admitted", { family: category.text });
    return sheet.give(0, "wrong", joined(reading, sheet.admitted(), q.team_reason));
  }
  const reason = found(q.reasons, given.reason);
  if (reason && supports.includes(reason.id)) {
    return sheet.give(1, "right", joined(sheet.say("reading_supported"), sheet.admitted(), q.team_reason));
  }
  const start = sheet.say(reason ? "reason_unsupporting" : "reason_missing");
  return sheet.give(0.5, "partly", joined(start, sheet.admitted(), q.team_reason));
}

function markNumber(sheet, given) {
  const q = sheet.question;
  const typed = given.value;
  if (typed === undefined || typed === null || (typeof typed === "string" && !typed.trim())) {
    return sheet.without("unanswered");
  }
  const number = readNumber(typed, q.unit || "", sheet.lang);
  if (number === null) return sheet.without("not_a_number", { example: formatNumber(1234.5, 1, sheet.lang) });
  const read = sheet.say("read_as", { number: sheet.written(number) });
  if (within(number, Number(q.value), Number(q.tolerance || 0), q.kind || "absolute")) {
    return sheet.give(1, "right", q.reason || "");
  }
  for (const error of q.known_errors || []) {
    if (within(number, Number(error.value), Number(error.tolerance || 0), "absolute")) {
      return sheet.give(0, "wrong", joined(read, error.reason), error.misconception || "");
    }
  }
  return sheet.give(0, "wrong", joined(read, q.otherwise));
}

function markText(sheet, given) {
  const typed = given.text;
  if (typed !== undefined && typed !== null && typeof typed !== "string") {
    return sheet.without("wrong_shape", { expected: shape("text") });
  }
  const words = countWords(typed || "");
  if (!words) return sheet.without("unanswered");
  const { min_words: low, max_words: high, next_step } = sheet.question;
  let length = sheet.say("words_fit", { words });
  if (low && words < low) length = sheet.say("words_short", { words, minimum: low });
  else if (high && words > high) length = sheet.say("words_long", { words, maximum: high });
  const reason = joined(sheet.say("a_person_marks"), length);
  return { ...sheet.give(0, "person", reason), next_step: next_step || "", words };
}

const FIELDS = { choice: ["option"], classify: ["category", "reason"], number: ["value"], text: ["text"] };
const MARKERS = { choice: markChoice, classify: markClassify, number: markNumber, text: markText };
const shape = (type) => "{" + FIELDS[type].map((field) => `"${field}": …`).join(", ") + "}";

/** Mark one answer; never throws for what the answer is. */
export function mark(question, answer, labels, lang = question.lang || "fr") {
  if (!FIELDS[question.type]) throw new Error(`question ${question.id} has no known type (${question.type})`);
  const sheet = new Sheet(question, labels, lang);
  if (answer === null || answer === undefined) return sheet.without("unanswered");
  if (!isRecord(answer)) return sheet.without("wrong_shape", { expected: shape(question.type) });
  const first = FIELDS[question.type][0];
  const coded = first !== "value" && first !== "text" && answer[first] === "unknown";
  if (answer.unknown === true || coded) return sheet.unknown();
  return MARKERS[question.type](sheet, answer);
}
