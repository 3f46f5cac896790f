// A text area that counts its words and never overwrites what somebody is typing.
import { h, setText, uid } from "./kit.js";
import { countWords, say } from "./words.js";

const PAUSE = 400; // milliseconds without typing before an answer is kept

/** Make a text area that counts its words. Returns `{ node, input, show(text), flush() }`. */
export function textArea({ label, labels, minimum, maximum, rows = 8, keep }) {
  const id = uid("text");
  const hintId = uid("words");
  let timer = 0;
  const input = h("textarea", {
    id,
    class: "al-textarea",
    rows,
    "aria-describedby": hintId,
    on: {
      input: () => {
        count();
        clearTimeout(timer);
        timer = setTimeout(flush, PAUSE);
      },
      change: () => flush(),
    },
  });
  label.setAttribute("for", id);
  const hint = h("p", { class: "al-hint", id: hintId });
  const count = () => {
    const words = countWords(input.value);
    let key = "words_free";
    if (minimum && maximum) key = "words_between";
    else if (maximum) key = "words_at_most";
    else if (minimum) key = "words_at_least";
    setText(hint, say(labels, key, { words, minimum, maximum }));
  };
  let kept = "";
  const flush = () => {
    clearTimeout(timer);
    if (input.value === kept) return;
    kept = input.value;
    keep(input.value);
  };
  count();
  return {
    input,
    node: h("div", { class: "al-field" }, label, input, hint),
    flush,
    show(text) {
      // Never write under the hands of somebody who types.
      if (document.activeElement === input && input.value !== kept) return;
      kept = text;
      if (input.value !== text) input.value = text;
      count();
    },
  };
}
