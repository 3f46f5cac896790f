// The chain as boxes and arrows: the same content as the cards, so it is hidden from screen readers.
import { h, sameJson } from "./kit.js";

const GUTTER = 26; // pixels kept at the right for arrows that skip a level or go back
const LANES = 4;

function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** `{ node, draw(theory) }`; arrows follow the boxes when the width changes. */
export function theoryDrawing(kinds, caption) {
  const rows = h("div", { class: "al-chain__rows" });
  const arrows = svg("svg", { class: "al-chain__arrows", focusable: "false" });
  const node = h("div", { class: "al-chain", "aria-hidden": "true" }, h("p", { class: "al-hint" }, caption), h("div", { class: "al-chain__frame" }, rows, arrows));
  let drawn = null;
  let boxes = new Map();

  const place = () => {
    const frame = rows.getBoundingClientRect();
    if (!drawn || !frame.width) return;
    arrows.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    const level = (id) => kinds.findIndex((kind) => kind.id === drawn.nodes.find((one) => one.id === id)?.kind);
    let lane = 0;
    const paths = drawn.links.flatMap(({ from, to }) => {
      if (!boxes.has(from) || !boxes.has(to) || from === to) return [];
      const [start, end] = [from, to].map((id) => within(boxes.get(id), frame));
      const climb = level(to) - level(from);
      if (climb === 1) return [straight(start, end)];
      lane += 1;
      return [around(start, end, frame.width - GUTTER + ((lane % LANES) + 1) * (GUTTER / (LANES + 2)), 2 * (lane % LANES), climb < 1)];
    });
    arrows.replaceChildren(...paths.flat());
  };
  const within = (box, frame) => {
    const { left, top, width, height } = box.getBoundingClientRect();
    return { x: left - frame.left, y: top - frame.top, width, height };
  };
  const head = (x, y, points, back) => svg("path", { d: `M${x} ${y} ${points} Z`, class: back ? "al-chain__head al-chain__head--back" : "al-chain__head" });
  /** From the foot of a box to the top of one of the next row. */
  const straight = (start, end) => {
    const [x1, y1, x2, y2] = [start.x + start.width / 2, start.y + start.height, end.x + end.width / 2, end.y - 1];
    const bend = (y2 - y1) / 2;
    return [
      svg("path", { d: `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2 - 6}`, class: "al-chain__arrow" }),
      head(x2, y2, "l-5 -8 h10", false),
    ];
  };
  /** Round by the right, through the space between rows: a level skipped, the same level, or back. */
  const around = (start, end, lane, depth, back) => {
    const [x1, y1, x2, y2] = [start.x + start.width * 0.8, start.y + start.height, end.x + end.width * 0.8, end.y - 1];
    return [
      svg("path", {
        d: `M${x1} ${y1} V${y1 + 5 + depth} H${lane} V${y2 - 11 - depth} H${x2} V${y2 - 6}`,
        class: back ? "al-chain__arrow al-chain__arrow--back" : "al-chain__arrow",
      }),
      head(x2, y2, "l-5 -8 h10", back),
    ];
  };
  new ResizeObserver(place).observe(rows);
  return {
    node,
    draw(theory) {
      const wanted = { nodes: theory.nodes.map(({ id, kind, text }) => ({ id, kind, text })), links: theory.links };
      if (sameJson(wanted, drawn)) return;
      drawn = wanted;
      node.hidden = !wanted.nodes.length;
      boxes = new Map();
      rows.replaceChildren(
        ...kinds.flatMap((kind) => {
          const inside = wanted.nodes.filter((one) => one.kind === kind.id);
          if (!inside.length) return [];
          const made = inside.map((one) => {
            const box = h("div", { class: "al-chain__box" }, one.text.trim() || "…");
            boxes.set(one.id, box);
            return box;
          });
          return [h("div", { class: "al-chain__row" }, h("p", { class: "al-chain__kind" }, kind.text), h("div", { class: "al-chain__boxes" }, made))];
        }),
      );
      place();
    },
  };
}
