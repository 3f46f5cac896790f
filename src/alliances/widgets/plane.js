// A plane with two axes: each item is a button that arrow keys or a pointer move, in steps.
import { h, uid } from "./kit.js";
import { arrangeNames } from "./plane_names.js";

const ARROWS = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowDown: ["y", -1], ArrowUp: ["y", 1] };

/**
 * Make the plane. `describe(item)` says where an item is, `move(item, { x, y })` is called when it moved.
 * Returns `{ node, show(places), focus(item) }`.
 */
export function plane({ items, axes, step, end, label, help, describe, move }) {
  const helpId = uid("help");
  const field = h("div", { class: "al-plane__field", role: "application", "aria-label": label, "aria-describedby": helpId });
  const current = new Map();
  const within = (number) => Math.min(end, Math.max(0, number));
  const onGrid = (number) => within(Math.round(number / step) * step);
  const marks = new Map(
    items.map((item, index) => {
      const button = h(
        "button",
        {
          type: "button",
          class: "al-plane__mark",
          hidden: true,
          on: {
            keydown: (event) => {
              const arrow = ARROWS[event.key];
              if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
              event.preventDefault();
              const [axis, sign] = arrow;
              const place = current.get(item.id);
              const next = within(place[axis] + sign * step);
              move(item, { x: place.x, y: place.y, [axis]: next });
            },
            pointerdown: (event) => {
              if (event.button !== 0) return;
              button.setPointerCapture(event.pointerId);
              button.dataset.held = "true";
            },
            pointermove: (event) => {
              if (button.dataset.held) follow(event);
            },
            pointerup: () => delete button.dataset.held,
            pointercancel: () => delete button.dataset.held,
          },
        },
        h("span", { class: "al-plane__dot", "aria-hidden": "true" }, String(index + 1)),
        h("span", { class: "al-plane__name", "aria-hidden": "true" }, item.text),
      );
      const follow = (event) => {
        const box = field.getBoundingClientRect();
        const x = onGrid(((event.clientX - box.left) / box.width) * end);
        const y = onGrid(((box.bottom - event.clientY) / box.height) * end);
        const place = current.get(item.id);
        if (x !== place.x || y !== place.y) move(item, { x, y });
      };
      return [item.id, button];
    }),
  );
  field.append(...marks.values());
  const node = h(
    "div",
    { class: "al-plane" },
    h("p", { class: "al-hint", id: helpId }, help),
    h("p", { class: "al-plane__axis al-plane__axis--y", "aria-hidden": "true" }, h("span", {}, axes.y?.high), h("strong", {}, axes.y?.name), h("span", {}, axes.y?.low)),
    field,
    h("p", { class: "al-plane__axis al-plane__axis--x", "aria-hidden": "true" }, h("span", {}, axes.x?.low), h("strong", {}, axes.x?.name), h("span", {}, axes.x?.high)),
  );
  const show = (places) => {
    const taken = new Map();
    for (const item of items) {
      const place = places.get(item.id);
      const button = marks.get(item.id);
      current.set(item.id, { ...place });
      button.hidden = place.x === null || place.y === null;
      if (button.hidden) continue;
      // Two items in one place: each stays within reach of a pointer.
      const spot = `${place.x} ${place.y}`;
      const below = taken.get(spot) ?? 0;
      taken.set(spot, below + 1);
      button.style.left = `${(place.x / end) * 100}%`;
      button.style.bottom = `${(place.y / end) * 100}%`;
      button.style.setProperty("--below", String(below));
      if (button.getAttribute("aria-label") !== describe(item)) button.setAttribute("aria-label", describe(item));
    }
    arrangeNames(field, [...marks.values()]);
  };
  // In a notebook or a closed part the plane has no size when it is made.
  new ResizeObserver(() => arrangeNames(field, [...marks.values()])).observe(field);
  return { node, show, focus: (item) => marks.get(item.id).focus() };
}
