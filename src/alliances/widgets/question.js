// The frame of every question: prompt, controls, « Vérifier » in practice, feedback under it.
import { announce, h, listen, liveRegion, sameJson, save, setText, uid, valueOf } from "./kit.js";
import { draw, drawnOf, evaluate, fill, writtenFigure } from "./rules.js";
import { formatNumber, say } from "./words.js";

/**
 * Render a question. `build(context)` makes the controls once and returns
 * `{ node, show(answer), flush() }`; afterwards values change, elements stay, so focus is never lost.
 */
export function renderQuestion({ model, el }, type, build) {
  liveRegion();
  let parts = null;
  let built = null;
  const render = () => {
    const question = valueOf(model, "question", {});
    const labels = valueOf(model, "labels", {});
    built = { question, labels };
    parts = drawQuestion(model, type, question, labels, build);
    el.replaceChildren(parts.root);
  };
  render();
  const redraw = () => {
    const same = sameJson(built.question, model.get("question")) && sameJson(built.labels, model.get("labels"));
    if (!same) render();
  };
  // An answer from elsewhere may have been given to other figures: those are then shown.
  const answered = () => {
    const { drawn } = withFigures(model, built.question);
    if (sameJson(drawn, parts.drawn)) parts.showAnswer();
    else render();
  };
  const marked = (message) => {
    if (message?.kind === "marked") parts.showMark(message.mark);
  };
  model.on("msg:custom", marked);
  const stop = listen(model, {
    seed: render,
    trouble: () => parts.showTrouble(true),
    question: redraw,
    labels: redraw,
    answer: answered,
    feedback: () => parts.showFeedback(valueOf(model, "feedback", null), true),
  });
  const flush = () => parts.flush();
  addEventListener("pagehide", flush);
  return () => {
    stop();
    model.off("msg:custom", marked);
    removeEventListener("pagehide", flush);
    parts.flush();
  };
}

/** The question with its figures drawn and written into its prompt; `drawn` goes with every answer. */
function withFigures(model, question) {
  if (!question.parameters) return { question, drawn: null };
  const stored = drawnOf(question, valueOf(model, "answer", null)?.drawn);
  const drawn = stored ?? draw(question, valueOf(model, "seed", ""));
  const lang = valueOf(model, "lang", question.lang || "fr");
  const written = Object.fromEntries(Object.entries(drawn).map(([name, value]) => [name, writtenFigure(value, lang)]));
  const shown = { ...question, prompt: fill(question.prompt ?? "", written) };
  if (question.prompt_html) shown.prompt_html = fill(question.prompt_html, written);
  return { question: shown, drawn };
}

function drawQuestion(model, type, given, labels, build) {
  const { question, drawn } = withFigures(model, given);
  const practice = valueOf(model, "practice", false);
  const lang = valueOf(model, "lang", question.lang || "fr");
  const feedback = feedbackBox(labels, lang);
  let last = valueOf(model, "answer", null);
  const controls = build({
    question,
    labels,
    lang,
    answer: last,
    /** Keep an answer; what was said of the previous one no longer holds. */
    keep(value) {
      const answer = value && drawn ? { ...value, drawn } : value;
      if (sameJson(answer, last)) return;
      last = answer;
      save(model, { answer });
      if (practice) feedback.hide();
    },
  });
  const showMark = (result) => {
    feedback.show(result, { points: false, step: valueOf(model, "next_step_html", "") });
    announce(feedback.spoken());
  };
  const check = () => {
    controls.flush();
    const table = model.get("table");
    if (table) showMark(evaluate(table, last));
    // A type whose rules are no table is marked by the kernel; without one the page says so.
    else if (valueOf(model, "marked_by", "") === "kernel") model.send({ kind: "check" });
    else showMark({ verdict: "", reason: say(labels, "not_marked_here"), next_step: "" });
  };
  const trouble = h("p", { class: "al-hint al-hint--bad" });
  const showTrouble = (spoken) => {
    const words = valueOf(model, "trouble", "");
    setText(trouble, words);
    trouble.hidden = !words;
    if (spoken && words) announce(words);
  };
  const root = h(
    "div",
    { class: `al-question al-question--${type}`, lang },
    controls.node,
    practice &&
      h(
        "div",
        { class: "al-actions" },
        h("button", { type: "button", class: "al-button", on: { click: check } }, say(labels, "check")),
      ),
    trouble,
    feedback.node,
  );
  const showFeedback = (result, spoken) => {
    if (!result || typeof result !== "object") return feedback.hide();
    feedback.show(result, { points: true, step: result.next_step_html });
    if (spoken) announce(feedback.spoken());
  };
  showFeedback(valueOf(model, "feedback", null), false);
  showTrouble(false);
  return {
    root,
    drawn,
    showFeedback,
    showMark,
    showTrouble,
    flush: controls.flush,
    showAnswer() {
      const answer = valueOf(model, "answer", null);
      if (sameJson(answer, last)) return;
      last = answer;
      controls.show(answer);
    },
  };
}

