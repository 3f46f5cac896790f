// One step of the roadmap tool that shows what Python computed, with buttons to go on; the first also notes titles.
import { h, listen, save, uid, valueOf } from "./kit.js";
import { say } from "./words.js";
import { goButton, stepSection } from "./toolpart.js";
import { drawBlocks } from "./roadmap_blocks.js";

function titleFields(model, labels, places) {
  const kept = { ...valueOf(model, "value", {}).titles };
  const fields = places.map(({ id, label }) => {
    const input = h("input", { type: "text", id: uid("title"), class: "al-number", maxlength: "300", value: kept[id] ?? "" });
    input.addEventListener("change", () => {
      kept[id] = input.value;
      save(model, { value: { titles: { ...kept } } });
    });
    return h("p", { class: "al-roadmap21__title" }, h("label", { for: input.id, class: "al-label" }, label), input);
  });
  return fields;
}

function render(context) {
  const { model } = context;
  const labels = valueOf(model, "labels", {});
  const fixed = valueOf(model, "data", {});
  const frame = stepSection(context, `roadmap-${fixed.name}`, fixed.title ?? "");
  const content = h("div", { class: "al-roadmap21" });
  const official = h("div", {});
  const actions = (Array.isArray(fixed.go) ? fixed.go : []).map(({ step, text, quiet }) => goButton(model, step, text, quiet === true));
  frame.body.append(content, official, h("div", { class: "al-actions" }, actions));
  let drawn = "";
  let noted = "";
  const draw = () => {
    const { blocks, places, places_title: title, places_help: help } = valueOf(model, "data", {});
    const next = JSON.stringify(blocks ?? []);
    // Filled anew only when it changed, so that what is open stays open under somebody's reading.
    if (next !== drawn) content.replaceChildren(...drawBlocks(blocks));
    drawn = next;
    const state = JSON.stringify([places ?? [], valueOf(model, "value", {}).titles ?? {}]);
    const typing = official.contains(document.activeElement);
    if (!Array.isArray(places) || state === noted || typing) return;
    noted = state;
    const open = official.querySelector("details")?.open === true;
    official.replaceChildren(
      h("details", { class: "al-compared", open },
        h("summary", {}, h("span", { class: "al-compared__title" }, title ?? "")),
        h("p", {}, help ?? ""),
        titleFields(model, labels, places)),
    );
  };
  draw();
  const stop = listen(model, { data: draw, value: draw });
  return () => {
    stop();
    frame.stop();
  };
}

export default { render };
