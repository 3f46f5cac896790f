// A day on a card.
import { h, uid } from "./kit.js";
import { say } from "./words.js";
import { hintOf, labelled, said, typing } from "./artefact_fields.js";

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The day in words, « 1er mars 2027 »; null when it is none of the calendar. */
export function dayInWords(written, lang) {
  const [, year, month, day] = DAY.exec(written) ?? [];
  if (!day) return null;
  const date = new Date(`${written}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.getUTCMonth() + 1 !== Number(month) || year === "0000") return null;
  const words = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "fr-FR", { dateStyle: "long", timeZone: "UTC" }).format(date);
  return lang === "en" ? words : words.replace(/^1 /, "1er ");
}

/** A day of the calendar. One that was written before and cannot be read is said, and kept until another is chosen. */
export function dateField({ label, help = "", labels, lang, draft }) {
  const hint = hintOf(help);
  let unreadable = "";
  const input = h("input", {
    id: uid("field"),
    class: "al-card__line al-card__date",
    type: "date",
    max: "9999-12-31",
    on: {
      input: () => {
        unreadable = "";
        explain();
        draft.later();
      },
      change: () => draft.now(),
    },
  });
  const explain = () => {
    if (unreadable) return said(hint, say(labels, "not_a_day", { found: unreadable }), true);
    const day = dayInWords(input.value, lang);
    said(hint, day ? say(labels, "day_read", { day }) : help);
  };
  return {
    input,
    node: labelled(label, input, hint),
    get: () => input.value || unreadable,
    show(value) {
      if (typing(input, draft)) return;
      const good = dayInWords(value, lang) !== null;
      unreadable = good ? "" : value;
      const wanted = good ? value : "";
      if (input.value !== wanted) input.value = wanted;
      explain();
    },
  };
}
