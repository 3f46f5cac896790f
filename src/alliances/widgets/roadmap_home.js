// Take the roadmap away: a page, a print, a table, a calendar; or go back to where it began.
import { announce, h, listen, setText, uid, valueOf } from "./kit.js";
import { say } from "./words.js";
import { goButton, stepSection } from "./toolpart.js";

const KINDS = { html: "text/html;charset=utf-8", csv: "text/csv;charset=utf-8", ics: "text/calendar;charset=utf-8" };

function render(context) {
  const { model } = context;
  const labels = valueOf(model, "labels", {});
  const data = () => valueOf(model, "data", {});
  const frame = stepSection(context, "roadmap-take", say(labels, "step_take"));
  const take = (kind) => () => {
    const { files = {}, filename = "roadmap" } = data();
    const name = `${filename}.${kind}`;
    // The mark at the start tells spreadsheets that the file is UTF-8.
    const parts = kind === "csv" ? ["\ufeff", files[kind] ?? ""] : [files[kind] ?? ""];
    const address = URL.createObjectURL(new Blob(parts, { type: KINDS[kind] }));
    h("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    announce(say(labels, "downloaded", { filename: name }));
  };
  const print = () => {
    // The page to take home, alone: the tool itself would print its buttons.
    const sheet = h("iframe", { class: "al-roadmap21__sheet", title: say(labels, "print"), "aria-hidden": "true", tabindex: "-1" });
    sheet.addEventListener("load", () => {
      sheet.contentWindow.addEventListener("afterprint", () => sheet.remove());
      sheet.contentWindow.print();
      announce(say(labels, "printed"));
    });
    sheet.srcdoc = data().files?.html ?? "";
    document.querySelectorAll(".al-roadmap21__sheet").forEach((old) => old.remove());
    document.body.append(sheet);
  };
  const button = (words, click, quiet = false) =>
    h("button", { type: "button", class: quiet ? "al-button al-button--quiet" : "al-button", on: { click } }, words);
  const zero = h("input", { type: "text", id: uid("zero"), class: "al-number", maxlength: "7", autocomplete: "off" });
  const trouble = h("p", { class: "al-hint al-hint--bad", id: uid("trouble") });
  zero.setAttribute("aria-describedby", trouble.id);
  zero.addEventListener("change", () => model.send({ kind: "zero", written: zero.value }));
  const eraseButton = button(say(labels, "erase"), () => ask(true), true);
  const sure = h("div", { class: "al-note", hidden: true },
    h("p", {}, say(labels, "erase_sure")),
    h("div", { class: "al-actions" },
      button(say(labels, "erase_yes"), () => erase()),
      button(say(labels, "erase_no"), () => ask(false), true)));
  const ask = (open) => {
    sure.hidden = !open;
    (open ? sure.querySelector("button:last-of-type") : eraseButton).focus();
  };
  const erase = () => {
    model.send({ kind: "erase" });
    sure.hidden = true;
    eraseButton.focus();
    announce(say(labels, "erased"));
  };
  frame.body.append(
    h("p", {}, say(labels, "take_help")),
    h("div", { class: "al-actions" },
      button(say(labels, "download_html"), take("html")),
      button(say(labels, "print"), print),
      button(say(labels, "download_csv"), take("csv")),
      button(say(labels, "download_ics"), take("ics"))),
    h("p", {}, h("label", { for: zero.id, class: "al-label" }, say(labels, "month_zero")), zero),
    trouble,
    h("div", { class: "al-actions" }, goButton(model, 1, say(labels, "back_compose"), true), eraseButton),
    sure,
  );
  const update = (spoken) => {
    const { zero: kept = "", trouble: words = "" } = data();
    if (!words && document.activeElement !== zero) zero.value = kept;
    if (spoken && words && words !== trouble.textContent) announce(words);
    setText(trouble, words);
    trouble.hidden = !words;
    zero.setAttribute("aria-invalid", String(Boolean(words)));
  };
  zero.value = data().zero ?? "";
  update(false);
  const stop = listen(model, { data: () => update(true) });
  return () => {
    stop();
    frame.stop();
  };
}

export default { render };
