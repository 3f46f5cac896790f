// A table to fill: given rows, or free ones that can be added and removed.
import { announce, h, setText, uid } from "./kit.js";
import { gridTable } from "./grid.js";
import { promptParts, renderQuestion, unknownBox } from "./question.js";
import { formatNumber, readNumber, say, withUnit } from "./words.js";

const LEAST = { text: 9, number: 6, option: 8 }; // em
const LEAST_FREE = 12; // em: a text of one's own
const MOST_DECIMALS = 6;

const entriesOf = (value) => (Array.isArray(value) ? value : []);
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const decimalsOf = (number) => {
  let decimals = 0;
  while (decimals < MOST_DECIMALS && Number(number.toFixed(decimals)) !== number) decimals += 1;
  return decimals;
};

/** What a locked cell shows. */
function givenWords(value, column, lang) {
  if (column.kind === "option") return entriesOf(column.options).find((entry) => entry.id === value)?.text ?? String(value);
  if (column.kind !== "number" || typeof value !== "number") return String(value);
  return withUnit(value, decimalsOf(value), column.unit || "", lang);
}

function build({ question, labels, lang, answer, keep }) {
  const columns = entriesOf(question.columns);
  const free = isRecord(question.rows);
  const { before, legend, describedby } = promptParts(question, labels);
  const hint = h("p", { class: "al-hint al-hint--bad", id: uid("hint"), hidden: true });
  const heading = (column) => (column.unit ? say(labels, "with_unit", { column: column.text, unit: column.unit }) : column.text);
  const leastOf = ({ kind }) => (free && kind === "text" ? LEAST_FREE : (LEAST[kind] ?? LEAST.text));
  const grid = gridTable({
    columns: columns.map((column) => ({ text: heading(column), least: leastOf(column) })),
    header: free ? 5 : 8,
    extra: free ? 6 : 0,
  });
  const rows = [];

  const controlOf = (column, labelledby) => {
    const common = { "aria-labelledby": labelledby, on: { input: () => changed(), change: () => left(control, column) } };
    let control;
    if (column.kind === "option") {
      control = h(
        "select",
        { ...common, class: "al-select" },
        h("option", { value: "" }, say(labels, "choose")),
        entriesOf(column.options).map((entry) => h("option", { value: entry.id }, entry.text)),
      );
    } else if (free && column.kind === "text") {
      control = h("textarea", { ...common, class: "al-textarea al-cell", rows: "2" });
    } else {
      const numeric = column.kind === "number" ? { inputmode: "decimal", spellcheck: "false" } : {};
      control = h("input", { ...common, ...numeric, class: "al-number al-cell", type: "text", autocomplete: "off" });
    }
    return control;
  };
  const rowOf = (text, given = {}, more = null) => {
    const controls = new Map();
    const cells = columns.map((column) => (labelledby) => {
      if (Object.hasOwn(given, column.id)) return h("span", { class: "al-table__given" }, givenWords(given[column.id], column, lang));
      controls.set(column.id, controlOf(column, labelledby));
      return controls.get(column.id);
    });
    return { controls, ...grid.row(text, cells, more) };
  };
  const valuesOf = (row) => {
    const typed = [...row.controls].filter(([, control]) => control.value.trim());
    return Object.fromEntries(typed.map(([name, control]) => [name, control.value]));
  };

  /** Say which numbers cannot be read; a column's unit may be typed with them. */
  const explain = () => {
    let bad = false;
    for (const row of rows) {
      for (const column of columns) {
        const control = row.controls.get(column.id);
        if (column.kind !== "number" || !control) continue;
        const unread = control.value.trim() !== "" && readNumber(control.value, column.unit || "", lang) === null;
        bad ||= unread;
        for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", hint.id]]) {
          if (unread) control.setAttribute(name, value);
          else control.removeAttribute(name);
        }
      }
    }
    setText(hint, bad ? say(labels, "not_a_number", { example: formatNumber(1234.5, 1, lang) }) : "");
    hint.hidden = !bad;
  };
  const left = (control, column) => {
    changed();
    if (column.kind === "number" && control.getAttribute("aria-invalid")) announce(hint.textContent);
  };
  const given = () => {
    const filled = rows.map((row) => [row.id, valuesOf(row)]);
    const some = filled.filter(([, values]) => Object.keys(values).length);
    if (!some.length) return null;
    return { rows: free ? filled.map(([, values]) => values) : Object.fromEntries(some) };
  };
  const changed = () => {
    unknown.input.checked = false;
    keep(given());
    explain();
  };
  const unknown = unknownBox(labels, (checked) => keep(checked ? { unknown: true } : given()));
  const writeInto = (row, values) => {
    for (const [name, control] of row.controls) {
      const value = values?.[name];
      const wanted = typeof value === "number" ? formatNumber(value, decimalsOf(value), lang) : String(value ?? "");
      if (control.value !== wanted) control.value = wanted;
    }
  };

  const editor = free ? freeRows({ question, labels, grid, rows, rowOf, changed: () => changed() }) : null;
  if (!free) {
    for (const entry of entriesOf(question.rows)) {
      const row = { id: entry.id, ...rowOf(entry.text, question.given?.[entry.id]) };
      rows.push(row);
      grid.body.append(row.node);
    }
  }
  const node = h(
    "div",
    {},
    before,
    h("fieldset", { class: "al-set", "aria-describedby": describedby }, legend, grid.node, hint, editor?.node),
    unknown.node,
  );
  const show = (value) => {
    unknown.input.checked = value?.unknown === true;
    if (!unknown.input.checked) {
      if (free) editor.resize(entriesOf(value?.rows).length);
      rows.forEach((row, place) => writeInto(row, free ? value?.rows?.[place] : value?.rows?.[row.id]));
    }
    explain();
  };
  show(answer);
  return { node, show, flush() {} };
}

