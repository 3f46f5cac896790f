// A text file: read here, in the browser, and kept as text beside the other answers.
import { announce, h, setText, uid } from "./kit.js";
import { promptBlocks, renderQuestion, unknownBox } from "./question.js";
import { countWords, formatNumber, say } from "./words.js";

const KB = 1000;
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

/** The text of a file, or null when it holds none. Spreadsheets of Windows still write the old encoding. */
async function textOf(file) {
  const bytes = await file.arrayBuffer();
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    text = new TextDecoder("windows-1252").decode(bytes);
  }
  return CONTROL.test(text) ? null : text;
}

function build({ question, labels, lang, answer, keep }) {
  const accept = Array.isArray(question.accept) ? question.accept : [".txt"];
  const most = Number(question.max_kb) || 60;
  const id = uid("file");
  const hintId = uid("hint");
  const troubleId = uid("trouble");
  const kinds = accept.join(", ");
  const blocks = promptBlocks(question);
  const single = blocks.length === 1 && blocks[0].tagName === "P";
  const labelId = uid("label");
  const pickId = uid("pick");
  const label = h("label", { for: id, id: labelId, class: single ? "al-prompt" : "al-label" });
  if (single) label.append(...blocks[0].childNodes);
  else label.textContent = say(labels, "your_file");
  let held = null;
  let asked = 0;

  const sizeOf = (text) => new TextEncoder().encode(text).length;
  const inKb = (bytes) => formatNumber(Math.max(0.1, bytes / KB), 1, lang);
  const trouble = h("p", { class: "al-hint al-hint--bad", id: troubleId, hidden: true });
  const input = h("input", {
    id,
    class: "al-file__input",
    type: "file",
    accept: accept.join(","),
    // What is read on the button belongs to the name: somebody may call it by these words.
    "aria-labelledby": `${labelId} ${pickId}`,
    "aria-describedby": `${hintId} ${troubleId}`,
    on: { change: () => chosen() },
  });
  const pick = h("span", { class: "al-file__button", id: pickId });
  const name = h("p", { class: "al-file__name" });
  const preview = h("pre", { class: "al-file__text", tabindex: "0", role: "group", "aria-label": say(labels, "content") });
  const remove = h(
    "button",
    { type: "button", class: "al-button al-button--quiet", on: { click: () => removed() } },
    say(labels, "remove"),
  );
  const card = h(
    "div",
    { class: "al-file__card", hidden: true },
    name,
    h("details", { class: "al-file__details" }, h("summary", {}, say(labels, "see")), preview),
    remove,
  );
  const refuse = (key, values = {}) => {
    input.value = "";
    input.setAttribute("aria-invalid", "true");
    setText(trouble, say(labels, key, { kinds, most: formatNumber(most, 0, lang), ...values }));
    trouble.hidden = false;
    announce(trouble.textContent);
  };
  const forgive = () => {
    input.removeAttribute("aria-invalid");
    trouble.hidden = true;
    setText(trouble, "");
  };
  const draw = () => {
    setText(pick, say(labels, held ? "pick_other" : "pick"));
    card.hidden = !held;
    if (!held) return;
    const values = { name: held.name, size: inKb(sizeOf(held.text)), words: formatNumber(countWords(held.text), 0, lang) };
    setText(name, say(labels, "kept", values));
    setText(preview, held.text);
    remove.setAttribute("aria-label", say(labels, "remove_name", { name: held.name }));
  };
  const chosen = async () => {
    const file = input.files[0];
    if (!file) return;
    const turn = (asked += 1);
    const values = { name: file.name, size: inKb(file.size) };
    if (!accept.some((kind) => file.name.toLowerCase().endsWith(kind))) return refuse("wrong_kind", values);
    if (file.size > most * KB) return refuse("too_big", values);
    let text;
    try {
      text = await textOf(file);
    } catch {
      return refuse("unreadable", values);
    }
    // Somebody may have chosen another file, or removed this one, while it was read.
    if (turn !== asked) return;
    if (text === null) return refuse("not_text", values);
    if (!text.trim()) return refuse("empty", values);
    if (sizeOf(text) > most * KB) return refuse("too_big", { ...values, size: inKb(sizeOf(text)) });
    forgive();
    unknown.input.checked = false;
    held = { name: file.name, text };
    keep(held);
    draw();
    announce(name.textContent);
  };
  const removed = () => {
    asked += 1;
    const values = { name: held.name };
    held = null;
    input.value = "";
    forgive();
    keep(unknown.input.checked ? { unknown: true } : null);
    draw();
    input.focus();
    announce(say(labels, "removed", values));
  };
  const unknown = unknownBox(labels, (checked) => {
    asked += 1;
    keep(checked ? { unknown: true } : held);
  });
  const node = h(
    "div",
    {},
    single ? null : h("div", { class: "al-prompt" }, blocks),
    h(
      "div",
      { class: "al-field" },
      label,
      h("p", { class: "al-hint", id: hintId }, say(labels, "accepted", { kinds, most: formatNumber(most, 0, lang) })),
      h("div", { class: "al-file__pick" }, pick, input),
      trouble,
      card,
    ),
    unknown.node,
  );
  const show = (value) => {
    unknown.input.checked = value?.unknown === true;
    if (!unknown.input.checked) {
      asked += 1;
      held = typeof value?.text === "string" && value.text ? { name: String(value.name ?? ""), text: value.text } : null;
    }
    draw();
  };
  show(answer);
  return { node, show, flush() {} };
}

export default { render: (context) => renderQuestion(context, "file", build) };
