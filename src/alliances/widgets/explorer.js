// A part of a tool that answers choices: controls above, what Python writes below.
import { announce, h, listen, sameJson, save, setText, uid, valueOf } from "./kit.js";
import { stepSection } from "./toolpart.js";

function render(context) {
  const { model } = context;
  const data = () => valueOf(model, "data", {});
  const { name = "explorer", title = "" } = data();
  const frame = stepSection(context, name, title);
  const help = h("p", {}, data().help ?? "");
  const controls = h("div", { class: "al-explorer__controls", role: "group", "aria-label": title });
  const result = h("div", { class: "al-explorer__result" });
  frame.body.append(help, controls, result);

  let shape = null;
  let shown = null;
  const selects = new Map();
  const chosen = () => Object.fromEntries([...selects].map(([id, select]) => [id, select.value]));
  const build = (wanted) => {
    selects.clear();
    controls.replaceChildren(
      ...wanted.map((control) => {
        const id = uid("control");
        const select = h(
          "select",
          { class: "al-select", id, on: { change: () => save(model, { value: { choices: chosen() } }) } },
          (control.options ?? []).map((option) => h("option", { value: option.id }, option.text)),
        );
        selects.set(control.id, select);
        return h("div", { class: "al-field" }, h("label", { class: "al-explorer__label", for: id }, control.label), select);
      }),
    );
  };
  const update = (spoken) => {
    const { controls: wanted = [], html = "", said = "" } = data();
    const now = wanted.map(({ id, label, options }) => ({ id, label, options }));
    // The same controls stay in place: whoever is in one keeps the focus.
    if (!sameJson(now, shape)) build(wanted);
    shape = now;
    for (const control of wanted) {
      const select = selects.get(control.id);
      if (select && select.value !== control.value) select.value = control.value;
    }
    setText(help, data().help ?? "");
    if (html === shown) return;
    shown = html;
    // Written by Python from the course's own tables, every text escaped there.
    result.innerHTML = html;
    if (spoken && said && valueOf(model, "active", false)) announce(said);
  };
  update(false);
  const stop = listen(model, { data: () => update(true) });
  return () => {
    stop();
    frame.stop();
  };
}

export default { render };
