// The form door: components, answers kept at each change, the copy handed in or erased.
// Two places keep answers: this browser at once, the server (when there is one) half a second later.
import { mount } from "./alliances/host.js";
import { Store, canonical } from "./form-store.js";

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

let answers = {};
let timer = 0;
let handedIn = false;
let erased = false;
let choosing = false;

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

function isAnswered(answer) {
  if (!answer || typeof answer !== "object") return false;
  if (answer.unknown === true) return true;
  const given = Object.values(answer);
  return given.length > 0 && given.every((value) => value !== null && String(value).trim() !== "");
}

function showProgress() {
  const done = items.filter((item) => isAnswered(answers[item.dataset.alQuestion])).length;
  find("progress").textContent = say("progress", { done, total: items.length });
  const bar = find("bar");
  bar.max = items.length || 1;
  bar.value = done;
}

function keepHere() {
  return store.keepLocal(answers);
}

/** Save now. Says what happened; tries again by itself after a failure. */
async function save({ leaving = false } = {}) {
  clearTimeout(timer);
  timer = 0;
  if (erased || choosing) return;
  const kept = keepHere();
  if (!store.api) {
    status(kept ? say("saved_here", { time: clock() }) : say("unsaved"), !kept);
    return;
  }
  // Nothing is sent over answers that were not read since the server last failed: another computer may have
  // put them there. A page that goes away leaves that to the next visit.
  if (leaving && !store.read) return;
  if (!leaving) status(say("saving"));
  try {
    if (!store.read && !(await readAgain())) return;
    await store.push(answers, { leaving });
    if (!timer) status(say("saved", { time: clock() }));
  } catch (error) {
    store.read = false;
    if (leaving || erased) return;
    status(kept ? say("not_saved", { reason: sentence(error.reason ?? say("offline")) }) : say("unsaved"), true);
    if (!timer) timer = setTimeout(save, RETRY_AFTER_MS);
  }
}

/** Read the server again after a failure; true when saving may go on. */
async function readAgain() {
  const local = store.readLocal();
  const server = await store.pull();
  if (!store.differs({ ...local, answers }, server) && Object.keys(answers).length) return true;
  const chosen = Object.keys(answers).length ? await choose(answers, server) : server;
  if (canonical(chosen) === canonical(answers)) return true;
  store.keepLocal(chosen);
  location.reload();
  return false;
}

function changed({ detail }) {
  if (erased) return;
  answers = { ...answers, [detail.id]: detail.answer };
  if (detail.answer === null) delete answers[detail.id];
  showProgress();
  keepHere();
  clearTimeout(timer);
  timer = setTimeout(save, SAVE_AFTER_MS);
  if (handedIn) {
    handedIn = false;
    receipt(say("handed_again"), true);
  }
}

/** Ask which of two versions stays; the other is downloaded. */
function choose(local, server) {
  const box = find("conflict");
  const count = (version) => Object.values(version).filter(isAnswered).length;
  box.querySelector('[data-al-keep="server"]').textContent = say("keep_server", { count: count(server) });
  box.querySelector('[data-al-keep="local"]').textContent = say("keep_local", { count: count(local) });
  box.hidden = false;
  box.focus();
  choosing = true;
  return new Promise((resolve) => {
    for (const button of box.querySelectorAll("[data-al-keep]")) {
      button.addEventListener("click", () => {
        box.hidden = true;
        choosing = false;
        const keepsServer = button.dataset.alKeep === "server";
        store.download(keepsServer ? local : server, keepsServer ? "-browser" : "-server");
        resolve(keepsServer ? server : local);
      });
    }
  });
}

/** Show a dialog and return whether it was confirmed. */
function ask(name) {
  const dialog = form.querySelector(`[data-al-dialog="${name}"]`);
  return new Promise((resolve) => {
    let confirmed = false;
    dialog.querySelector("[data-al-confirm]").onclick = () => {
      confirmed = true;
      dialog.close();
    };
    dialog.querySelector("[data-al-cancel]").onclick = () => dialog.close();
    dialog.onclick = (event) => {
      if (event.target.closest("a[href^='#']")) dialog.close();
    };
    dialog.onclose = () => resolve(confirmed);
    dialog.showModal();
  });
}

