// Rule tables in the page: questions/rules.py and rule_parts.py, word for word. The table holds every sentence
// and every key; tests/data/marking_vectors.json and tests/data/vectors/ hold the two evaluators equal.
import { countWords, formatNumber, readNumber, withUnit } from "./words.js";

const HAIR = 1e-9;
const MOST = 200;
const MOST_DECIMALS = 6;
const UNREADABLE = Symbol("unreadable");

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const own = (record, key) => (Object.hasOwn(record, key) ? record[key] : undefined);
const nothing = (value) => value === undefined || value === null;
const joined = (...sentences) => sentences.map((s) => (s || "").trim()).filter(Boolean).join(" ");
const even = (label) =>
  label.replace(/[ \t\n\r\u00a0\u202f]+/g, " ").replace(/^ +| +$/g, "").replaceAll("’", "'").toLowerCase();

/** A number in [0, 1) that depends on `seed` alone (see questions/drawing.py). */
export function uniform(seed) {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(seed)) state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

/** The figures of a question for a seed, by name. */
export function draw(question, seed) {
  const figures = {};
  for (const [name, source] of question.parameters ?? []) {
    if (isRecord(source)) figures[name] = evaluated(source.is, figures);
    else figures[name] = source[Math.floor(uniform(`${seed}|${question.id}|${name}`) * source.length)];
  }
  return figures;
}

/** The figures that an answer says it was given, or null when the question cannot have drawn them. */
export function drawnOf(question, stored) {
  if (!isRecord(stored)) return null;
  const figures = {};
  for (const [name, source] of question.parameters ?? []) {
    if (isRecord(source)) {
      figures[name] = evaluated(source.is, figures);
      continue;
    }
    const value = own(stored, name);
    if (typeof value !== "number" || !source.includes(value)) return null;
    figures[name] = value;
  }
  return figures;
}

/** How many decimals a number needs, six at most. */
function neededDecimals(value) {
  let decimals = 0;
  while (decimals < MOST_DECIMALS && Number(value.toFixed(decimals)) !== value) decimals += 1;
  return decimals;
}

/** Write a drawn figure with the decimals it needs. */
export const writtenFigure = (value, lang) => formatNumber(value, neededDecimals(value), lang);

/** Put figures in their {places}; braces that name none of them stay. */
export function fill(words, figures) {
  return words.replace(/\{(\w+)\}/g, (place, name) => (Object.hasOwn(figures, name) ? figures[name] : place));
}

const STEPS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (b ? a / b : NaN),
  min: (a, b) => (b < a ? b : a),
  max: (a, b) => (b > a ? b : a),
};

function evaluated(program, values) {
  if (typeof program === "number") return program;
  const stack = [];
  for (const step of program) {
    if (typeof step === "number") stack.push(step);
    else if (step.startsWith("=")) stack.push(values[step.slice(1)]);
    else if (step === "round") stack.push(Math.floor(stack.pop() + 0.5));
    else if (step === "floor") stack.push(Math.floor(stack.pop()));
    else {
      const second = stack.pop();
      stack.push(STEPS[step](stack.pop(), second));
    }
  }
  return stack.at(-1);
}

const READERS = {
  option: (value, lang, options) => (typeof value === "string" ? own(options, even(value)) ?? UNREADABLE : UNREADABLE),
  members(value, lang, options, most = MOST) {
    if (!Array.isArray(value) || value.length > MOST) return UNREADABLE;
    const found = new Set(value.map((entry) => (typeof entry === "string" ? own(options, even(entry)) : undefined)));
    if (found.has(undefined) || found.size > most) return UNREADABLE;
    return found.size ? [...found].sort() : null;
  },
  order(value, lang, ids) {
    if (!Array.isArray(value) || value.length > ids.length) return UNREADABLE;
    if (value.some((entry) => !ids.includes(entry)) || new Set(value).size < value.length) return UNREADABLE;
    return value.length ? value : null;
  },
  number(value, lang, unit, units) {
    if (typeof value === "string" && !value.trim()) return null;
    return readNumber(value, unit, lang, units) ?? UNREADABLE;
  },
  words: (value) => (typeof value === "string" ? even(value) || null : UNREADABLE),
};