/** Points as people write them: 1, 0,50. */
export function figure(points, lang) {
  const number = Number(points);
  return Number.isFinite(number) ? formatNumber(number, Number.isInteger(number) ? 0 : 2, lang) : "";
}

/** The place under a question where the verdict, the reason and the next step appear. */
export function feedbackBox(labels, lang) {
  const verdict = h("p", { class: "al-feedback__verdict" });
  const reason = h("div", { class: "al-feedback__reason" });
  const step = h("p", { class: "al-feedback__step" });
  const node = h("div", { class: "al-feedback", hidden: true }, verdict, reason, step);
  return {
    node,
    hide() {
      node.hidden = true;
    },
    show(result, { points, step: stepHtml }) {
      // What is not marked here has no verdict.
      const name = result.verdict ? say(labels, `verdict_${result.verdict}`) : "";
      const line = points && result.verdict !== "person" && result.max_points > 0
        ? say(labels, "verdict_line", { verdict: name, points: figure(result.points, lang), maximum: figure(result.max_points, lang) })
        : name;
      node.dataset.verdict = result.verdict;
      setText(verdict, line);
      verdict.hidden = !line;
      const [first, ...others] = (result.reason || "").split("\n");
      reason.replaceChildren(h("p", {}, first), ...(others.length ? [h("ul", {}, others.map((line) => h("li", {}, line)))] : []));
      reason.hidden = !result.reason;
      step.hidden = !result.next_step;
      step.replaceChildren();
      if (result.next_step) fillStep(step, labels, result.next_step, stepHtml);
      node.hidden = false;
    },
    spoken: () => [verdict, reason, step].filter((p) => !p.hidden).map((p) => p.textContent).join(". "),
  };
}

function fillStep(paragraph, labels, text, html) {
  const [before, after = ""] = say(labels, "next_step", { step: "\u0000" }).split("\u0000");
  const words = h("span");
  // Compiled by Python with raw HTML switched off; without it the words alone are shown.
  if (typeof html === "string" && html) words.innerHTML = html;
  else words.textContent = text.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
  paragraph.append(before, words, after);
}

/**
 * The prompt as a legend when it is one paragraph; longer prompts stand before a short legend.
 * Returns `{ before, legend, describedby }`.
 */
export function promptParts(question, labels) {
  const blocks = promptBlocks(question);
  if (blocks.length === 1 && blocks[0].tagName === "P") {
    const legend = h("legend", { class: "al-prompt" });
    legend.append(...blocks[0].childNodes);
    return { before: null, legend, describedby: null };
  }
  const id = uid("prompt");
  return {
    before: h("div", { class: "al-prompt", id }, blocks),
    legend: h("legend", { class: "al-legend" }, say(labels, "your_answer")),
    describedby: id,
  };
}

export function promptBlocks(question) {
  if (typeof question.prompt_html === "string" && question.prompt_html) {
    const template = document.createElement("template");
    template.innerHTML = question.prompt_html;
    for (const table of template.content.querySelectorAll("table")) {
      // A wide table scrolls by itself, with the keyboard too; the page never scrolls sideways.
      const frame = h("div", { class: "al-scroll", tabindex: "0", role: "group", "aria-label": question.id || "" });
      table.replaceWith(frame);
      frame.append(table);
    }
    return [...template.content.children];
  }
  const paragraphs = String(question.prompt ?? "").split(/\n\s*\n/).filter((text) => text.trim());
  return paragraphs.length ? paragraphs.map((text) => h("p", {}, text.trim())) : [h("p")];
}

/** A radio button in its label; the whole line is the target. */
export function radio(name, value, text, checked, change, extra = "") {
  const input = h("input", { type: "radio", name, value, on: { change } });
  input.checked = checked;
  return h("label", { class: `al-option ${extra}`.trim() }, input, h("span", {}, text));
}

/** The box « Je ne sais pas » of a question that is typed. */
export function unknownBox(labels, change) {
  const input = h("input", { type: "checkbox", on: { change: () => change(input.checked) } });
  return { input, node: h("label", { class: "al-option al-option--unknown" }, input, h("span", {}, say(labels, "unknown"))) };
}
