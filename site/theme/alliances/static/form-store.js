// Where the answers of a form are kept: this browser's storage, and the server that sent the page.
// Both are merged with, never written over: another tab or computer may have been there.
import { fileOf } from "./form-file.js";
import { changed, entries, mergeAnswers, same, takenBack } from "./form-merge.js";

const MOST_SENT = 4; // states of one question that were sent and not answered yet
const NOBODY = "moi";

/** A refusal of the server in its own words (`reason`), or silence (no `reason`). */
export class StoreError extends Error {
  constructor(reason) {
    super(reason ?? "no answer");
    this.reason = reason;
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const sameState = (a, b) => Boolean(a && b) && a.revision === b.revision && same(a.answer, b.answer);

/** What stands in a file from elsewhere, as far as it has the form of one. */
function shaped(data) {
  const part = (name) => (isObject(data?.[name]) ? data[name] : {});
  const counts = Object.entries(part("revisions")).filter(([, count]) => Number.isSafeInteger(count) && count >= 0);
  const whole = (entry) => isObject(entry) && typeof entry.question === "string" && Number.isSafeInteger(entry.revision);
  return {
    seed: data?.seed ?? null,
    answers: part("answers"),
    revisions: Object.fromEntries(counts),
    replaced: Array.isArray(data?.replaced) ? data.replaced.filter(whole) : [],
  };
}

export class Store {
  constructor({ exercise, door, language, api }) {
    Object.assign(this, { exercise, door, language, api });
    this.key = `alliances:${exercise}:${door}`;
    this.learner = NOBODY;
    this.file = shaped({});
    /** What the server is known to hold, by question id. */
    this.known = new Map();
    /** What was sent and may have arrived, by question id: lists of states. */
    this.sent = new Map();
    /** What this page last saw in the browser's storage. */
    this.shared = new Map();
    this.knownReplaced = [];
    /** Whether the server's answers were read since it last failed. */
    this.read = false;
    this.pushing = Promise.resolve();
    /** Called with `{ changed, lost }` whenever answers came from elsewhere. */
    this.arrived = () => {};
  }

  get answers() {
    return this.file.answers;
  }

  /** The person answered; null erases. */
  change(question, answer) {
    this.file = changed(this.file, question, answer);
  }

  takeBack(entry) {
    this.file = takenBack(this.file, entry);
  }

  /** Keep an answer that came from elsewhere and is being written over unseen. */
  keepReplaced(question, state) {
    const replaced = [...this.file.replaced, { question, ...state }];
    this.file = mergeAnswers({ ...this.file, replaced }, this.file);
  }

  /** Merge a version from elsewhere and tell the page what it changed. */
  takeIn(other, base) {
    const before = entries(this.file);
    const listed = this.file.replaced;
    this.file = mergeAnswers(this.file, other, base);
    const after = entries(this.file);
    const moved = [...after].filter(([name, state]) => !same(before.get(name)?.answer ?? null, state.answer));
    const news = this.file.replaced.filter(
      (entry) => !listed.some((old) => old.question === entry.question && same(old.answer, entry.answer)),
    );
    const lost = news.filter((entry) => same(before.get(entry.question)?.answer ?? null, entry.answer));
    const result = { changed: moved.map(([name]) => name), lost: lost.map((entry) => entry.question), news };
    if (result.changed.length || news.length) this.arrived(result);
    return result;
  }

  /** Take in what this browser keeps: at the start, and when another tab wrote. */
  readLocal() {
    const kept = this.stored();
    if (!kept) return;
    const file = shaped(kept.file);
    this.takeIn(file, new Map([...this.shared].map(([name, state]) => [name, [state]])));
    for (const [name, state] of Object.entries(isObject(kept.known) ? kept.known : {})) {
      if (isObject(state) && !(this.known.get(name)?.revision > state.revision)) this.known.set(name, state);
    }
    for (const [name, states] of Object.entries(isObject(kept.sent) ? kept.sent : {})) {
      if (Array.isArray(states)) this.sent.set(name, states.slice(-MOST_SENT));
    }
    this.shared = entries(file);
  }

  stored() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
      if (!isObject(kept)) return null;
      // Before files had revisions a page kept its answers alone.
      return isObject(kept.file) ? kept : { file: { answers: kept.answers } };
    } catch {
      // Storage switched off or damaged: start from what the server has.
      return null;
    }
  }

  /** Keep everything in this browser; false when it cannot. */
  keepLocal() {
    // Read first: another tab may have written what this page was not told of yet.
    this.readLocal();
    for (const [name, states] of this.sent) {
      // Once the server holds something later, it no longer holds these.
      this.sent.set(name, states.filter((state) => state.revision > (this.known.get(name)?.revision ?? -1)));
    }
    try {
      const [known, sent] = [this.known, this.sent].map((map) => Object.fromEntries(map));
      localStorage.setItem(this.key, JSON.stringify({ file: this.file, known, sent }));
    } catch {
      return false;
    }
    this.shared = entries(this.file);
    return true;
  }

