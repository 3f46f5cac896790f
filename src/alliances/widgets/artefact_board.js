// Cards in sections: added, moved, removed and brought back by buttons; nothing is dragged.
import { h, setText, uid } from "./kit.js";
import { say } from "./words.js";
import { inOrder } from "./artefact_fields.js";
import { speak } from "./artefact.js";

const CLIP = 60; // characters of a text that names its card elsewhere

const clipped = (text) => (text.length > CLIP ? `${text.slice(0, CLIP - 1).trimEnd()}…` : text);

/** A button that does one small thing; `named` gives it a full name for those who do not see where it stands. */
export function smallButton(text, click) {
  const node = h("button", { type: "button", class: "al-card__tool", on: { click } }, text);
  return { node, named: (name) => node.setAttribute("aria-label", name) };
}

/**
 * Cards in sections. `make(card)` gives each its fields: `{ body, first, get(), show(entry), text(), refresh() }`.
 * `sections`: `{ id, title, help, add, blank() }`; `title(card, place)` is how a card is called; `movable` makes the
 * buttons that move one (artefact_moves.js), where the order of cards means something.
 */
export function board({ labels, sections, sectionOf, make, title, prefix, most, movable, locked = [], reserved = [], tools }) {
  const { draft, removals } = tools;
  const kept = new Set(locked);
  const cards = new Map();
  const owners = new WeakMap();
  let last = 0;
  const places = new Map(sections.map((section) => [section.id, drawn(section)]));
  const node = h("div", { class: "al-board" }, [...places.values()].map((place) => place.node));

  function drawn(section) {
    const headingId = uid("section");
    const list = h("ul", { class: "al-cards", role: "list" });
    const status = h("p", { class: "al-hint", hidden: true });
    const button = h(
      "button",
      { type: "button", class: "al-button al-button--quiet", on: { click: () => add({ id: fresh(), ...section.blank() }) } },
      section.add,
    );
    const actions = h("div", { class: "al-board__add" }, button);
    const place = { list, status, actions };
    place.node = h(
      "div",
      { class: "al-board__section", role: "group", "aria-labelledby": headingId },
      h("h3", { id: headingId, class: "al-board__title" }, section.title),
      section.help && h("p", { class: "al-hint" }, section.help),
      status,
      list,
      actions,
    );
    return place;
  }
  const fresh = () => {
    const number = new RegExp(`^${prefix}(\\d{1,6})$`);
    const used = [...cards.keys(), ...removals.ids(), ...reserved].map((id) => Number(number.exec(id)?.[1] ?? 0));
    return `${prefix}${Math.max(0, ...used) + 1}`;
  };
  const inSection = (id) => [...places.get(id).list.children].map((row) => owners.get(row)).filter(Boolean);
  const listed = () => {
    const all = sections.flatMap((section) => inSection(section.id));
    return movable ? all : all.sort((a, b) => a.rank - b.rank);
  };
  function draw(id) {
    const headingId = uid("card");
    const card = { id, rank: ++last, heading: "" };
    const heading = h("h4", { id: headingId, class: "al-card__title" });
    const remove = !kept.has(id) && smallButton(say(labels, "remove"), () => take(card));
    Object.assign(card, make(card));
    const moves = movable?.({ labels, card, draft, row: () => inSection(sectionOf(card.get())) });
    card.node = h(
      "li",
      { class: "al-card" },
      h(
        "div",
        { role: "group", "aria-labelledby": headingId, class: "al-card__group" },
        heading,
        card.body,
        h("div", { class: "al-card__tools" }, moves?.nodes ?? [], remove ? remove.node : h("span", { class: "al-hint" }, say(labels, "kept"))),
      ),
    );
    card.retitle = (place, count) => {
      card.heading = title(card, place);
      setText(heading, card.heading);
      remove?.named?.(say(labels, "remove_item", { item: card.name() }));
      moves?.refresh(place, count);
    };
    card.name = () => {
      const text = card.text().trim();
      return text ? say(labels, "named", { title: card.heading, text: clipped(text) }) : card.heading;
    };
    owners.set(card.node, card);
    cards.set(id, card);
    return card;
  }
  const take = (card) => {
    cards.delete(card.id);
    removals.remove(card.node, {
      id: card.id,
      name: card.name,
      restored: () => cards.set(card.id, card),
      focus: () => card.first.focus(),
    });
  };
  function add(entry) {
    if (cards.size >= most) return speak(say(labels, "at_most", { most }));
    removals.forget(entry.id);
    const card = draw(entry.id);
    places.get(sectionOf(entry)).list.append(card.node);
    card.show(entry);
    draft.now();
    speak(say(labels, "added", { item: card.heading }));
    card.first.focus();
  }
  return {
    node,
    add,
    places,
    order: listed,
    inSection,
    get: (id) => cards.get(id),
    /** Put a card in the section it now belongs to; the focus stays where it is. `told(item)` says so. */
    rehome(card, told) {
      const { list } = places.get(sectionOf(card.get()));
      const held = card.node.contains(document.activeElement) ? document.activeElement : null;
      const moved = card.node.parentNode !== list;
      if (moved) list.append(card.node);
      if (moved && held) held.focus();
      draft.now();
      if (moved) speak(told(card.name()));
    },
    /** Show entries: cards that are there stay the same elements. */
    show(entries) {
      for (const [id, card] of cards) {
        if (entries.some((entry) => entry.id === id)) continue;
        card.node.remove();
        cards.delete(id);
      }
      const rows = new Map(sections.map((section) => [section.id, []]));
      last = 0;
      for (const entry of entries) {
        const card = cards.get(entry.id) ?? draw(entry.id);
        card.rank = ++last;
        rows.get(sectionOf(entry)).push(card.node);
      }
      for (const [id, nodes] of rows) inOrder(places.get(id).list, nodes);
      for (const entry of entries) cards.get(entry.id).show(entry);
    },
    refresh() {
      for (const section of sections) {
        const row = inSection(section.id);
        row.forEach((card, index) => card.retitle(index + 1, row.length));
      }
    },
  };
}
