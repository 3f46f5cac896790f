// An agreement: who the parties are, how long it lasts, and its clauses in the order of the text.
import { h, uid } from "./kit.js";
import { say } from "./words.js";
import { renderQuestion } from "./question.js";
import { checkGroup, selectField, textField } from "./artefact_fields.js";
import { dateField } from "./artefact_date.js";
import { artefactEditor, entriesOf, glossary, idsOf, vocabulary, wordsOf } from "./artefact.js";
import { board } from "./artefact_board.js";
import { moveButtons } from "./artefact_moves.js";

const MOST = 60; // parties, and clauses: as logic/agreement.py reads them
const DECIDES = { yes: true, no: false, unsaid: null };

const listOf = (value) => (Array.isArray(value) ? value : []);

/** Any JSON as `{ parties, clauses, start, end }` with the fields in one order. */
function reader(kinds) {
  return (value) => ({
    parties: entriesOf(value?.parties)
      .slice(0, MOST)
      .map((party) => ({
        id: party.id,
        name: wordsOf(party.name),
        contributes: wordsOf(party.contributes),
        decides: typeof party.decides === "boolean" ? party.decides : null,
      })),
    clauses: entriesOf(value?.clauses)
      .slice(0, MOST)
      .map((clause) => ({
        id: clause.id,
        kind: kinds.some((kind) => kind.id === clause.kind) ? clause.kind : kinds[0].id,
        text: wordsOf(clause.text),
        parties: idsOf(clause.parties),
        date: wordsOf(clause.date),
      })),
    start: wordsOf(value?.start),
    end: wordsOf(value?.end),
  });
}

function build({ question, labels, lang, answer, keep }) {
  const kinds = listOf(question.clause_kinds).length ? question.clause_kinds : [{ id: "purpose", text: "purpose" }];
  const kindWords = vocabulary(kinds);
  const partyWords = vocabulary(question.party_fields);
  const clauseWords = vocabulary(question.clause_fields);
  const periodWords = vocabulary(question.period);
  const read = reader(kinds);
  const begun = read(question.start);

  function make({ draft, removals }) {
    const locked = listOf(question.locked);
    const parties = board({
      labels,
      tools: { draft, removals },
      prefix: "p",
      most: MOST,
      locked,
      reserved: [...locked, ...begun.parties.map((party) => party.id)],
      sections: [
        {
          id: "parties",
          title: say(labels, "parties"),
          help: say(labels, "parties_help"),
          add: say(labels, "add_party"),
          blank: () => ({ name: "", contributes: "", decides: null }),
        },
      ],
      sectionOf: () => "parties",
      title: (card, place) => say(labels, "party", { place }),
      make(card) {
        const name = textField({ label: partyWords("name").text, labels, draft });
        const contributes = textField({ label: partyWords("contributes").text, rows: 2, labels, draft });
        const options = Object.keys(DECIDES).map((id) => ({ id, text: say(labels, `decides_${id}`) }));
        const decides = selectField({ label: partyWords("decides").text, options, change: () => draft.now() });
        return {
          first: name.input,
          text: () => name.get(),
          body: h("div", { class: "al-card__fields" }, name.node, decides.node, contributes.node),
          get: () => ({ id: card.id, name: name.get(), contributes: contributes.get(), decides: DECIDES[decides.get()] ?? null }),
          show(party) {
            name.show(party.name);
            contributes.show(party.contributes);
            decides.show(Object.keys(DECIDES).find((id) => DECIDES[id] === party.decides));
          },
        };
      },
    });
    const nextKind = () => (kinds.find((kind) => !clauses.order().some((card) => card.get().kind === kind.id)) ?? kinds[0]).id;
    const clauses = board({
      labels,
      tools: { draft, removals },
      prefix: "c",
      most: MOST,
      movable: moveButtons,
      locked,
      reserved: [...locked, ...begun.clauses.map((clause) => clause.id)],
      sections: [
        {
          id: "clauses",
          title: say(labels, "clauses"),
          help: say(labels, "clauses_help"),
          add: say(labels, "add_clause"),
          blank: () => ({ kind: nextKind(), text: "", parties: [], date: "" }),
        },
      ],
      sectionOf: () => "clauses",
      title: (card, place) => say(labels, "clause", { place, kind: kindWords(card.get().kind).text }),
      make(card) {
        const explain = () => kind.explain(kindWords(kind.get()).help);
        const kind = selectField({ label: clauseWords("kind").text, options: kinds, change: () => (explain(), draft.now()), extra: "al-card__field--wide" });
        const text = textField({ label: clauseWords("text").text, rows: 3, labels, draft });
        const bound = checkGroup({
          legend: clauseWords("parties").text,
          none: say(labels, "no_party"),
          // A party just removed waits for an undo; one that never was in the list can be unticked.
          absent: (id) => (removals.gone(id) ? null : say(labels, "absent", { id })),
          draft,
        });
        const date = dateField({ label: clauseWords("date").text, labels, lang, draft });
        return {
          first: kind.input,
          text: () => "",
          bound,
          body: h("div", { class: "al-card__fields" }, kind.node, text.node, bound.node, date.node),
          get: () => ({ id: card.id, kind: kind.get(), text: text.get(), parties: bound.get(), date: date.get() }),
          show(clause) {
            kind.show(clause.kind);
            explain();
            text.show(clause.text);
            bound.show(clause.parties);
            date.show(clause.date);
          },
        };
      },
    });
    const words = glossary(say(labels, "glossary"), [
      ...["name", "contributes", "decides"].map(partyWords),
      ...["text", "parties", "date"].map(clauseWords),
    ]);
    const start = dateField({ label: periodWords("start").text, labels, lang, draft });
    const end = dateField({ label: periodWords("end").text, labels, lang, draft });
    const periodId = uid("period");
    const period = h(
      "div",
      { class: "al-board__section", role: "group", "aria-labelledby": periodId },
      h("h3", { id: periodId, class: "al-board__title" }, say(labels, "period")),
      h("div", { class: "al-card__fields al-agreement__period" }, start.node, end.node),
    );
    return {
      nodes: [words, parties.node, period, clauses.node],
      collect: () => ({
        parties: parties.order().map((card) => card.get()),
        clauses: clauses.order().map((card) => card.get()),
        start: start.get(),
        end: end.get(),
      }),
      blank: (value) =>
        !question.start &&
        !value.start &&
        !value.end &&
        value.parties.every((party) => !party.name.trim() && !party.contributes.trim() && party.decides === null) &&
        value.clauses.every((clause) => !clause.text.trim() && !clause.parties.length && !clause.date),
      show(value) {
        parties.show(value.parties);
        start.show(value.start);
        end.show(value.end);
        clauses.show(value.clauses);
      },
      refresh() {
        parties.refresh();
        const options = parties.order().map((card) => ({ id: card.id, text: card.text().trim() || card.heading }));
        for (const card of clauses.order()) card.bound.offered(options);
        clauses.refresh();
      },
    };
  }
  return artefactEditor({ question, labels, answer, keep }, { read, make });
}

export default { render: (context) => renderQuestion(context, "agreement", build) };
