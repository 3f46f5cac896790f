// Step 2: defend two readings, a sentence each.
import { h, listen, save, setText, uid, valueOf } from "./kit.js";
import { say } from "./words.js";
import { textArea } from "./textarea.js";
import { goButton, stepSection } from "./toolpart.js";

const LONGEST = 60; // words of « one sentence »

function render(context) {
  const { model } = context;
  const labels = valueOf(model, "labels", {});
  const frame = stepSection(context, "defend", say(labels, "step_defend"));
  const readings = () => valueOf(model, "data", {}).readings ?? [];
  let defences = [0, 1].map((n) => ({ case: "", text: "", ...valueOf(model, "value", {}).defences?.[n] }));
  const keep = (place, change) => {
    defences = defences.map((defence, n) => (n === place ? { ...defence, ...change } : defence));
    save(model, { value: { defences } });
  };
  const blocks = [0, 1].map((place) => defence(place, labels, readings, () => defences, keep));
  const few = h("p", { class: "al-note" }, say(labels, "too_few_to_defend"));
  const form = h("div", {}, blocks.map((block) => block.node));
  frame.body.append(
    h("p", {}, say(labels, "defend_help")),
    few,
    form,
    h("div", { class: "al-actions" }, goButton(model, 0, say(labels, "back_to_sort"), true), goButton(model, 2, say(labels, "to_compare"))),
  );
  const update = () => {
    const enough = readings().length >= 2;
    few.hidden = enough;
    form.hidden = !enough;
    for (const block of blocks) block.update();
  };
  update();
  const stop = listen(model, {
    data: update,
    value() {
      const fresh = valueOf(model, "value", {}).defences ?? [];
      if (JSON.stringify(fresh) === JSON.stringify(defences)) return;
      defences = [0, 1].map((n) => ({ case: "", text: "", ...fresh[n] }));
      update();
    },
  });
  const flush = () => blocks.forEach((block) => block.flush());
  addEventListener("pagehide", flush);
  return () => {
    stop();
    frame.stop();
    removeEventListener("pagehide", flush);
    flush();
  };
}

function defence(place, labels, readings, defences, keep) {
  const selectId = uid("case");
  const reminderId = uid("reading");
  const select = h("select", {
    id: selectId,
    class: "al-select",
    "aria-describedby": reminderId,
    on: {
      change() {
        keep(place, { case: select.value });
        remind();
      },
    },
  });
  const reminder = h("p", { class: "al-hint", id: reminderId });
  const area = textArea({
    label: h("label", { class: "al-label" }, say(labels, "sentence")),
    labels,
    maximum: LONGEST,
    rows: 3,
    keep: (text) => keep(place, { text }),
  });
  const remind = () => {
    const reading = readings().find((entry) => entry.id === select.value);
    setText(reminder, reading ? say(labels, reading.reason ? "reminder_reason" : "reminder", reading) : say(labels, "choose_case_hint"));
  };
  const node = h(
    "fieldset",
    { class: "al-case" },
    h("legend", { class: "al-case__legend" }, h("h3", { class: "al-case__title" }, say(labels, place ? "defence_second" : "defence_first"))),
    h("div", { class: "al-field" }, h("label", { for: selectId, class: "al-label" }, say(labels, "case_to_defend")), select, reminder),
    area.node,
  );
  return {
    node,
    flush: area.flush,
    update() {
      const wanted = defences()[place];
      const options = [h("option", { value: "" }, say(labels, "choose_case"))];
      for (const entry of readings()) options.push(h("option", { value: entry.id }, entry.title));
      select.replaceChildren(...options);
      select.value = readings().some((entry) => entry.id === wanted.case) ? wanted.case : "";
      area.show(wanted.text);
      remind();
    },
  };
}

export default { render };
