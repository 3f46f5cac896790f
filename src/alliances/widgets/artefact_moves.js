// The two buttons that move a card in its section.
import { say } from "./words.js";
import { speak } from "./artefact.js";
import { smallButton } from "./artefact_board.js";

/** `row()` gives the cards of the section in their order. */
export function moveButtons({ labels, card, draft, row }) {
  const up = smallButton(say(labels, "up"), () => shift(-1));
  const down = smallButton(say(labels, "down"), () => shift(1));
  const shift = (step) => {
    const cards = row();
    const at = cards.indexOf(card);
    const other = cards[at + step];
    if (!other) return speak(say(labels, step < 0 ? "already_first" : "already_last", { item: card.name() }));
    // The neighbour moves, not the card that has the focus.
    if (step < 0) card.node.after(other.node);
    else card.node.before(other.node);
    draft.now();
    speak(say(labels, "moved", { item: card.name(), place: at + step + 1, count: cards.length }));
  };
  return {
    nodes: [up.node, down.node],
    refresh(place, count) {
      for (const [button, name, end] of [[up, say(labels, "up_item", { item: card.name() }), place === 1], [down, say(labels, "down_item", { item: card.name() }), place === count]]) {
        button.named(name);
        // Not disabled: a button that has the focus would lose it at the end of the list.
        button.node.setAttribute("aria-disabled", String(end));
      }
    },
  };
}
