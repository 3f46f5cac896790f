// What a copy earned, question by question, with the reason and the next step. A list, not a table: on a phone
// three columns of prose cannot be read.
import { h, listen, liveRegion, uid, valueOf } from "./kit.js";
import { say } from "./words.js";
import { feedbackBox, figure } from "./question.js";

function line(row, labels, lang) {
  const mark = row.mark && typeof row.mark === "object" ? row.mark : {};
  const verdict = mark.verdict || "unanswered";
  const box = feedbackBox(labels, lang);
  box.show({ ...mark, verdict }, { points: false, step: mark.next_step_html });
  const earned = verdict === "person"
    ? say(labels, "to_be_marked")
    : say(labels, "points_of", { points: figure(mark.points, lang), maximum: figure(mark.max_points, lang) });
  return h(
    "li",
    { class: "al-report__row" },
    h("p", { class: "al-report__head" },
      h("strong", {}, row.title ?? row.id ?? ""), h("span", { class: "al-report__points" }, earned)),
    box.node,
  );
}

function draw(model) {
  const labels = valueOf(model, "labels", {});
  const lang = valueOf(model, "lang", "fr");
  const report = valueOf(model, "report", {});
  const rows = Array.isArray(report.rows) ? report.rows : [];
  const title = report.title || say(labels, "report_title");
  const id = uid("report");
  const total = report.total === undefined || report.total === null
    ? null
    : h("p", { class: "al-report__head al-report__total" },
        h("strong", {}, say(labels, "report_total")),
        h("span", { class: "al-report__points" },
          say(labels, "points_of", { points: figure(report.total, lang), maximum: figure(report.maximum, lang) })));
  return h(
    "section",
    { class: "al-question al-report", lang, "aria-labelledby": id },
    h("h3", { class: "al-case__title", id }, title),
    rows.length ? h("ol", {}, rows.map((row) => line(row, labels, lang))) : h("p", { class: "al-hint" }, say(labels, "report_empty")),
    rows.length ? total : null,
  );
}

export default {
  render({ model, el }) {
    liveRegion();
    const redraw = () => el.replaceChildren(draw(model));
    redraw();
    return listen(model, { report: redraw, labels: redraw, lang: redraw });
  },
};
