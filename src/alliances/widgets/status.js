// Whether the work is kept: always to be seen, said aloud only when it matters.
import { announce, h, listen, liveRegion, setText, valueOf } from "./kit.js";
import { say } from "./words.js";

const STATES = ["idle", "saving", "saved", "trouble"];

function render({ model, el }) {
  liveRegion();
  const labels = valueOf(model, "labels", {});
  const line = h("p", { class: "al-status__line" });
  const root = h("div", { class: "al-piece al-status", lang: valueOf(model, "lang", "fr") }, line);
  const stateNow = () => (STATES.includes(model.get("status")) ? model.get("status") : "idle");
  let before = stateNow();
  let wellKept = before === "saved";
  const update = (spoken) => {
    const state = stateNow();
    const detail = String(valueOf(model, "detail", ""));
    const words = [say(labels, state), detail].filter(Boolean).join(" ");
    // Saving goes on all the time: what is said is the first success, every trouble, and the end of one.
    const matters = state === "trouble" || (state === "saved" && !wellKept);
    if (spoken && matters && (words !== line.textContent || state !== before)) announce(words);
    if (state === "saved") wellKept = true;
    if (state === "trouble") wellKept = false;
    before = state;
    root.dataset.state = state;
    setText(line, words);
  };
  update(false);
  el.replaceChildren(root);
  return listen(model, { status: () => update(true), detail: () => update(true) });
}

export default { render };
