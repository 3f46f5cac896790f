// Step 4: take one's readings away, or erase them.
import { announce, h, listen, valueOf } from "./kit.js";
import { say } from "./words.js";
import { goButton, stepSection } from "./toolpart.js";

function render(context) {
  const { model } = context;
  const labels = valueOf(model, "labels", {});
  const frame = stepSection(context, "takehome", say(labels, "step_take_home"));
  const body = h("tbody", {});
  const empty = h("p", { class: "al-note" }, say(labels, "nothing_to_take"));
  const title = say(labels, "my_readings");
  const frameOfTable = h(
    "div",
    { class: "al-scroll", tabindex: "0", role: "group", "aria-label": title },
    h(
      "table",
      { class: "al-table" },
      h("caption", {}, title),
      h("thead", {}, h("tr", {}, ["case", "family", "decided", "sentence_short"].map((key) => h("th", { scope: "col" }, say(labels, key))))),
      body,
    ),
  );
  const download = h("button", { type: "button", class: "al-button", on: { click: () => take() } }, say(labels, "download"));
  const sure = h("div", { class: "al-note", hidden: true },
    h("p", {}, say(labels, "erase_sure")),
    h("div", { class: "al-actions" },
      h("button", { type: "button", class: "al-button", on: { click: () => erase() } }, say(labels, "erase_yes")),
      h("button", { type: "button", class: "al-button al-button--quiet", on: { click: () => ask(false) } }, say(labels, "erase_no"))));
  const eraseButton = h("button", { type: "button", class: "al-button al-button--quiet", on: { click: () => ask(true) } }, say(labels, "erase"));
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
  const take = () => {
    const { csv = "", filename = "readings.csv" } = valueOf(model, "data", {});
    // The mark at the start tells spreadsheets that the file is UTF-8.
    const address = URL.createObjectURL(new Blob(["\ufeff", csv], { type: "text/csv;charset=utf-8" }));
    const link = h("a", { href: address, download: filename });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    announce(say(labels, "downloaded", { filename }));
  };
  frame.body.append(
    h("p", {}, say(labels, "take_home_help")),
    empty,
    frameOfTable,
    h("div", { class: "al-actions" }, download, goButton(model, 2, say(labels, "back_to_compare"), true), eraseButton),
    sure,
  );
  const update = () => {
    const rows = valueOf(model, "data", {}).rows ?? [];
    empty.hidden = rows.length > 0;
    frameOfTable.hidden = rows.length === 0;
    download.hidden = rows.length === 0;
    body.replaceChildren(...rows.map(([first, ...others]) =>
      h("tr", {}, h("th", { scope: "row" }, first), others.map((cell) => h("td", {}, cell)))));
  };
  update();
  const stop = listen(model, { data: update });
  return () => {
    stop();
    frame.stop();
  };
}

export default { render };
