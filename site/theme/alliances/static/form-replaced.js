// Answers that another tab, another computer or a copy taken up replaced: shown in words, and taken back.

const LABELS = ["text", "label", "title", "name"];

/** Show `file.replaced`. `ask` gives a question's name, its specification and what to do when one is taken back. */
export function showReplaced(details, replaced, { say, nameOf, questionOf, takeBack }) {
  const focused = details.contains(document.activeElement) && document.activeElement.tagName === "BUTTON";
  details.hidden = replaced.length === 0;
  details.querySelector("[data-al-replaced-title]").textContent = say("replaced_title", { count: replaced.length });
  const lines = replaced.map((entry) => {
    const line = document.createElement("li");
    const name = document.createElement("strong");
    name.textContent = nameOf(entry.question);
    const words = document.createElement("blockquote");
    words.textContent = describe(questionOf(entry.question), entry.answer, say);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "al-action";
    button.textContent = say("take_back");
    button.setAttribute("aria-label", `${say("take_back")} – ${nameOf(entry.question)}`);
    button.onclick = () => takeBack(entry);
    line.append(name, words, button);
    return line;
  });
  details.querySelector("[data-al-replaced-list]").replaceChildren(...lines);
  // The button that was pressed is gone: the focus stays on the list, never falls back to the top of the page.
  if (focused && !details.hidden) details.querySelector("summary").focus();
}

/** An answer in words: the texts of the options chosen, what was typed, the figures given. */
export function describe(question, answer, say) {
  if (!answer || typeof answer !== "object") return say("no_answer");
  if (answer.unknown === true) return say("unknown");
  const { drawn, unknown, ...given } = answer;
  return words(given, labelsOf(question)).join(" · ") || say("no_answer");
}

function words(value, labels) {
  if (value === null || value === undefined || value === "" || typeof value === "boolean") return [];
  if (Array.isArray(value)) return value.flatMap((item) => words(item, labels));
  if (typeof value === "object") {
    return Object.entries(value).flatMap(([name, item]) => {
      const inner = words(item, labels);
      return inner.length && labels.has(name) ? [`${labels.get(name)} → ${inner.join(", ")}`] : inner;
    });
  }
  return [labels.get(String(value)) ?? String(value)];
}

/** What people read for each id that a question's specification names. */
function labelsOf(question, found = new Map()) {
  if (Array.isArray(question)) for (const item of question) labelsOf(item, found);
  else if (question && typeof question === "object") {
    const label = LABELS.map((name) => question[name]).find((text) => typeof text === "string" && text);
    if (typeof question.id === "string" && label) found.set(question.id, label.replace(/[*_`]/g, ""));
    for (const item of Object.values(question)) labelsOf(item, found);
  }
  return found;
}
