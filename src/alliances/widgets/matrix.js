// A grid to fill: a native list in each cell.
import { announce, h, setText } from "./kit.js";
import { gridTable, settled } from "./grid.js";
import { promptParts, renderQuestion, unknownBox } from "./question.js";
import { say } from "./words.js";

const LONGEST_CODE = 3; // characters: « R », « RA »; longer values are written in full in every cell

const entriesOf = (value) => (Array.isArray(value) ? value : []);
/** What stands before the first colon or parenthesis of a label. */
const short = (text) => text.split(/\s*[:(]/, 1)[0] || text;

function build({ question, labels, answer, keep }) {
  const [rows, columns, values] = ["rows", "columns", "values"].map((name) => entriesOf(question[name]));
  const coded = values.every((value) => short(value.text).length <= LONGEST_CODE && short(value.text) !== value.text);
  const { before, legend, describedby } = promptParts(question, labels);
  const cells = [];
  const grid = gridTable({ columns: columns.map((column) => ({ text: column.text, least: coded ? 5 : 8 })) });
  for (const row of rows) {
    const selects = columns.map((column) => (labelledby) => {
      const select = h(
        "select",
        { class: "al-select", "aria-labelledby": labelledby, on: { change: () => changed() } },
        h("option", { value: "" }, say(labels, "no_value")),
        values.map((value) => h("option", { value: value.id }, coded ? short(value.text) : value.text)),
      );
      cells.push({ row: row.id, column: column.id, select });
      return select;
    });
    grid.body.append(grid.row(row.text, selects).node);
  }
  const count = h("p", { class: "al-hint" });
  const filled = () => cells.filter(({ select }) => select.value).length;
  const tell = () => setText(count, say(labels, "cells_filled", { filled: filled(), count: cells.length }));
  const speak = settled(() => announce(count.textContent));
  const given = () => {
    if (!filled()) return null;
    const chosen = rows.map((row) => {
      const here = cells.filter((cell) => cell.row === row.id && cell.select.value);
      return [row.id, Object.fromEntries(here.map(({ column, select }) => [column, select.value]))];
    });
    return { cells: Object.fromEntries(chosen.filter(([, values]) => Object.keys(values).length)) };
  };
  const changed = () => {
    unknown.input.checked = false;
    keep(given());
    tell();
    speak();
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
      coded && h("ul", { class: "al-matrix__values" }, values.map((value) => h("li", {}, value.text))),
      grid.node,
      count,
    ),
    unknown.node,
  );
  const show = (value) => {
    unknown.input.checked = value?.unknown === true;
    if (!unknown.input.checked) {
      for (const { row, column, select } of cells) {
        const wanted = value?.cells?.[row]?.[column];
        select.value = values.some((entry) => entry.id === wanted) ? wanted : "";
      }
    }
    tell();
  };
  show(answer);
  return { node, show, flush: speak.cancel };
}

export default { render: (context) => renderQuestion(context, "matrix", build) };
