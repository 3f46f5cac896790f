// Small tools that every component uses: elements, model values, the live region.

/** Make an element. `props`: attributes; `on`: listeners; text children are always text, never HTML. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A new id: each component may be loaded as its own module, so a counter would repeat itself. */
export const uid = (prefix) => `al-${prefix}-${Math.random().toString(36).slice(2, 10)}`;

/** A value of the model, or `fallback` when it has none. */
export function valueOf(model, name, fallback) {
  const value = model.get(name);
  return value === undefined || value === null ? fallback : value;
}

/** Listen to changes of the model and return what stops listening. */
export function listen(model, listeners) {
  for (const [name, listener] of Object.entries(listeners)) model.on(`change:${name}`, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) model.off(`change:${name}`, listener);
  };
}

/** Set values and save them in one message. */
export function save(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

/** Change a text only if it differs: a screen reader may announce a node that is written again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Say something once, politely, in the one live region of the page. */
export function announce(text) {
  const region = liveRegion();
  clearTimeout(region.alTimer);
  // Emptied first, so that the same sentence said twice is heard twice.
  region.textContent = "";
  region.alTimer = setTimeout(() => {
    region.textContent = text;
  }, 80);
}

/** The page's live region; it must exist before it speaks, so components call this when they appear. */
export function liveRegion() {
  const present = document.querySelector("[data-al-live]");
  if (present) return present;
  const region = h("div", { class: "al-live", role: "status", "aria-live": "polite", "data-al-live": true });
  (document.querySelector("main") || document.body).append(region);
  return region;
}

export const sameJson = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
