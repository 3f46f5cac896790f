// A roadmap: measures by horizon, what each waits for, and what they weigh month by month.
import { h, setText, uid } from "./kit.js";
import { say } from "./words.js";
import { renderQuestion } from "./question.js";
import { checkGroup, offer, selectField, textField } from "./artefact_fields.js";
import { numberField, shownNumber } from "./artefact_number.js";
import { artefactEditor, entriesOf, glossary, idsOf, speak, vocabulary, wordsOf } from "./artefact.js";
import { board } from "./artefact_board.js";
import { calendar, candidateSheet, loadTable } from "./roadmap_views.js";

const MOST = 60; // measures, as logic/roadmap.py reads them
const LATEST = 120; // months
const FIELDS = ["title", "horizon", "start", "duration", "load", "depends", "owner"];

const listOf = (value) => (Array.isArray(value) ? value : []);
const figureOf = (value, missing) => (typeof value === "number" || typeof value === "string" ? value : missing);

/** Any JSON as `{ measures }` with the fields in one order; a figure typed and not understood stays as typed. */
function reader(horizons) {
  return (value) => ({
    measures: entriesOf(value?.measures)
      .slice(0, MOST)
      .map((measure) => ({
        id: measure.id,
        title: wordsOf(measure.title),
        horizon: horizons.some((horizon) => horizon.id === measure.horizon) ? measure.horizon : horizons[0].id,
        start: figureOf(measure.start, null),
        duration: figureOf(measure.duration, null),
        load: figureOf(measure.load, null),
        depends: idsOf(measure.depends),
        owner: wordsOf(measure.owner),
      })),
  });
}

/** The load of each month from 0 to the last with a measure, in the order of `load_per_month` in Python. */
function loadPerMonth(measures) {
  const sound = measures.filter((one) => Number.isInteger(one.start) && Number.isInteger(one.duration) && one.start >= 0 && one.duration >= 1);
  const last = Math.min(2 * LATEST, Math.max(0, ...sound.map((one) => one.start + one.duration)));
  return Array.from({ length: last }, (_, month) =>
    sound
      .filter((one) => one.start <= month && month < one.start + one.duration && typeof one.load === "number")
      .reduce((sum, one) => sum + one.load, 0),
  );
}

