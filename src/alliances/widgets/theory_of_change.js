// A theory of change: cards by kind, links made by a native list with their reason, a drawing of the same content.
import { h, setText, uid } from "./kit.js";
import { say } from "./words.js";
import { renderQuestion } from "./question.js";
import { inOrder, offer, selectField, textField } from "./artefact_fields.js";
import { artefactEditor, entriesOf, vocabulary, wordsOf } from "./artefact.js";
import { board, smallButton } from "./artefact_board.js";
import { theoryDrawing } from "./theory_drawing.js";

const MOST_NODES = 60; // as logic/theory_of_change.py reads it
const MOST_LINKS = 200;
const FIELDS = ["unit", "source", "baseline", "frequency", "owner", "burden"];

const listOf = (value) => (Array.isArray(value) ? value : []);

/** Any JSON as `{ nodes, links }` with the fields in one order. */
function reader(kinds) {
  const indicator = (value) => {
    const written = Object.fromEntries(FIELDS.map((name) => [name, wordsOf(value?.[name])]));
    return Object.values(written).some((text) => text.trim()) ? written : null;
  };
  return (value) => ({
    nodes: entriesOf(value?.nodes)
      .slice(0, MOST_NODES)
      .map((node) => ({
        id: node.id,
        kind: kinds.some((kind) => kind.id === node.kind) ? node.kind : kinds[0].id,
        text: wordsOf(node.text),
        indicator: indicator(node.indicator),
      })),
    links: listOf(value?.links)
      .filter((link) => wordsOf(link?.from) && wordsOf(link?.to))
      .slice(0, MOST_LINKS)
      .map((link) => ({ from: wordsOf(link.from), to: wordsOf(link.to), because: wordsOf(link.because) })),
  });
}

/** The six fields that say how one will know, closed until they are wanted. */
function indicatorFields({ question, labels, draft }) {
  const words = vocabulary(question.indicator_fields);
  const burdens = [{ id: "", text: say(labels, "not_said") }, ...listOf(question.burdens)];
  const fields = FIELDS.map((name) => {
    const { text: label, help } = words(name);
    return name === "burden"
      ? selectField({ label, help, options: burdens, change: () => draft.now() })
      : textField({ label, help, labels, draft });
  });
  const summary = h("summary");
  const get = () => {
    const written = Object.fromEntries(FIELDS.map((name, at) => [name, fields[at].get()]));
    return Object.values(written).some((text) => text.trim()) ? written : null;
  };
  return {
    node: h("details", { class: "al-card__more" }, summary, h("div", { class: "al-card__fields" }, fields.map((field) => field.node))),
    get,
    show: (value) => FIELDS.forEach((name, at) => fields[at].show(value?.[name] ?? "")),
    refresh() {
      const done = Object.values(get() ?? {}).filter((text) => text.trim()).length;
      setText(summary, say(labels, "indicator", { done, count: FIELDS.length }));
    },
  };
}

