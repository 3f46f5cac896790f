// Items to place on two axes: a list that says everything, then a plane that does the same; both in step.
import { announce, h, setText, uid } from "./kit.js";
import { settled } from "./grid.js";
import { promptParts, renderQuestion, unknownBox } from "./question.js";
import { plane } from "./plane.js";
import { formatNumber, readNumber, say } from "./words.js";

const AXES = ["x", "y"];
const END = 100;

const numberOf = (value, lang) => {
  const number = typeof value === "string" || typeof value === "number" ? readNumber(value, "", lang) : null;
  return number === null || number < 0 || number > END ? null : number;
};

function build({ question, labels, lang, answer, keep }) {
  const items = Array.isArray(question.items) ? question.items : [];
  const step = Number(question.step) > 0 ? Number(question.step) : 5;
  const axes = question.axes ?? {};
  const places = new Map(items.map((item) => [item.id, { x: null, y: null }]));
  const { before, legend, describedby } = promptParts(question, labels);

  const where = (item) => {
    const place = places.get(item.id);
    const at = (axis) => (place[axis] === null ? say(labels, "nowhere") : formatNumber(place[axis], 0, lang));
    return say(labels, "where", { item: item.text, x_name: axes.x?.name, x: at("x"), y_name: axes.y?.name, y: at("y") });
  };
  const speak = settled((item) => announce(where(item)), 400);
  const given = () => {
    const found = {};
    for (const [id, place] of places) {
      const known = AXES.filter((axis) => place[axis] !== null);
      if (known.length) found[id] = Object.fromEntries(known.map((axis) => [axis, place[axis]]));
    }
    return Object.keys(found).length ? { places: found } : null;
  };
  const moved = (item, place) => {
    Object.assign(places.get(item.id), place);
    unknown.input.checked = false;
    keep(given());
    draw();
  };

  const axisWords = (axis, number) => {
    const end = number === 0 ? axes[axis]?.low : number === END ? axes[axis]?.high : "";
    const figure = formatNumber(number, 0, lang);
    return end ? say(labels, "end", { number: figure, words: end }) : figure;
  };
  const option = (axis, number) => h("option", { value: String(number) }, axisWords(axis, number));
  const choices = Array.from({ length: Math.floor(END / step) + 1 }, (_, index) => index * step);
  const rows = items.map((item, index) => {
    const selects = {};
    const fields = AXES.map((axis) => {
      const id = uid(axis);
      selects[axis] = h(
        "select",
        {
          id,
          class: "al-select",
          on: {
            change: (event) => {
              const { value } = event.target;
              moved(item, { [axis]: value === "" ? null : Number(value) });
            },
          },
        },
        h("option", { value: "" }, say(labels, "not_placed")),
        choices.map((number) => option(axis, number)),
      );
      return h("div", { class: "al-placement__field" }, h("label", { for: id }, axes[axis]?.name), selects[axis]);
    });
    const put = h(
      "button",
      {
        type: "button",
        class: "al-button al-button--quiet al-placement__put",
        "aria-label": say(labels, "put_item", { item: item.text }),
        on: {
          click: () => {
            const middle = Math.round(END / 2 / step) * step;
            const place = places.get(item.id);
            if (place.x === null || place.y === null) moved(item, { x: place.x ?? middle, y: place.y ?? middle });
            map.focus(item);
            speak(item);
          },
        },
      },
      say(labels, "put"),
    );
    const node = h(
      "fieldset",
      { class: "al-placement__row" },
      h("legend", {}, h("span", { class: "al-placement__number", "aria-hidden": "true" }, String(index + 1)), item.text),
      fields,
      put,
    );
    return { item, selects, node };
  });

  const map = plane({
    items,
    axes,
    step,
    end: END,
    label: say(labels, "plane", { x: axes.x?.name, y: axes.y?.name }),
    help: say(labels, "plane_help"),
    describe: where,
    move(item, place) {
      moved(item, place);
      speak(item);
    },
  });

  const count = h("p", { class: "al-hint" });
  const draw = () => {
    for (const { item, selects } of rows) {
      const place = places.get(item.id);
      for (const axis of AXES) {
        const value = place[axis] === null ? "" : String(place[axis]);
        const select = selects[axis];
        // A place between two steps, from a notebook: shown as it is.
        if (![...select.options].some((entry) => entry.value === value)) select.append(option(axis, place[axis]));
        if (select.value !== value) select.value = value;
      }
    }
    map.show(places);
    const done = [...places.values()].filter((place) => AXES.every((axis) => place[axis] !== null)).length;
    setText(count, say(labels, "placed", { done, count: items.length }));
  };
  const unknown = unknownBox(labels, (checked) => keep(checked ? { unknown: true } : given()));
  const node = h(
    "div",
    {},
    before,
    h(
      "fieldset",
      { class: "al-set", "aria-describedby": describedby },
      legend,
      h("div", { class: "al-placement__list" }, rows.map((row) => row.node)),
      count,
      map.node,
    ),
    unknown.node,
  );
  const show = (value) => {
    unknown.input.checked = value?.unknown === true;
    if (!unknown.input.checked) {
      for (const [id, place] of places) {
        for (const axis of AXES) place[axis] = numberOf(value?.places?.[id]?.[axis], lang);
      }
    }
    draw();
  };
  show(answer);
  return { node, show, flush: speak.cancel };
}

export default { render: (context) => renderQuestion(context, "placement", build) };
