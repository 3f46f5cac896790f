// Six months with three shocks: which draw, from which month, then what it gave.
import { announce, h, listen, setText, uid, valueOf } from "./kit.js";
import { say } from "./words.js";
import { goButton, stepSection } from "./toolpart.js";
import { drawBlocks } from "./roadmap_blocks.js";

const LAST_FIRST = 60; // as roadmap21_work.py reads it

function render(context) {
  const { model } = context;
  const labels = valueOf(model, "labels", {});
  const frame = stepSection(context, "roadmap-follow", say(labels, "step_follow"));
  const draw = h("input", { type: "text", id: uid("draw"), class: "al-number", maxlength: "60", autocomplete: "off" });
  const first = h("input", { type: "number", id: uid("first"), class: "al-number", min: "0", max: String(LAST_FIRST), step: "1", inputmode: "numeric" });
  const send = (event) => {
    event.preventDefault();
    const month = Number.parseInt(first.value, 10);
    model.send({ kind: "run", draw: draw.value, first: Number.isInteger(month) ? month : null });
  };
  const form = h(
    "form",
    { class: "al-roadmap21__form", on: { submit: send } },
    h("p", {}, h("label", { for: draw.id, class: "al-label" }, say(labels, "draw_label")), draw),
    h("p", {}, h("label", { for: first.id, class: "al-label" }, say(labels, "first_label")), first),
    h("div", { class: "al-actions" }, h("button", { type: "submit", class: "al-button" }, say(labels, "run"))),
  );
  const said = h("p", { class: "al-hint" });
  const content = h("div", { class: "al-roadmap21" });
  frame.body.append(
    h("p", {}, say(labels, "follow_help")),
    form,
    said,
    content,
    h("div", { class: "al-actions" }, goButton(model, 1, say(labels, "back_compose"), true), goButton(model, 4, say(labels, "go_take"))),
  );
  let drawn = "";
  let run = -1;
  const update = () => {
    const data = valueOf(model, "data", {});
    if (document.activeElement !== draw) draw.value = data.draw ?? "";
    if (document.activeElement !== first) first.value = String(data.first ?? "");
    const next = JSON.stringify(data.blocks ?? []);
    if (next !== drawn) content.replaceChildren(...drawBlocks(data.blocks));
    drawn = next;
    setText(said, data.said ?? "");
    // Only a run that somebody asked for is announced, not what was there on opening.
    if (run >= 0 && data.run !== run && data.said) announce(data.said);
    run = data.run ?? 0;
  };
  update();
  const stop = listen(model, { data: update });
  return () => {
    stop();
    frame.stop();
  };
}

export default { render };
