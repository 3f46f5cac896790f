// Where the answers of a form are kept: this browser's storage, and the server that sent the page.

const FORMAT = "alliances-answers";
const VERSION = 1;

/** JSON with sorted keys: two equal sets of answers give the same text. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    const names = Object.keys(value).filter((name) => value[name] !== undefined && value[name] !== null).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/** A refusal of the server in its own words (`reason`), or silence (no `reason`). */
export class StoreError extends Error {
  constructor(reason) {
    super(reason ?? "no answer");
    this.reason = reason;
  }
}

export class Store {
  constructor({ exercise, door, language, api }) {
    Object.assign(this, { exercise, door, language, api });
    this.key = `alliances:${exercise}:${door}`;
    /** What the server is known to hold; kept with the local copy, so that its own changes can be told. */
    this.known = {};
    /** Whether the server's answers were read since it last failed; until then nothing is sent over them. */
    this.read = false;
    this.pushing = Promise.resolve();
  }

  readLocal() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
      if (kept?.answers && typeof kept.answers === "object") {
        const known = kept.known && typeof kept.known === "object" ? kept.known : {};
        return { answers: kept.answers, known, dirty: canonical(kept.answers) !== canonical(known) };
      }
    } catch {
      // Storage switched off or damaged: start from what the server has.
    }
    return { answers: {}, known: {}, dirty: false };
  }

  /** Keep `answers` in this browser; false when it cannot. */
  keepLocal(answers) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ answers, known: this.known }));
      return true;
    } catch {
      return false;
    }
  }

  /** Both sides moved since they last agreed, and not to the same answers; or the server lost its own. */
  differs(local, server) {
    const here = canonical(local.answers);
    const there = canonical(server);
    return here !== there && canonical(local.known) !== there && (local.dirty || there === "{}");
  }

  file(answers) {
    return {
      format: FORMAT,
      version: VERSION,
      learner: this.learner ?? "moi",
      exercise: this.exercise,
      door: this.door,
      language: this.language,
      seed: this.seed ?? null,
      answers,
    };
  }

  /** Read the server's answers and remember them. */
  async pull() {
    const file = await this.call("GET", "answers");
    if (file.learner) this.learner = file.learner;
    if (file.seed !== undefined) this.seed = file.seed;
    this.known = file.answers && typeof file.answers === "object" ? file.answers : {};
    this.read = true;
    return this.known;
  }

  /** Save on the server, one request after the other so that an older one never lands last. */
  push(answers, { leaving = false } = {}) {
    const send = async () => {
      await this.call("PUT", "answers", this.file(answers), leaving);
      this.known = answers;
      this.keepLocal(answers);
    };
    // A page that goes away cannot wait for the request before.
    this.pushing = leaving ? send() : this.pushing.catch(() => {}).then(send);
    return this.pushing;
  }

  async handIn() {
    const given = await this.call("POST", "hand-in", { language: this.language });
    const time = new Date(given.time);
    return { time: Number.isNaN(time.getTime()) ? new Date() : time, receipt: given.receipt ?? given.number ?? "" };
  }

  async erase() {
    if (this.api) await this.pushing.catch(() => {}).then(() => this.call("DELETE", "answers"));
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Storage switched off: nothing was kept there.
    }
  }

  /** Offer `answers` as a file that the trainer can collect. */
  download(answers, suffix = "") {
    const content = `${JSON.stringify(this.file(answers), null, 1)}\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
    link.download = `${this.exercise}_${this.door}${suffix}.json`;
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
    return value && typeof value === "object" ? value : {};
  }
}
