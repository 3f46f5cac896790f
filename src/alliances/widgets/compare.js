// Step 3: one's readings beside the team's, the admissible ones, the rule's and the group's.
import { h, listen, uid, valueOf } from "./kit.js";
import { say } from "./words.js";
import { goButton, stepSection } from "./toolpart.js";

function render(context) {
  const { model } = context;
  const labels = valueOf(model, "labels", {});
  const frame = stepSection(context, "compare", say(labels, "step_compare"));
  const content = h("div", {});
  frame.body.append(
    content,
    h("div", { class: "al-actions" }, goButton(model, 0, say(labels, "back_to_sort"), true), goButton(model, 3, say(labels, "to_take_home"))),
  );
  const draw = () => {
    const data = valueOf(model, "data", {});
    // Filled anew only on arrival at the step, never under somebody's reading.
    content.replaceChildren(...summary(data, labels), ...cases(data, labels));
  };
  draw();
  const stop = listen(model, { data: draw });
  return () => {
    stop();
    frame.stop();
  };
}

function summary(data, labels) {
  const lines = Array.isArray(data.summary) ? data.summary : [];
  const differ = Array.isArray(data.differ) ? data.differ : [];
  const open = (id) => (event) => {
    event.preventDefault();
    const details = document.getElementById(`al-compare-${id}`);
    if (!details) return;
    details.open = true;
    details.querySelector("summary").focus();
    details.scrollIntoView({ block: "start" });
  };
  return [
    h("ul", { class: "al-facts" }, lines.map((line) => h("li", {}, line))),
    differ.length > 0 &&
      h(
        "p",
        { class: "al-differ" },
        h("strong", {}, say(labels, "differ")),
        " ",
        differ.flatMap((entry, place) => [
          place ? ", " : "",
          h("a", { href: `#al-compare-${entry.id}`, on: { click: open(entry.id) } }, entry.title),
        ]),
        ".",
      ),
    h("p", { class: "al-note" }, say(labels, "disagreement_welcome")),
    data.cohort_note && h("p", {}, data.cohort_note),
    data.rule_note && h("p", { class: "al-hint" }, data.rule_note),
  ].filter(Boolean);
}

function cases(data, labels) {
  return (Array.isArray(data.cases) ? data.cases : []).map((entry) =>
    h(
      "details",
      { class: "al-compared", id: `al-compare-${entry.id}`, open: entry.open === true },
      h(
        "summary",
        {},
        h("span", { class: "al-compared__title" }, entry.title),
        h("span", { class: "al-hidden" }, ". "),
        h("span", { class: "al-compared__state", "data-state": entry.state }, entry.state_text),
      ),
      h(
        "dl",
        { class: "al-readings" },
        pair(say(labels, "mine"), entry.mine, entry.my_reason, entry.my_sentence),
        pair(say(labels, "team"), entry.team, entry.team_reason),
        h("div", {}, h("dt", {}, say(labels, "admissible")), h("dd", {}, h("ul", {}, (entry.admissible ?? []).map((line) => h("li", {}, line))))),
      ),
      rule(entry.rule, labels),
      cohort(entry.cohort, labels),
      entry.limit && h("p", { class: "al-hint" }, say(labels, "limit", { limit: entry.limit })),
    ),
  );
}

const pair = (name, family, ...lines) =>
  h("div", {}, h("dt", {}, name), h("dd", {}, h("strong", {}, family ?? ""), lines.filter(Boolean).map((line) => h("p", {}, line))));

function rule(reading, labels) {
  if (!reading) return null;
  const id = uid("rule");
  return h(
    "div",
    { class: "al-block" },
    h("h3", { id }, say(labels, "rule")),
    h("p", {}, reading.verdict),
    table(id, [say(labels, "family"), say(labels, "total"), say(labels, "contributions")],
      reading.rows.map((row) => [row.family, row.total, row.parts])),
    reading.unknown && h("p", { class: "al-hint" }, reading.unknown),
  );
}

function cohort(group, labels) {
  if (!group) return null;
  const id = uid("group");
  return h(
    "div",
    { class: "al-block" },
    h("h3", { id }, group.title),
    table(id, [say(labels, "family"), say(labels, "people")], group.rows.map((row) => [row.family, row.count])),
  );
}

function table(id, head, rows) {
  return h(
    "div",
    { class: "al-scroll", tabindex: "0", role: "group", "aria-labelledby": id },
    h(
      "table",
      { class: "al-table", "aria-labelledby": id },
      h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows.map(([first, ...others]) =>
        h("tr", {}, h("th", { scope: "row" }, first), others.map((cell) => h("td", {}, String(cell)))))),
    ),
  );
}

export default { render };
