// The frame of a tool's step: shown or hidden, its heading takes the focus when it appears.
import { h, liveRegion, valueOf } from "./kit.js";

/** Make the section of one step. Returns `{ root, body, follow() }`; `body` is the step's to fill. */
export function stepSection({ model, el }, name, title) {
  liveRegion();
  const lang = valueOf(model, "lang", "fr");
  const heading = h("h2", { class: "al-step__title", tabindex: "-1" }, title);
  const body = h("div", { class: "al-step__body" });
  const root = h("section", { class: `al-tool al-step al-step--${name}`, lang, "aria-label": title }, heading, body);
  root.hidden = !valueOf(model, "active", false);
  const activity = () => {
    const active = valueOf(model, "active", false);
    const appears = active && root.hidden;
    root.hidden = !active;
    if (appears) {
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: "start" });
    }
  };
  model.on("change:active", activity);
  el.replaceChildren(root);
  return { root, body, heading, stop: () => model.off("change:active", activity) };
}

/** A button that asks the tool to go to another step. */
export function goButton(model, step, text, quiet = false) {
  const press = () => model.send({ kind: "go", step });
  return h("button", { type: "button", class: quiet ? "al-button al-button--quiet" : "al-button", on: { click: press } }, text);
}
