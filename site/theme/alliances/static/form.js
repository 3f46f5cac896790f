// The form door: components, answers kept at each change, the copy handed in or erased.
// Two places keep answers: this browser at once, the server (when there is one) half a second later.
import { mount } from "./alliances/host.js";
import { announce } from "./alliances/kit.js";
import { ask, listMissing } from "./form-dialogs.js";
import { readFile } from "./form-file.js";
import { entries, isAnswered, same } from "./form-merge.js";
import { describe, showReplaced } from "./form-replaced.js";
import { Store } from "./form-store.js";

const SAVE_AFTER_MS = 400;
const RETRY_AFTER_MS = 15_000;

const form = document.querySelector("[data-al-form]");
const texts = JSON.parse(form.querySelector("[data-al-form-texts]").textContent);
const find = (name) => form.querySelector(`[data-al-${name}]`);
const language = document.documentElement.lang;
const items = [...form.querySelectorAll("[data-al-question]")];
const store = new Store({
  exercise: form.dataset.exercise,
  door: form.dataset.door,
  language,
  api: form.dataset.api ? new URL(form.dataset.api, location.href) : null,
});

const LONGEST_QUOTE = 60;

let models = new Map();
let timer = 0;
let handedIn = false;
let erased = false;
/** Answers that came from elsewhere under the hands of somebody who types, by question id. */
const unseen = new Map();

const say = (key, values = {}) =>
  texts[key].replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
