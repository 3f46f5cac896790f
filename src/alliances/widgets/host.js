// Components in a page without a kernel: a model of their own in the place of Jupyter's.
//
//   <div data-al-component="choice">
//     <script type="application/json">{"question": …, "labels": …}</script>
//     <div>what is read without JavaScript</div>
//   </div>
//
//   import { mount } from "./host.js";
//   const models = await mount(document, { answers: { c01: { option: "a" } } });

const NAME = /^[a-z]+(_[a-z]+)*$/;

/** The part of Jupyter's model that components use: get, set, on, off, save_changes. */
export class Model {
  constructor(state, saved = () => {}) {
    this.state = { ...state };
    this.listeners = new Map();
    this.saved = saved;
    this.dirty = new Set();
  }
  get(name) {
    return this.state[name];
  }
  set(name, value) {
    if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
    this.state[name] = value;
    this.dirty.add(name);
    for (const listener of [...(this.listeners.get(`change:${name}`) ?? [])]) listener();
    for (const listener of [...(this.listeners.get("change") ?? [])]) listener();
  }
  on(event, listener) {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event).add(listener);
  }
  off(event, listener) {
    if (event === undefined || event === null) this.listeners.clear();
    else if (listener === undefined || listener === null) this.listeners.delete(event);
    else this.listeners.get(event)?.delete(listener);
  }
  save_changes() {
    const names = [...this.dirty];
    this.dirty.clear();
    if (names.length) this.saved(names, this);
  }
  /** Nobody is at the other end: of what a kernel is asked, a page can open another step by itself. */
  send(content) {
    if (content?.kind === "go") this.set("data", { ...this.state.data, current: content.step });
  }
}

function stateOf(place) {
  const script = place.querySelector('script[type="application/json"]');
  try {
    const state = JSON.parse(script?.textContent ?? "");
    return state && typeof state === "object" ? state : null;
  } catch {
    return null;
  }
}

/**
 * Bring every component under `root` to life and return a Map from question id to model.
 * `answers` and `feedback` give, by question id, what is already known; `seed` is what figures are drawn from.
 * What cannot be mounted keeps its readable fallback. Calling it again mounts only what is new.
 */
export async function mount(root = document, { answers = {}, feedback = {}, seed = "" } = {}) {
  const models = new Map();
  const places = [...root.querySelectorAll("[data-al-component]")].filter((place) => !place.dataset.alMounted);
  await Promise.all(places.map((place) => mountOne(place, { answers, feedback, seed }, models)));
  return models;
}

async function mountOne(place, { answers, feedback, seed }, models) {
  const name = place.dataset.alComponent;
  const state = stateOf(place);
  if (!NAME.test(name) || !state) return;
  place.dataset.alMounted = "true";
  // A figure stands in the page already: it is read there, not sent twice.
  if (name === "chart") state.figure ??= place.querySelector(":scope > .al-fallback")?.innerHTML;
  const id = state.question?.id ?? place.id;
  try {
    const component = (await import(`./${name}.js`)).default;
    const model = new Model(
      { seed, ...state, answer: answers[id] ?? state.answer ?? null, feedback: feedback[id] ?? state.feedback ?? null },
      (names, saved) => {
        if (!names.includes("answer")) return;
        document.dispatchEvent(new CustomEvent("al-change", { detail: { id, answer: saved.get("answer") } }));
      },
    );
    const live = document.createElement("div");
    component.render({ model, el: live });
    place.append(live);
    for (const fallback of place.querySelectorAll(":scope > .al-fallback")) fallback.hidden = true;
    models.set(id, model);
  } catch (error) {
    delete place.dataset.alMounted;
    console.error(`alliances: ${name} ${id} could not be shown`, error);
  }
}