function build({ question, labels, lang, answer, keep }) {
  const kinds = listOf(question.kinds).length ? question.kinds : [{ id: "need", text: "need" }];
  const words = vocabulary(kinds);
  const read = reader(kinds);

  function make({ draft, removals }) {
    let rank = 0;
    const rowsOf = new WeakMap();
    const nodes = board({
      labels,
      tools: { draft, removals },
      prefix: "n",
      most: MOST_NODES,
      locked: listOf(question.locked),
      reserved: [...listOf(question.locked), ...read(question.start).nodes.map((node) => node.id)],
      sections: kinds.map((kind) => ({
        id: kind.id,
        title: kind.text,
        help: words(kind.id).help,
        add: say(labels, "add", { kind: kind.text.toLocaleLowerCase(lang) }),
        blank: () => ({ kind: kind.id, text: "", indicator: null, links: [] }),
      })),
      sectionOf: (node) => node.kind,
      title: (card, place) => say(labels, "card", { kind: words(card.get().kind).text, place }),
      make: nodeCard,
    });
    const orphans = h("ul", { class: "al-cards", role: "list" });
    const lost = h("section", { class: "al-board__section", hidden: true }, h("p", { class: "al-hint" }, say(labels, "orphans")), orphans);
    const drawing = theoryDrawing(kinds, say(labels, "drawing"));

    const nameOf = (id) => nodes.get(id)?.name() ?? say(labels, "absent", { id });
    /** What a link may lead to, by kind; a target that was never there stays readable. */
    const targets = (self, chosen) => {
      const groups = kinds
        .map((kind) => ({
          text: kind.text,
          options: nodes.inSection(kind.id).filter((card) => card.id !== self).map((card) => ({ id: card.id, text: card.name() })),
        }))
        .filter((group) => group.options.length);
      const first = [{ id: "", text: say(labels, "choose") }];
      if (chosen && (!nodes.get(chosen) || chosen === self)) first.push({ id: chosen, text: nameOf(chosen) });
      return [{ text: "", options: first }, ...groups];
    };

    function linkRow(card) {
      const row = { rank: ++rank, from: card?.id ?? "" };
      let target = "";
      const select = h("select", { id: uid("to"), class: "al-select", on: { change: () => ((target = select.value), draft.now()) } });
      const because = textField({ label: say(labels, "because"), help: "", rows: 2, labels, draft });
      const remove = smallButton(say(labels, "remove_link"), () => {
        const name = () => say(labels, "link_name", { start: nameOf(row.from), end: nameOf(target) });
        removals.remove(row.node, { name: target ? name : () => say(labels, "link"), focus: () => (card ? select : remove.node).focus() });
      });
      const source = h("p", { hidden: Boolean(card) });
      row.node = h(
        "li",
        { class: "al-link" },
        source,
        h("div", { class: "al-card__field" }, h("label", { for: select.id, class: "al-label" }, say(labels, "leads_to")), select),
        because.node,
        remove.node,
      );
      rowsOf.set(row.node, row);
      return Object.assign(row, {
        first: select,
        get: () => ({ from: row.from, to: target, because: because.get(), rank: row.rank }),
        show(link) {
          row.from = link.from;
          row.rank = link.rank;
          target = link.to;
          because.show(link.because);
        },
        refresh() {
          offer(select, targets(row.from, target), target);
          // The link of an element that was just removed waits with it for an undo.
          row.node.hidden = Boolean(removals.gone(target) || removals.gone(row.from));
          setText(source, say(labels, "starts_at", { item: nameOf(row.from) }));
          remove.named(target ? say(labels, "remove_link_to", { item: nameOf(target) }) : say(labels, "remove_link"));
        },
      });
    }
    const rowsIn = (list) => [...list.children].map((item) => rowsOf.get(item)).filter(Boolean);
    const showRows = (list, links, card) => {
      const rows = rowsIn(list);
      for (const row of rows.slice(links.length)) row.node.remove();
      const shown = links.map((link, at) => {
        const row = rows[at] ?? linkRow(card);
        row.show(link);
        return row.node;
      });
      inOrder(list, shown);
    };
    const allRows = () => [...nodes.order().flatMap((card) => rowsIn(card.links)), ...rowsIn(orphans)];
    const links = () =>
      allRows()
        .map((row) => row.get())
        .filter((link) => link.to && !removals.gone(link.to) && !removals.gone(link.from))
        .sort((a, b) => a.rank - b.rank);

    const moved = (item) => say(labels, "now_called", { item });

    function nodeCard(card) {
      const kind = selectField({ label: say(labels, "kind"), options: kinds, change: () => nodes.rehome(card, moved) });
      const text = textField({ label: say(labels, "text"), rows: 3, labels, draft });
      const indicator = indicatorFields({ question, labels, draft });
      const list = h("ul", { class: "al-links", role: "list" });
      const before = h("p", { class: "al-hint" });
      const add = smallButton(say(labels, "add_link"), () => {
        if (links().length >= MOST_LINKS) return;
        const row = linkRow(card);
        list.append(row.node);
        draft.now();
        row.first.focus();
      });
      return {
        first: text.input,
        links: list,
        text: () => text.get(),
        body: h("div", { class: "al-card__fields" }, text.node, kind.node, indicator.node, h("div", { class: "al-card__links" }, before, list, add.node)),
        get: () => ({ id: card.id, kind: kind.get(), text: text.get(), indicator: indicator.get() }),
        show(node) {
          text.show(node.text);
          kind.show(node.kind);
          indicator.show(node.indicator);
          showRows(list, node.links, card);
        },
        refresh(all) {
          indicator.refresh();
          for (const row of rowsIn(list)) row.refresh();
          const items = all.filter((link) => link.to === card.id).map((link) => nodes.get(link.from)?.heading).filter(Boolean);
          setText(before, items.length ? say(labels, "comes_from", { items: [...new Set(items)].join(", ") }) : "");
          before.hidden = !items.length;
          add.named(say(labels, "add_link_from", { item: card.name() }));
        },
      };
    }

    const collect = () => ({
      nodes: nodes.order().map((card) => card.get()),
      links: links().map(({ from, to, because }) => ({ from, to, because })),
    });
    return {
      nodes: [nodes.node, lost, drawing.node],
      collect,
      blank: ({ nodes: all }) => !question.start && all.every((node) => !node.text.trim() && !node.indicator),
      show(theory) {
        const ranked = theory.links.map((link, at) => ({ ...link, rank: at + 1 }));
        rank = ranked.length;
        nodes.show(theory.nodes.map((node) => ({ ...node, links: ranked.filter((link) => link.from === node.id) })));
        showRows(orphans, ranked.filter((link) => !theory.nodes.some((node) => node.id === link.from)), null);
      },
      refresh() {
        nodes.refresh();
        const all = links();
        for (const card of nodes.order()) card.refresh(all);
        for (const row of rowsIn(orphans)) row.refresh();
        lost.hidden = !orphans.children.length;
        drawing.draw(collect());
      },
    };
  }
  return artefactEditor({ question, labels, lang, answer, keep }, { read, make });
}

export default { render: (context) => renderQuestion(context, "theory_of_change", build) };