// British hours in English: the course writes British English.
const locale = language === "en" ? "en-GB" : language;
const clock = (date = new Date()) => date.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
const sentence = (text) => (/[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

function status(text, trouble = false) {
  const region = find("status");
  // Written only when it differs: a screen reader would announce the same words again.
  if (region.textContent !== text) region.textContent = text;
  find("state").toggleAttribute("data-trouble", trouble);
}

function receipt(text, trouble = false) {
  const region = find("receipt");
  region.textContent = text;
  region.toggleAttribute("data-trouble", trouble);
}

function showProgress() {
  const done = items.filter((item) => isAnswered(store.answers[item.dataset.alQuestion])).length;
  find("progress").textContent = say("progress", { done, total: items.length });
  const bar = find("bar");
  bar.max = items.length || 1;
  bar.value = done;
}

const itemOf = (question) => items.find((item) => item.dataset.alQuestion === question);
const nameOf = (question) => itemOf(question)?.querySelector("[data-al-name]").textContent ?? question;
const questionOf = (question) => models.get(question)?.get("question") ?? {};

/** Answers came from another tab, computer or file: show them in place, and say which of one's own they replaced. */
function arrived({ changed: names, lost }) {
  for (const name of names) {
    const item = itemOf(name);
    const focus = document.activeElement;
    if (item?.contains(focus) && focus.matches("textarea, input[type=text]")) {
      unseen.set(name, entries(store.file).get(name));
    }
    models.get(name)?.set("answer", store.answers[name]);
  }
  if (models.size) showAll();
  if (lost.length) notice(lost);
}

function showAll() {
  showProgress();
  showReplaced(find("replaced"), store.file.replaced, { say, nameOf, questionOf, takeBack });
}

function notice(lost) {
  const [first] = lost;
  const words = describe(questionOf(first), store.answers[first], say);
  const answer = words.length > LONGEST_QUOTE ? `${words.slice(0, LONGEST_QUOTE)}…` : words;
  const text =
    lost.length === 1
      ? say("lost_one", { question: nameOf(first), answer })
      : say("lost_many", { questions: lost.map(nameOf).join(", ") });
  find("notice-text").textContent = text;
  find("notice").hidden = false;
  announce(text);
}

function takeBack(entry) {
  store.takeBack(entry);
  models.get(entry.question)?.set("answer", store.answers[entry.question]);
  find("notice").hidden = true;
  announce(say("taken_back", { question: nameOf(entry.question) }));
  afterChange();
}

/** Save now. Says what happened; tries again by itself after a failure. */
async function save({ leaving = false } = {}) {
  clearTimeout(timer);
  timer = 0;
  if (erased) return;
  const kept = store.keepLocal();
  if (!store.api) {
    status(kept ? say("saved_here", { time: clock() }) : say("unsaved"), !kept);
    return;
  }
  if (!leaving) status(say("saving"));
  try {
    await sync({ leaving });
    if (!timer) status(say(store.keepLocal() ? "saved" : "saved_server", { time: clock() }));
  } catch (error) {
    store.read = false;
    if (leaving || erased) return;
    status(say(kept ? "not_saved" : "unsaved", { reason: sentence(error.reason ?? say("offline")) }), true);
    if (!timer) timer = setTimeout(save, RETRY_AFTER_MS);
  }
}

/** Bring this page and the server to the same answers. */
async function sync({ leaving = false } = {}) {
  if (!store.read && !leaving) await store.pull();
  if (store.dirty) await store.push({ leaving });
}

function changed({ detail }) {
  const { id, answer } = detail;
  if (erased || same(store.answers[id] ?? null, answer ?? null)) return;
  store.change(id, answer);
  if (unseen.has(id)) store.keepReplaced(id, unseen.get(id));
  unseen.delete(id);
  find("notice").hidden = true;
  afterChange();
}

function afterChange() {
  showAll();
  store.keepLocal();
  clearTimeout(timer);
  timer = setTimeout(save, SAVE_AFTER_MS);
  if (handedIn) {
    handedIn = false;
    receipt(say("handed_again"), true);
  }
}

async function takeUp({ target }) {
  const [file] = target.files;
  if (!file) return;
  try {
    const copy = await readFile(file, store);
    const here = (name) => items.some((item) => item.dataset.alQuestion === name);
    const strange = Object.keys(copy.answers).filter((name) => !here(name));
    const only = (object) => Object.fromEntries(Object.entries(object).filter(([name]) => here(name)));
    const replaced = copy.replaced.filter((entry) => here(entry.question));
    const given = Object.values(only(copy.answers)).filter((answer) => answer !== null).length;
    const before = store.answers;
    const result = store.takeUp({ ...copy, answers: only(copy.answers), revisions: only(copy.revisions), replaced });
    const taken = result.changed.filter((name) => store.answers[name] !== null && !same(before[name], store.answers[name]));
    afterChange();
    const said = [say("imported", { count: taken.length, total: given })];
    if (result.news.length) said.push(say("imported_beside", { count: result.news.length }));
    if (strange.length) said.push(say("imported_strange", { count: strange.length }));
    receipt(said.join(" "));
  } catch (error) {
    if (!texts[error.key]) throw error;
    receipt(say(error.key, error.values), true);
  } finally {
    // The same file can be chosen again.
    target.value = "";
  }
}

async function handIn() {
  const missing = items.filter((item) => !isAnswered(store.answers[item.dataset.alQuestion]));
  listMissing(find("missing"), missing, say);
  if (!(await ask(form.querySelector('[data-al-dialog="hand-in"]')))) return;
  clearTimeout(timer);
  timer = 0;
  try {
    store.keepLocal();
    await sync();
    const given = await store.handIn(items.map((item) => item.dataset.alQuestion));
    handedIn = true;
    status(say("saved", { time: clock() }));
    receipt(say("handed", { ...given, time: clock(given.time), receipt: given.number }));
  } catch (error) {
    store.read = false;
    timer = setTimeout(save, RETRY_AFTER_MS);
    receipt(say("not_handed", { reason: sentence(error.reason ?? say("offline")) }), true);
  }
}

/** The code door: the notebook as JupyterLab last saved it. */
async function handInCode() {
  const place = find("receipt-code");
  const door = new Store({ exercise: form.dataset.exercise, door: "code", language, api: store.api });
  try {
    const given = await door.handIn();
    place.textContent = say("handed_code", { time: clock(given.time), receipt: given.number });
    place.removeAttribute("data-trouble");
  } catch (error) {
    place.textContent = say("not_handed", { reason: sentence(error.reason ?? say("offline")) });
    place.setAttribute("data-trouble", "");
  }
}

async function erase() {
  if (!(await ask(form.querySelector('[data-al-dialog="erase"]')))) return;
  clearTimeout(timer);
  timer = 0;
  // From here on nothing is written any more, not even by a component that lets go of its text.
  erased = true;
  try {
    await store.erase();
  } catch (error) {
    erased = false;
    receipt(say("not_erased", { reason: sentence(error.reason ?? say("offline")) }), true);
    return;
  }
  showErased("erased");
}

function showErased(key) {
  for (const item of items) item.remove();
  for (const part of form.querySelectorAll(".al-part")) part.remove();
  for (const button of find("finish").querySelectorAll("button")) button.remove();
  find("take-up").remove();
  find("replaced").remove();
  find("state").hidden = true;
  receipt(say(key));
  find("finish").scrollIntoView({ block: "center" });
}

function watchOtherTabs() {
  addEventListener("storage", (event) => {
    if (event.key !== store.key || erased) return;
    if (event.newValue === null) {
      erased = true;
      clearTimeout(timer);
      showErased("erased_elsewhere");
      return;
    }
    store.readLocal();
    // Two tabs that wrote at the same moment: what only this one holds goes back into the browser's storage.
    if (!same(store.stored()?.file?.answers, store.answers)) store.keepLocal();
  });
}

/** What the person should know when the page opens, beside the answers themselves. */
function opening(heard) {
  if (heard.recovered) return say("recovered");
  if (heard.set_aside) return say("set_aside", { name: heard.set_aside });
  if (!store.api) return say("local");
  return say(Object.values(store.answers).some((answer) => answer !== null) ? "restored" : "ready");
}

async function start() {
  find("state").hidden = false;
  status(say("loading"));
  store.readLocal();
  let heard = {};
  const lost = [];
  // Models come with the page's components: what is replaced before that is said once they are there.
  store.arrived = (news) => lost.push(...news.lost);
  if (store.api) {
    try {
      heard = await store.pull();
    } catch (error) {
      heard = null;
      status(say("not_read", { reason: sentence(error.reason ?? say("offline")) }), true);
      timer = setTimeout(save, RETRY_AFTER_MS);
    }
  } else {
    store.drawSeed();
    find("hand-in").hidden = true;
    find("server-only").hidden = true;
  }
  // Kept even when nothing was answered yet: other tabs learn through it that answers were erased.
  store.keepLocal();
  models = await mount(form, { answers: store.answers, seed: store.file.seed });
  store.arrived = arrived;
  document.addEventListener("al-change", changed);
  showAll();
  if (lost.length) notice([...new Set(lost)]);
  find("finish").hidden = false;
  if (heard && store.api && store.dirty) await save();
  else if (heard) status(opening(heard), Boolean(heard.recovered || heard.set_aside));
  find("hand-in").addEventListener("click", handIn);
  find("hand-in-code")?.addEventListener("click", handInCode);
  find("download").addEventListener("click", () => store.download());
  find("erase").addEventListener("click", erase);
  find("take-up").querySelector("input").addEventListener("change", takeUp);
  find("notice").querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    find("replaced").open = true;
    // Moved before the link goes: the focus never falls back to the top of the page.
    find("replaced-title").focus();
    find("notice").hidden = true;
  });
  addEventListener("pagehide", () => timer && save({ leaving: true }));
  document.addEventListener("visibilitychange", lookAgain);
  addEventListener("online", () => timer && save());
  watchOtherTabs();
}

/** Send what waits when the page goes out of sight; see what another computer did when it comes back. */
async function lookAgain() {
  if (document.hidden) {
    if (timer) save();
  } else if (store.api && store.read && !timer && !erased) {
    // Silence here is no trouble: nothing waits to be saved.
    await store.pull().catch(() => {});
  }
}

await start();