function readField([kind, path, ...rest], answer, lang) {
  let value = answer;
  for (const key of path) {
    if (isRecord(value)) value = own(value, key);
    else if (Array.isArray(value) && typeof key === "number") value = value[key];
    else return null;
  }
  return nothing(value) ? null : READERS[kind](value, lang, ...rest);
}

const lacking = (value) => nothing(value) || value === UNREADABLE;
const between = (value, low, high) => (low === null || value >= low - HAIR) && (high === null || value <= high + HAIR);

function within(number, value, tolerance, kind) {
  const margin = kind === "relative" ? tolerance * Math.abs(value) : tolerance;
  return Math.abs(number - value) <= margin + HAIR * Math.max(1, Math.abs(value));
}

function sum(terms, readings) {
  let total = 0;
  for (const [coefficient, name] of terms) {
    total += typeof readings[name] === "number" ? coefficient * readings[name] : 0;
  }
  return total;
}

const TESTS = {
  is: (value, [wanted]) => value === wanted,
  in: (value, [wanted]) => wanted.includes(value),
  within: (value, [wanted, tolerance, kind], drawn) => within(value, evaluated(wanted, drawn), tolerance, kind),
  between: (value, [low, high]) => between(value, low, high),
};

function holds([kind, ...rest], readings, drawn) {
  if (kind === "all") return rest.every((test) => holds(test, readings, drawn));
  if (kind === "any") return rest.some((test) => holds(test, readings, drawn));
  if (kind === "not") return !holds(rest[0], readings, drawn);
  if (kind === "else") return true;
  if (kind === "sum") return between(sum(rest[0], readings), rest[1], rest[2]);
  const value = readings[rest[0]];
  if (kind === "missing") return lacking(value);
  if (kind === "has" || kind === "lacks") return (Array.isArray(value) && value.includes(rest[1])) === (kind === "has");
  return !lacking(value) && TESTS[kind](value, rest.slice(1), drawn);
}

function gainOf(gain, readings) {
  if (typeof gain === "number") return gain;
  const [kind, weight, what, ...rest] = gain;
  if (kind === "near") {
    const [low, high, width] = rest;
    const total = sum(what, readings);
    const outside = Math.max(low === null ? 0 : low - total, high === null ? 0 : total - high, 0);
    return weight * Math.max(0, 1 - outside / width);
  }
  const order = Array.isArray(readings[what]) ? readings[what] : [];
  const [ids] = rest;
  if (kind === "kendall") return weight * Math.max(0, kendallTau(order, ids));
  return (weight * Math.max(0, lcsLength(order, ids) - 1)) / (ids.length - 1);
}

function kendallTau(given, wanted) {
  let score = 0;
  let pairs = 0;
  for (let first = 0; first < wanted.length; first += 1) {
    for (let second = first + 1; second < wanted.length; second += 1) {
      pairs += 1;
      const a = given.indexOf(wanted[first]);
      const b = given.indexOf(wanted[second]);
      if (a >= 0 && b >= 0) score += a < b ? 1 : -1;
    }
  }
  return pairs ? score / pairs : 1;
}

function lcsLength(given, wanted) {
  let row = new Array(wanted.length + 1).fill(0);
  for (const name of given) {
    const above = [...row];
    wanted.forEach((other, column) => {
      row[column + 1] = name === other ? above[column] + 1 : Math.max(above[column + 1], row[column]);
    });
  }
  return row.at(-1);
}

function figures(table, drawn) {
  if (!table.parameters || !drawn || !Object.keys(drawn).length) return {};
  const shown = Object.fromEntries(Object.entries(drawn).map(([name, value]) => [name, writtenFigure(value, table.lang)]));
  if ("answer" in table) shown.answer = withUnit(evaluated(table.answer, drawn), table.decimals, table.unit, table.lang);
  return shown;
}