function listMissing() {
  const missing = items.filter((item) => !isAnswered(answers[item.dataset.alQuestion]));
  const place = find("missing");
  const words = document.createElement("p");
  words.textContent = say(missing.length ? "confirm_missing" : "confirm_all");
  const list = document.createElement("ul");
  for (const item of missing) {
    const link = document.createElement("a");
    link.href = `#${item.id}`;
    link.textContent = item.querySelector("[data-al-name]").textContent;
    const line = document.createElement("li");
    line.append(link);
    list.append(line);
  }
  place.replaceChildren(words, ...(missing.length ? [list] : []));
}

async function handIn() {
  if (choosing) {
    find("conflict").focus();
    return;
  }
  listMissing();
  if (!(await ask("hand-in"))) return;
  clearTimeout(timer);
  timer = 0;
  try {
    keepHere();
    if (!store.read && !(await readAgain())) return;
    await store.push(answers);
    const given = await store.handIn();
    handedIn = true;
    status(say("saved", { time: clock() }));
    receipt(say("handed", { time: clock(given.time), receipt: given.receipt }));
  } catch (error) {
    receipt(say("not_handed", { reason: sentence(error.reason ?? say("offline")) }), true);
  }
}

/** The code door: the notebook as JupyterLab last saved it. */
async function handInCode() {
  const place = find("receipt-code");
  const door = new Store({ exercise: form.dataset.exercise, door: "code", language, api: store.api });
  try {
    const given = await door.handIn();
    place.textContent = say("handed", { time: clock(given.time), receipt: given.receipt });
    place.removeAttribute("data-trouble");
  } catch (error) {
    place.textContent = say("not_handed", { reason: sentence(error.reason ?? say("offline")) });
    place.setAttribute("data-trouble", "");
  }
}

async function erase() {
  if (!(await ask("erase"))) return;
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
  answers = {};
  for (const item of items) item.remove();
  for (const part of form.querySelectorAll(".al-part")) part.remove();
  for (const button of find("finish").querySelectorAll("button")) button.remove();
  find("state").hidden = true;
  receipt(say("erased"));
  find("finish").scrollIntoView({ block: "center" });
}

function watchOtherTabs() {
  addEventListener("storage", (event) => {
    if (event.key !== store.key || erased) return;
    if (event.newValue && canonical(store.readLocal().answers) === canonical(answers)) return;
    clearTimeout(timer);
    timer = 0;
    status(say("other_tab"), true);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "al-action";
    button.textContent = say("reload");
    button.onclick = () => location.reload();
    if (!find("state").querySelector("button")) find("state").append(button);
  });
}

async function start() {
  find("state").hidden = false;
  status(say("loading"));
  let opening = "ready";
  const local = store.readLocal();
  answers = local.answers;
  store.known = local.known;
  if (store.api) {
    try {
      const server = await store.pull();
      if (store.differs(local, server)) answers = await choose(local.answers, server);
      else if (!local.dirty) answers = server;
    } catch (error) {
      opening = null;
      status(say("not_read", { reason: sentence(error.reason ?? say("offline")) }), true);
      timer = setTimeout(save, RETRY_AFTER_MS);
    }
  } else {
    opening = "local";
    find("hand-in").hidden = true;
    find("server-only").hidden = true;
  }
  await mount(form, { answers });
  document.addEventListener("al-change", changed);
  showProgress();
  find("finish").hidden = false;
  const unsent = Object.keys(answers).length > 0 && canonical(answers) !== canonical(store.known);
  if (unsent && opening) await save();
  else if (opening) status(say(opening === "ready" && Object.keys(answers).length ? "restored" : opening));
  find("hand-in").addEventListener("click", handIn);
  find("hand-in-code")?.addEventListener("click", handInCode);
  find("download").addEventListener("click", () => store.download(answers));
  find("erase").addEventListener("click", erase);
  addEventListener("pagehide", () => timer && save({ leaving: true }));
  document.addEventListener("visibilitychange", () => document.hidden && timer && save());
  addEventListener("online", () => timer && save());
  watchOtherTabs();
}

await start();
