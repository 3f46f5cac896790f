// What the form asks before it hands a copy in or erases it.

/** Show a dialog and return whether it was confirmed. */
export function ask(dialog) {
  return new Promise((resolve) => {
    let confirmed = false;
    dialog.querySelector("[data-al-confirm]").onclick = () => {
      confirmed = true;
      dialog.close();
    };
    dialog.querySelector("[data-al-cancel]").onclick = () => dialog.close();
    dialog.onclick = (event) => {
      if (event.target.closest("a[href^='#']")) dialog.close();
    };
    dialog.onclose = () => resolve(confirmed);
    dialog.showModal();
  });
}

/** Say which questions have no answer yet, with a link to each. */
export function listMissing(place, missing, say) {
  const words = document.createElement("p");
  words.textContent = say(missing.length ? "confirm_missing" : "confirm_all");
  const list = document.createElement("ul");
  for (const item of missing) {
    const link = document.createElement("a");
    link.href = `#${item.id}`;
    link.textContent = item.querySelector("[data-al-name]").textContent;
    const line = document.createElement("li");
    line.append(link);
    list.append(line);
  }
  place.replaceChildren(words, ...(missing.length ? [list] : []));
}