function build({ question, labels, lang, answer, keep }) {
  const horizons = listOf(question.horizons).length ? question.horizons : [{ id: "h1", text: "h1" }];
  const words = vocabulary(question.fields);
  const candidates = entriesOf(question.candidates);
  const candidate = new Map(candidates.map((entry) => [entry.id, entry]));
  const cover = Object.entries(question.cover ?? {});
  const unit = wordsOf(question.unit);
  const capacity = question.capacity ?? null;
  const byHorizon = capacity !== null && typeof capacity === "object" && !Array.isArray(capacity) ? capacity : {};
  const byMonth = typeof capacity === "number" ? [capacity] : listOf(capacity);
  const capacityOf = (month) => (byMonth.length ? byMonth[Math.min(month, byMonth.length - 1)] : null);
  const read = reader(horizons);
  const begun = read(question.start);
  // Titles and themes have commas of their own.
  const between = lang === "en" ? "; " : "\u00a0; ";
  const number = (value) => shownNumber(Math.round(value * 1e6) / 1e6, lang);
  const withUnit = (label) => (unit ? say(labels, "with_unit", { label, unit }) : label);

  function make({ draft, removals }) {
    const nameOf = (id) => measures.get(id)?.name() ?? removals.gone(id)?.name() ?? (wordsOf(candidate.get(id)?.title) || id);
    const locked = listOf(question.locked);
    const measures = board({
      labels,
      tools: { draft, removals },
      prefix: "m",
      most: MOST,
      locked,
      reserved: [...locked, ...candidate.keys(), ...begun.measures.map((measure) => measure.id)],
      sections: horizons.map((horizon) => ({
        id: horizon.id,
        title: horizon.text,
        add: say(labels, candidates.length ? "add_own" : "add"),
        blank: () => ({ title: "", horizon: horizon.id, start: 0, duration: 1, load: null, depends: [], owner: "" }),
      })),
      sectionOf: (measure) => measure.horizon,
      title: (card, place) => say(labels, "card", { horizon: horizons.findIndex((one) => one.id === card.get().horizon) + 1, place }),
      make: measureCard,
    });

    const moved = (item) => say(labels, "now_called", { item });

    function measureCard(card) {
      const sheet = candidate.get(card.id);
      const label = (name) => words(name).text;
      const whole = (name, least) => numberField({ label: label(name), whole: [least, LATEST], labels, lang, draft });
      const title = textField({ label: label("title"), rows: 2, labels, draft });
      const horizon = selectField({ label: label("horizon"), options: horizons, change: () => measures.rehome(card, moved) });
      const start = whole("start", 0);
      const duration = whole("duration", 1);
      const load = numberField({ label: withUnit(label("load")), unit, labels, lang, draft });
      const owner = textField({ label: label("owner"), labels, draft });
      // What the sheet of a proposed measure sets is read, not typed.
      for (const [name, field] of [["duration", duration], ["load", load]]) {
        if (typeof sheet?.[name] === "number") field.input.readOnly = true;
      }
      if (sheet) title.input.readOnly = true;
      const depends = checkGroup({
        legend: label("depends"),
        none: say(labels, "no_other"),
        absent: (id) => say(labels, "not_there", { item: nameOf(id) }),
        draft,
      });
      const waits = h("summary");
      const fixed = h("p", { class: "al-hint", hidden: true });
      const about = h("p", { class: "al-hint", hidden: true });
      const months = h("p", { class: "al-roadmap__months" });
      const usable = () => ({ start: start.usable(), duration: duration.usable() });
      return {
        first: sheet ? start.input : title.input,
        text: () => title.get(),
        depends,
        usable,
        body: h(
          "div",
          { class: "al-card__fields" },
          title.node,
          about,
          h("div", { class: "al-roadmap__figures" }, start.node, duration.node, load.node),
          months,
          horizon.node,
          owner.node,
          h("details", { class: "al-card__more" }, waits, depends.node, fixed),
        ),
        get: () => ({
          id: card.id,
          title: title.get(),
          horizon: horizon.get(),
          start: start.get(),
          duration: duration.get(),
          load: load.get(),
          depends: depends.get(),
          owner: owner.get(),
        }),
        show(measure) {
          title.show(measure.title);
          horizon.show(measure.horizon);
          start.show(measure.start);
          duration.show(measure.duration);
          load.show(measure.load);
          depends.show(measure.depends);
          owner.show(measure.owner);
        },
        refresh() {
          const others = measures.order().filter((other) => other !== card);
          depends.offered(others.map((other) => ({ id: other.id, text: other.name() })));
          const set = idsOf(sheet?.depends);
          const names = [...new Set([...depends.get(), ...set])].map((id) => measures.get(id)?.heading ?? say(labels, "not_there", { item: nameOf(id) }));
          setText(waits, say(labels, names.length ? "waits" : "waits_none", { items: names.join(", ") }));
          setText(fixed, set.length ? say(labels, "waits_fixed", { items: set.map((id) => nameOf(id)).join(between) }) : "");
          fixed.hidden = !set.length;
          const tags = cover.filter(([tag]) => idsOf(sheet?.tags).includes(tag)).map(([, text]) => text);
          setText(about, tags.length ? say(labels, "about", { items: tags.join(between) }) : "");
          about.hidden = !tags.length;
          const { start: first, duration: length } = usable();
          const known = first !== null && length !== null;
          const key = !known ? "months_unknown" : length === 1 ? "months_one" : "months";
          setText(months, say(labels, key, { first, last: first + length - 1, end: first + length }));
        },
      };
    }

    const pickers = candidates.length ? horizons.map(picker) : [];
    function picker(horizon) {
      const select = h("select", { id: uid("pick"), class: "al-select" });
      const choose = () => {
        const entry = candidate.get(select.value);
        if (!entry) return speak(say(labels, "pick_first"));
        const { id, title = "", duration = 1, load = null } = entry;
        measures.add({ id, title: wordsOf(title), horizon: horizon.id, start: 0, duration, load, depends: [], owner: "" });
      };
      const button = h("button", { type: "button", class: "al-button al-button--quiet", on: { click: choose } }, say(labels, "add_picked"));
      const label = h("label", { for: select.id, class: "al-label" }, say(labels, "pick"));
      measures.places.get(horizon.id).actions.prepend(h("div", { class: "al-roadmap__pick" }, label, select, button));
      return () => {
        const left = candidates.filter((entry) => !measures.get(entry.id)).map((entry) => ({ id: entry.id, text: wordsOf(entry.title) || entry.id }));
        const still = left.some((entry) => entry.id === select.value) ? select.value : "";
        offer(select, [{ options: [{ id: "", text: say(labels, "choose") }, ...left] }], still);
      };
    }

    const plan = calendar(labels);
    const table = loadTable({ labels, number, unit });
    const over = h("p", { class: "al-roadmap__over" });
    const covered = h("p", { class: "al-hint", hidden: !cover.length });
    const loadId = uid("load");
    const summary = h(
      "div",
      { class: "al-board__section", role: "group", "aria-labelledby": loadId },
      h("h3", { id: loadId, class: "al-board__title" }, say(labels, "load_title")),
      over,
      covered,
      plan.node,
      table.node,
    );
    let spoken = false;
    const weigh = (all) => {
      const loads = loadPerMonth(all);
      const above = loads.flatMap((load, month) => (capacityOf(month) !== null && load > capacityOf(month) + 1e-9 ? [month] : []));
      const key = !byMonth.length ? "" : above.length ? "over" : "within";
      const sentence = key ? say(labels, key, { months: above.join(", ") }) : "";
      if (over.textContent !== sentence) {
        setText(over, sentence);
        // Only a change that somebody made is announced, not what was there on opening.
        if (spoken && sentence) speak(sentence);
      }
      over.hidden = !sentence;
      over.classList.toggle("al-roadmap__over--bad", above.length > 0);
      table.draw(loads.map((load, month) => ({ month, load, capacity: capacityOf(month) })));
      table.node.hidden = !loads.length;
    };
    const count = (all) => {
      for (const horizon of horizons) {
        const inside = all.filter((one) => one.horizon === horizon.id);
        const { status } = measures.places.get(horizon.id);
        const wanted = question.wanted?.[horizon.id];
        const room = byHorizon[horizon.id];
        const total = inside.reduce((sum, one) => sum + (typeof one.load === "number" && Number.isInteger(one.duration) ? one.load * one.duration : 0), 0);
        const parts = [
          say(labels, typeof wanted === "number" ? "count_wanted" : "count", { count: inside.length, wanted }),
          typeof room === "number" && say(labels, "horizon_load", { load: number(total), capacity: number(room), unit }),
        ];
        setText(status, parts.filter(Boolean).join(" ").trim());
        status.hidden = false;
      }
      const tags = (id) => all.filter((one) => idsOf(candidate.get(one.id)?.tags).includes(id)).length;
      setText(covered, cover.length ? say(labels, "to_cover", { items: cover.map(([id, text]) => say(labels, "covered_by", { text, count: tags(id) })).join(between) }) : "");
    };
    const sheet = candidates.length ? [candidateSheet({ labels, candidates, cover: new Map(cover), between, number, unit })] : [];

    return {
      nodes: [glossary(say(labels, "glossary"), FIELDS.map(words)), ...sheet, measures.node, summary],
      collect: () => ({ measures: measures.order().map((card) => card.get()) }),
      blank: ({ measures: all }) => !question.start && all.every((one) => !one.title.trim() && one.load === null && !one.owner.trim()),
      show(value) {
        spoken = false;
        measures.show(value.measures);
      },
      refresh() {
        measures.refresh();
        for (const card of measures.order()) card.refresh();
        for (const offered of pickers) offered();
        const all = measures.order().map((card) => card.get());
        count(all);
        weigh(all);
        plan.draw(measures.order().map((card) => ({ name: card.name(), ...card.usable() })));
        spoken = true;
      },
    };
  }
  return artefactEditor({ question, labels, answer, keep }, { read, make });
}

export default { render: (context) => renderQuestion(context, "roadmap", build) };
