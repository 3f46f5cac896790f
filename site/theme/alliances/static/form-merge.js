// Two versions of one answers file become one: the last change of each question wins, nothing is dropped.
// The same rule as `alliances.questions.answer_merge`; tests/data/answer_merge_vectors.json holds them equal.
// A file here is `{ learner, seed, answers, revisions, replaced, … }`; other fields are passed on.

const MOST_REPLACED = 50;
const MOST_WEIGHT = 200_000;
// The figures that a question was drawn with, and the box that is not ticked.
const NOT_GIVEN = ["drawn", "unknown"];

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
// "constructor" is a question's id like another.
const own = (object, name) => (object && Object.hasOwn(object, name) ? object[name] : undefined);

/** The state of every question that a file knows: a Map from id to `{ answer, revision }`. */
export function entries(file) {
  const names = new Set([...Object.keys(file.answers ?? {}), ...Object.keys(file.revisions ?? {})]);
  const state = (name) => ({ answer: own(file.answers, name) ?? null, revision: own(file.revisions, name) ?? 0 });
  return new Map([...names].map((name) => [name, state(name)]));
}

export function nextRevision(file) {
  const seen = [...Object.values(file.revisions ?? {}), ...(file.replaced ?? []).map((entry) => entry.revision), 0];
  return Math.min(Math.max(...seen) + 1, Number.MAX_SAFE_INTEGER);
}

/** The file after its owner gave `answer` to `question`; null erases. */
export function changed(file, question, answer) {
  const with_ = (object, value) => Object.fromEntries([...Object.entries(object ?? {}), [question, value]]);
  const after = {
    ...file,
    answers: with_(file.answers, answer ?? null),
    revisions: with_(file.revisions, nextRevision(file)),
  };
  return { ...after, replaced: kept(after.replaced ?? [], entries(after)) };
}

/** The file after its owner took a replaced answer back; the answer it had is replaced in turn. */
export function takenBack(file, entry) {
  const now = entries(file).get(entry.question) ?? { answer: null, revision: 0 };
  const replaced = [...(file.replaced ?? []), { question: entry.question, ...now }];
  return changed({ ...file, replaced }, entry.question, entry.answer);
}

/** One file from two versions; `base` is a Map from id to earlier states known to be the winner's ancestors. */
export function mergeAnswers(a, b, base = new Map()) {
  const ours = entries(a);
  const theirs = entries(b);
  const winners = new Map();
  const losers = [];
  for (const name of [...new Set([...ours.keys(), ...theirs.keys()])].sort()) {
    const pair = [ours.get(name), theirs.get(name)].filter(Boolean);
    const winner = pair.length === 2 && compareEntries(pair[1], pair[0]) > 0 ? pair[1] : pair[0];
    winners.set(name, winner);
    for (const entry of pair) {
      if (entry === winner || isAncestor(entry, winner, base.get(name) ?? [])) continue;
      losers.push({ question: name, answer: entry.answer, revision: entry.revision });
    }
  }
  // The figures of a file with answers may have been answered: its seed wins over that of an empty one.
  const begun = [...(ours.size ? [a.seed] : []), ...(theirs.size ? [b.seed] : [])];
  const every = ours.size || theirs.size ? begun : [a.seed, b.seed];
  const seeds = every.filter((seed) => seed !== undefined && seed !== null).sort(compare);
  return {
    ...a,
    seed: seeds[0] ?? null,
    answers: Object.fromEntries([...winners].map(([name, entry]) => [name, entry.answer])),
    revisions: Object.fromEntries(
      [...winners].filter(([, entry]) => entry.revision).map(([name, entry]) => [name, entry.revision]),
    ),
    replaced: kept([...(a.replaced ?? []), ...(b.replaced ?? []), ...losers], winners),
  };
}

function isAncestor(loser, winner, known) {
  if (loser.revision >= winner.revision) return false;
  return known.some((entry) => entry.revision === loser.revision && same(entry.answer, loser.answer));
}

/** The replaced answers worth keeping: each once, the most recent first, within the bounds. */
function kept(candidates, winners) {
  const latest = new Map();
  for (const entry of [...candidates].sort(compareReplaced)) {
    const seen = latest.get(entry.question) ?? [];
    latest.set(entry.question, seen);
    const winner = winners.get(entry.question);
    const stale = entry.answer === null || entry.answer === undefined || (winner && same(winner.answer, entry.answer));
    if (!stale && !seen.some((other) => same(other.answer, entry.answer))) seen.push(entry);
  }
  const result = [];
  let room = MOST_WEIGHT;
  for (const entry of [...latest.values()].flat().sort(compareReplaced)) {
    const cost = weight(entry.answer);
    if (result.length < MOST_REPLACED && cost <= room) {
      result.push(entry);
      room -= cost;
    }
  }
  return result;
}

function weight(value) {
  const sum = (values) => values.reduce((total, item) => total + weight(item), 2);
  if (typeof value === "string") return 2 + value.length;
  if (Array.isArray(value)) return sum(value);
  if (isObject(value)) return sum(Object.entries(value).flat());
  return 5;
}

export const same = (a, b) => compare(a, b) === 0;

/** Order any two JSON values: null < booleans < numbers < texts < lists < objects. */
export function compare(a, b) {
  const rank = rankOf(a) - rankOf(b);
  if (rank) return rank;
  if (Array.isArray(a)) return compareLists(a, b);
  if (isObject(a)) return compareLists(pairs(a), pairs(b));
  return a === b || (a ?? null) === (b ?? null) ? 0 : sign(a, b);
}

function compareLists(a, b) {
  for (let place = 0; place < Math.min(a.length, b.length); place += 1) {
    const found = compare(a[place], b[place]);
    if (found) return found;
  }
  return a.length - b.length;
}

const pairs = (object) => Object.keys(object).sort().map((name) => [name, object[name]]);
const sign = (a, b) => Number(a > b) - Number(a < b);

function rankOf(value) {
  if (value === null || value === undefined) return 0;
  const place = ["boolean", "number", "string"].indexOf(typeof value);
  if (place >= 0) return place + 1;
  return Array.isArray(value) ? 4 : 5;
}

const compareEntries = (a, b) => sign(a.revision, b.revision) || compare(a.answer, b.answer);
const compareReplaced = (a, b) =>
  sign(b.revision, a.revision) || compare(a.question, b.question) || compare(a.answer, b.answer);

/** Whether an answer is complete: « Je ne sais pas », or every one of its values given. */
export function isAnswered(answer) {
  if (!isObject(answer)) return false;
  if (answer.unknown === true) return true;
  const given = Object.entries(answer).filter(([name]) => !NOT_GIVEN.includes(name));
  return given.length > 0 && !given.some(([, value]) => isEmpty(value));
}

function isEmpty(value) {
  if (Array.isArray(value)) return value.every(isEmpty);
  if (isObject(value)) return Object.values(value).every(isEmpty);
  return value === null || value === undefined || (typeof value === "string" && !value.trim());
}