/** Rows that can be added and removed, between a least and a most. */
function freeRows({ question, labels, grid, rows, rowOf, changed }) {
  const least = Math.max(1, Number(question.rows.least) || 1);
  const most = Math.max(least, Number(question.rows.most) || least);
  const limits = h("p", { class: "al-hint" });
  const renumber = () => {
    rows.forEach((row, place) => {
      setText(row.header, say(labels, "row", { number: place + 1 }));
      row.remove.setAttribute("aria-label", say(labels, "remove_row", { number: place + 1 }));
      row.remove.setAttribute("aria-disabled", String(rows.length <= least));
    });
    add.setAttribute("aria-disabled", String(rows.length >= most));
    setText(limits, say(labels, "rows_count", { count: rows.length, least, most }));
  };
  const append = () => {
    const remove = h("button", { type: "button", class: "al-button al-button--quiet al-table__remove" }, say(labels, "remove"));
    const row = { id: "", remove, ...rowOf("", {}, remove) };
    remove.addEventListener("click", () => drop(row));
    rows.push(row);
    grid.body.append(row.node);
    return row;
  };
  const drop = (row) => {
    if (rows.length <= least) return announce(say(labels, "no_fewer", { least }));
    const place = rows.indexOf(row);
    rows.splice(place, 1);
    row.node.remove();
    renumber();
    rows[Math.min(place, rows.length - 1)].remove.focus();
    changed();
    announce(`${say(labels, "row_removed", { number: place + 1 })} ${limits.textContent}`);
  };
  const add = h(
    "button",
    {
      type: "button",
      class: "al-button al-button--quiet",
      on: {
        click: () => {
          if (rows.length >= most) return announce(say(labels, "no_more", { most }));
          const row = append();
          renumber();
          [...row.controls.values()][0].focus();
          changed();
          announce(`${say(labels, "row_added", { number: rows.length })} ${limits.textContent}`);
        },
      },
    },
    say(labels, "add"),
  );
  return {
    node: h("div", {}, h("div", { class: "al-actions" }, add), limits),
    /** Have `wanted` rows, as far as the limits allow; the ones there stay. */
    resize(wanted) {
      const target = Math.min(most, Math.max(least, wanted));
      while (rows.length > target) rows.pop().node.remove();
      while (rows.length < target) append();
      renumber();
    },
  };
}

export default { render: (context) => renderQuestion(context, "table", build) };