function made(table, share, verdict, reason, more = {}) {
  const max = table.points;
  const points = Math.min(Math.max(Math.floor(max * share * 100 + 0.5) / 100, 0), max);
  const next_step = verdict === "right" || verdict === "unanswered" ? "" : table.next_step;
  return { points, max_points: max, verdict, reason, next_step, misconception: "", words: null, ...more };
}

const without = (table, reason) => made(table, 0, "unanswered", reason);

function forAPerson(table, answer) {
  const typed = own(answer, "text");
  if (!nothing(typed) && typeof typed !== "string") return without(table, table.says.wrong_shape);
  const words = countWords(typed || "");
  if (!words) return without(table, table.says.unanswered);
  const [low, high] = table.words;
  const name = low && words < low ? "words_short" : high && words > high ? "words_long" : "words_fit";
  const length = table.says[name].replace("{words}", String(words));
  return made(table, 0, "person", joined(table.says.a_person_marks, length), { words });
}

function missing(table, readings) {
  const found = table.needs ? table.needs.map((name) => readings[name]) : Object.values(readings);
  const gone = found.filter(lacking);
  if (!gone.length || (!table.needs && gone.length < found.length)) return "";
  return gone.includes(UNREADABLE) ? "unreadable" : "unanswered";
}

function byParts(table, readings, drawn) {
  let total = 0;
  let right = 0;
  let misconception = "";
  const reasons = [];
  const toReview = [];
  for (const part of table.parts) {
    const row = part.rows.find((entry) => holds(entry.when, readings, drawn));
    const gain = gainOf(row.gain, readings);
    total += gain;
    const good = gain >= part.of - HAIR;
    right += good ? 1 : 0;
    if (!good && part.label) toReview.push(part.label);
    if (row.read) {
      // The decimals that were typed: 12.5 is not said to be read as 13.
      const decimals = Math.max(table.decimals ?? 0, neededDecimals(readings[row.read]));
      const number = withUnit(readings[row.read], decimals, table.unit, table.lang);
      reasons.push(table.says.read.replaceAll("{number}", () => number));
    }
    reasons.push(row.reason);
    misconception ||= row.misconception || "";
  }
  const share = Math.min(Math.max(total, 0), 1);
  const verdict = share >= 1 - HAIR ? "right" : share > HAIR ? "partly" : "wrong";
  const head = (table.says.headline || "").replaceAll("{right}", right).replaceAll("{count}", table.parts.length);
  const review = toReview.length ? (table.says.to_review || "").replaceAll("{labels}", () => toReview.join(", ")) : "";
  // Several things marked, several lines: the page makes a list of them.
  const several = table.parts.length > 1;
  const lines = several ? [joined(head, review), ...reasons] : [joined(head, review, ...reasons)];
  const said = lines.map((line) => (line || "").trim()).filter(Boolean).join("\n");
  const reason = fill(said, figures(table, drawn));
  if (table.how === "noted") return { ...made(table, 0, "noted", reason), next_step: "" };
  return made(table, verdict === "right" ? 1 : share, verdict, reason, { misconception });
}

/** Mark one answer by its question's table; never throws for what the answer is. */
export function evaluate(table, answer) {
  const { says } = table;
  if (nothing(answer)) return without(table, says.unanswered);
  if (!isRecord(answer)) return without(table, says.wrong_shape);
  const drawn = table.parameters ? drawnOf(table, own(answer, "drawn")) : {};
  if (own(answer, "unknown") === true || (table.unknown && own(answer, table.unknown) === "unknown")) {
    return made(table, 0, "unknown", fill(drawn ? says.unknown : says.said_unknown, figures(table, drawn)));
  }
  if (!drawn) return without(table, says.undrawn);
  if (table.how === "person") return forAPerson(table, answer);
  const readings = {};
  for (const [name, reader] of Object.entries(table.fields)) readings[name] = readField(reader, answer, table.lang);
  const why = missing(table, readings);
  return why ? without(table, says[why]) : byParts(table, readings, drawn);
}
