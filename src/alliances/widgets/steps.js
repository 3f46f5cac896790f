// The steps of a tool: where one is, where one can go, and whether the work is kept.
import { announce, h, listen, liveRegion, setText, valueOf } from "./kit.js";
import { say } from "./words.js";

function render({ model, el }) {
  liveRegion();
  const labels = valueOf(model, "labels", {});
  const data = () => valueOf(model, "data", {});
  const steps = Array.isArray(data().steps) ? data().steps : [];
  const press = (place) => () => model.send({ kind: "go", step: place });
  const buttons = steps.map((title, place) =>
    h(
      "button",
      { type: "button", class: "al-steps__button", on: { click: press(place) } },
      h("span", { class: "al-steps__number", "aria-hidden": "true" }, String(place + 1)),
      h("span", { class: "al-steps__name" }, title),
    ),
  );
  const status = h("p", { class: "al-hint al-steps__status" });
  const root = h(
    "div",
    { class: "al-tool al-steps", lang: valueOf(model, "lang", "fr") },
    h("p", { class: "al-steps__intro" }, say(labels, "intro")),
    h("nav", { "aria-label": say(labels, "steps") }, h("ol", {}, buttons.map((button) => h("li", {}, button)))),
    status,
  );
  const update = (spoken) => {
    buttons.forEach((button, place) => {
      if (place === data().current) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
    const text = data().status ?? "";
    if (spoken && data().alert && text !== status.textContent) announce(text);
    status.classList.toggle("al-hint--bad", data().alert === true);
    setText(status, text);
  };
  update(false);
  el.replaceChildren(root);
  // A preheated kernel ran long ago: what was kept is read when somebody arrives.
  model.send({ kind: "mounted" });
  return listen(model, { data: () => update(true) });
}

export default { render };
