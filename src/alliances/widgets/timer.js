// A suggested time. It starts when somebody wants it, can be paused, extended and switched off, and closes nothing.
// It shows whole minutes: figures that change each second draw the eye away from the work.
import { announce, h, listen, liveRegion, sameJson, save, setText, uid, valueOf } from "./kit.js";
import { say } from "./words.js";

const MORE = 5;
// Seconds left at which something is said; nothing is said in between.
const SPOKEN = [300, 60, 0];

/** What the tab remembers over a reload where no kernel does; never sent anywhere. */
function memory(name) {
  const key = `al-timer:${name}`;
  return {
    read() {
      try {
        return name ? JSON.parse(sessionStorage.getItem(key) ?? "null") : null;
      } catch {
        return null;
      }
    },
    write(state) {
      try {
        if (name) sessionStorage.setItem(key, JSON.stringify(state));
      } catch {
        // A browser that keeps nothing still has a timer until the page is left.
      }
    },
  };
}

const sound = (state, full) => {
  const left = Number.isFinite(state?.left) && state.left >= 0 ? state.left : full;
  return { left, until: Number.isFinite(state?.until) ? state.until : null, off: state?.off === true };
};

function render({ model, el }) {
  liveRegion();
  const labels = valueOf(model, "labels", {});
  const minutes = Math.max(1, Math.round(Number(valueOf(model, "minutes", 1))) || 1);
  const kept = memory(valueOf(model, "name", ""));
  let state = sound(model.get("state") ?? kept.read(), minutes * 60);
  let seen = Infinity;

  const left = () => (state.until === null ? state.left : Math.max(0, Math.ceil((state.until - Date.now()) / 1000)));
  const words = () => {
    const seconds = left();
    if (state.off) return say(labels, "is_off");
    if (seconds === 0) return say(labels, "is_over");
    if (seconds < 60) return say(labels, "less_than_one");
    const whole = Math.ceil(seconds / 60);
    return say(labels, whole === 1 ? "left_one" : "left_many", { minutes: whole });
  };
  const keep = (change) => {
    state = { ...state, ...change };
    save(model, { state });
    kept.write(state);
    draw();
  };

  const id = uid("timer");
  const title = h("p", { class: "al-timer__title", id }, say(labels, minutes === 1 ? "title_one" : "title", { minutes }));
  const shown = h("p", { class: "al-timer__left", role: "timer", "aria-live": "off" });
  const quiet = "al-button al-button--quiet";
  const run = h("button", { type: "button", class: "al-button", on: { click: () => toggle() } });
  const more = h("button", { type: "button", class: quiet, on: { click: () => add() } }, say(labels, "add", { minutes: MORE }));
  const off = h("button", { type: "button", class: quiet, on: { click: () => flip() } });
  const root = h(
    "div",
    { class: "al-piece al-timer", role: "group", "aria-labelledby": id, lang: valueOf(model, "lang", "fr") },
    title,
    shown,
    h("p", { class: "al-hint" }, say(labels, "nothing_closes")),
    h("div", { class: "al-actions" }, run, more, off),
  );

  const toggle = () => {
    if (state.until === null) {
      const from = state.left === 0 ? minutes * 60 : state.left;
      seen = from;
      keep({ left: from, until: Date.now() + from * 1000 });
    } else keep({ left: left(), until: null });
    announce(state.until === null ? say(labels, "paused", { left: words() }) : words());
  };
  const add = () => {
    const total = left() + MORE * 60;
    seen = total;
    keep({ left: total, until: state.until === null ? null : Date.now() + total * 1000 });
    announce(words());
  };
  const flip = () => {
    keep(state.off ? { off: false } : { off: true, left: left(), until: null });
    announce(words());
  };
  const draw = () => {
    const over = left() === 0;
    setText(shown, words());
    setText(run, say(labels, state.until !== null && !over ? "pause" : over ? "again" : state.left < minutes * 60 ? "resume" : "start"));
    setText(off, say(labels, state.off ? "switch_on" : "switch_off"));
    run.hidden = state.off;
    more.hidden = state.off;
    root.dataset.state = state.off ? "off" : over ? "over" : state.until === null ? "still" : "running";
  };
  const tick = () => {
    if (state.until === null || state.off) return;
    const seconds = left();
    // A tab that slept may pass several marks at once: only the last one is said.
    const passed = SPOKEN.filter((mark) => seconds <= mark && seen > mark);
    seen = seconds;
    if (seconds === 0) keep({ left: 0, until: null });
    else draw();
    if (passed.length) announce(words());
  };
  seen = left();
  draw();
  const clock = setInterval(tick, 1000);
  el.replaceChildren(root);
  const stop = listen(model, {
    state: () => {
      const fresh = sound(model.get("state"), minutes * 60);
      if (sameJson(fresh, state)) return;
      state = fresh;
      seen = left();
      draw();
    },
  });
  return () => {
    clearInterval(clock);
    stop();
  };
}

export default { render };