  /** The states that an answer of this page was knowingly written over, but for the answer itself. */
  base({ current = false } = {}) {
    const now = entries(this.file);
    const names = new Set([...this.known.keys(), ...this.sent.keys()]);
    const before = (name) => {
      const sent = (this.sent.get(name) ?? []).filter((state) => current || !sameState(state, now.get(name)));
      return [this.known.get(name), ...sent].filter(Boolean);
    };
    return new Map([...names].map((name) => [name, before(name)]));
  }

  /** What the server is not known to hold. */
  unsent() {
    return [...entries(this.file)].filter(([name, state]) => !sameState(state, this.known.get(name)));
  }

  get dirty() {
    return this.unsent().length > 0 || (this.read && !same(this.knownReplaced, this.file.replaced));
  }

  /** The seed of figures for a page without a server: drawn once, then kept. */
  drawSeed() {
    if (this.file.seed !== null) return;
    const words = crypto.getRandomValues(new Uint32Array(1));
    this.file = { ...this.file, seed: words[0].toString(16).padStart(8, "0") };
  }

  whole() {
    const { learner, exercise, door, language } = this;
    return fileOf({ learner, exercise, door, language, ...this.file });
  }

  /** Merge a copy that somebody chose; where nothing was answered yet, its seed comes with it. */
  takeUp(copy) {
    const seed = Object.values(this.answers).some((answer) => answer !== null) ? this.file.seed : copy.seed;
    const result = this.takeIn(copy);
    this.file = { ...this.file, seed };
    return result;
  }

  /** Read the server's answers and merge them. Returns what the server says beside them. */
  async pull() {
    const data = await this.call("GET", "answers");
    this.heard(data, this.base());
    this.read = true;
    return data;
  }

  heard(data, base) {
    if (typeof data.learner === "string" && data.learner) this.learner = data.learner;
    const file = shaped(data);
    const { seed } = this.file;
    this.takeIn(file, base);
    this.known = entries(file);
    // Whoever holds answers already drew their figures: that seed stays.
    this.file = { ...this.file, seed: this.known.size ? file.seed : (seed ?? file.seed) };
    this.knownReplaced = file.replaced;
  }

  /** Send what the server lacks and take over what comes of it; one request after the other. */
  push({ leaving = false } = {}) {
    const send = async () => {
      const unsent = this.unsent();
      const base = this.base();
      const pick = (value) => Object.fromEntries(unsent.map(([name, state]) => [name, value(state)]));
      const { learner, exercise, door, language } = this;
      const { seed, replaced } = this.file;
      const [answers, revisions] = [pick((state) => state.answer), pick((state) => state.revision)];
      const body = fileOf({ learner, exercise, door, language, seed, answers, revisions, replaced });
      body.base = Object.fromEntries(unsent.map(([name]) => [name, base.get(name) ?? []]));
      for (const [name, state] of unsent) {
        const others = (this.sent.get(name) ?? []).filter((other) => !sameState(other, state));
        this.sent.set(name, [...others, state].slice(-MOST_SENT));
      }
      this.keepLocal();
      const data = await this.call("PUT", "answers", body, leaving);
      this.heard(data, this.base({ current: true }));
      for (const [name] of unsent) this.sent.delete(name);
      this.keepLocal();
    };
    // A page that goes away cannot wait for the request before.
    this.pushing = leaving ? send() : this.pushing.catch(() => {}).then(send);
    return this.pushing;
  }

  /** Hand the copy in. Returns the receipt, its time as a Date. */
  async handIn(questions) {
    const given = await this.call("POST", "hand-in", { questions });
    const time = new Date(given.handed_in);
    return { ...given, time: Number.isNaN(time.getTime()) ? new Date() : time };
  }

  async erase() {
    if (this.api) await this.pushing.catch(() => {}).then(() => this.call("DELETE", "answers"));
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Storage switched off: nothing was kept there.
    }
  }

  /** Offer the copy as a file that the trainer can collect and any page of this exercise can take up. */
  download() {
    const content = `${JSON.stringify(this.whole(), null, 1)}\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
    link.download = `${this.exercise}_${this.door}.json`;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async call(method, what, body, leaving = false) {
    const token = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie)?.[1];
    let reply;
    try {
      reply = await fetch(new URL(`${what}/${this.exercise}/${this.door}`, this.api), {
        method,
        credentials: "same-origin",
        keepalive: leaving,
        headers: {
          "Accept-Language": this.language,
          ...(body && { "Content-Type": "application/json" }),
          ...(token && { "X-XSRFToken": decodeURIComponent(token) }),
        },
        body: body && JSON.stringify(body),
      });
    } catch {
      throw new StoreError();
    }
    const text = await reply.text();
    let value = {};
    try {
      value = text ? JSON.parse(text) : {};
    } catch {
      // Not our server's JSON: a proxy's or a login page.
      throw new StoreError();
    }
    if (!reply.ok) throw new StoreError(value.message || undefined);
    return isObject(value) ? value : {};
  }
}
