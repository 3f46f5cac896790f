// `answers.json` as a file: written with the hash that Python checks, read as something anybody may have made.

const FORMAT = "alliances-answers";
const VERSION = 2;
const MOST_BYTES = 2_000_000;
const DEEPEST = 40;
const LONGEST_NAME = 200;
const MOST_REPLACED = 200;

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isName = (value) => typeof value === "string" && value.length > 0 && value.length <= LONGEST_NAME;
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

/** The content of an answers file, hash included. */
export function fileOf({ learner, exercise, door, language, seed, answers, revisions, replaced }) {
  const content = { format: FORMAT, version: VERSION, learner, exercise, door, language, seed: seed ?? null };
  Object.assign(content, { answers, revisions, replaced });
  return { ...content, hash: `sha256:${sha256(utf8(canonical(content)))}` };
}

/** Why a file cannot be taken up: the key of a sentence, and what fills it. */
export class Refusal extends Error {
  constructor(key, values = {}) {
    super(key);
    this.key = key;
    this.values = values;
  }
}

/** Read the file that somebody chose; throws a Refusal when it is no copy of this exercise by this door. */
export async function readFile(file, { exercise, door }) {
  if (file.size > MOST_BYTES) throw new Refusal("import_too_big");
  let data;
  try {
    data = JSON.parse((await file.text()).replace(/^\uFEFF/, ""));
  } catch {
    throw new Refusal("import_not_json", { name: file.name });
  }
  if (!isObject(data) || data.format !== FORMAT) throw new Refusal("import_not_json", { name: file.name });
  if (!Number.isInteger(data.version) || data.version < 1) throw new Refusal("import_damaged", { field: "version" });
  if (data.version > VERSION) throw new Refusal("import_newer");
  if (data.exercise !== exercise || data.door !== door) {
    const found = [data.exercise, data.door].map((value) => String(value).slice(0, 60)).join("_");
    throw new Refusal("import_other", { found, expected: `${exercise}_${door}` });
  }
  return checked(data);
}

function checked(data) {
  const damaged = (field) => {
    throw new Refusal("import_damaged", { field });
  };
  const { answers, revisions = {}, replaced = [], seed = null } = data;
  if (!isObject(answers) || tooDeep(data)) damaged("answers");
  for (const [name, answer] of Object.entries(answers)) {
    if (!isName(name) || !(answer === null || isObject(answer))) damaged(`answers.${name.slice(0, 60)}`);
  }
  if (!isObject(revisions) || !Object.entries(revisions).every(([name, count]) => isName(name) && isCount(count))) {
    damaged("revisions");
  }
  const whole = (entry) => isObject(entry) && isName(entry.question) && isCount(entry.revision);
  if (!Array.isArray(replaced) || replaced.length > MOST_REPLACED || !replaced.every(whole)) damaged("replaced");
  if (!(seed === null || typeof seed === "string" || Number.isSafeInteger(seed))) damaged("seed");
  return { seed, answers, revisions, replaced };
}

/** Whether a value is nested beyond what the course writes, or holds a number that JSON cannot carry back. */
function tooDeep(data) {
  let level = [data];
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    if (level.some((value) => typeof value === "number" && !Number.isFinite(value))) return true;
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
    if (!level.length) return false;
  }
  return true;
}

/** JSON as Python writes it: sorted keys, no spaces, its form of small numbers. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value)) {
    const names = Object.keys(value).sort(byCodePoint);
    return `{${names.map((name) => `${quoted(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  if (typeof value === "number" && value !== 0 && Math.abs(value) < 1e-4) {
    return value.toExponential().replace(/e-(\d)$/, "e-0$1");
  }
  return typeof value === "string" ? quoted(value) : JSON.stringify(value ?? null);
}

// Python leaves half of a surrogate pair as it is where JSON.stringify escapes it.
const quoted = (text) =>
  JSON.stringify(text).replace(/(\\+)(u[dD][89a-fA-F][0-9a-fA-F]{2})/g, (all, slashes, code) =>
    slashes.length % 2 ? slashes.slice(1) + String.fromCharCode(parseInt(code.slice(1), 16)) : all,
  );

function byCodePoint(a, b) {
  const [left, right] = [[...a], [...b]];
  for (let place = 0; place < Math.min(left.length, right.length); place += 1) {
    const difference = left[place].codePointAt(0) - right[place].codePointAt(0);
    if (difference) return difference;
  }
  return left.length - right.length;
}

function utf8(text) {
  const bytes = [];
  for (const sign of text) {
    const code = sign.codePointAt(0);
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

/** SHA-256 (FIPS 180-4) in hexadecimal: the browser's own is missing on plain http, where rooms are served. */
function sha256(bytes) {
  const [rounds, state] = constants();
  const length = bytes.length;
  const blocks = new Uint8Array((((length + 8) >> 6) + 1) << 6);
  blocks.set(bytes);
  blocks[length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setUint32(blocks.length - 8, Math.floor(length / 0x20000000));
  view.setUint32(blocks.length - 4, (length << 3) >>> 0);
  const words = new Uint32Array(64);
  const turn = (word, by) => (word >>> by) | (word << (32 - by));
  for (let start = 0; start < blocks.length; start += 64) {
    for (let i = 0; i < 64; i += 1) {
      if (i < 16) {
        words[i] = view.getUint32(start + 4 * i);
        continue;
      }
      const [x, y] = [words[i - 15], words[i - 2]];
      const low = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
      const high = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
      words[i] = words[i - 16] + low + words[i - 7] + high;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const mixed = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i] + words[i]) | 0;
      const other = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [a, b, c, d, e, f, g, h] = [(mixed + other) | 0, a, b, c, (d + mixed) | 0, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i] = (state[i] + word) | 0;
    });
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The constants of SHA-256: bits of the roots of the first primes, as the standard defines them. */
function constants() {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
  const bits = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
  return [primes.map((prime) => bits(Math.cbrt(prime))), primes.slice(0, 8).map((prime) => bits(Math.sqrt(prime)))];
}
