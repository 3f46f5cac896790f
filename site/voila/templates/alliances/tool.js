// Voilà's front end calls these; they are here rather than in its stock macro, whose words are English.
window.voila_heartbeat = () => {};
window.voila_process = () => {};
window.update_loading_text = () => {};

// Shown once both sides are ready: the cells (this page) and the theme (Voilà's front end).
window.voila_finish = () => {
  if (!window.themeLoaded) {
    window.cellLoaded = true;
    return;
  }
  const cells = document.getElementById("rendered_cells");
  if (cells) cells.style.display = "";
};
window.display_cells = window.voila_finish;

(() => {
  const FAILED_AFTER_MS = 60000;
  const place = document.getElementById("al-toolplace");
  const status = document.getElementById("al-toolstatus");
  const shown = () => place.querySelector(".jp-OutputArea-output *, .lm-Widget *:not(script)");

  // The front end puts the cells into a shell of its own at the end of the page, outside main. Bring it back.
  const watch = new MutationObserver(() => {
    const shell = document.body.querySelector(":scope > #main");
    if (shell) place.append(shell);
    const cells = document.getElementById("rendered_cells");
    if (!cells || cells.style.display === "none" || !cells.querySelector(".lm-Widget *")) return;
    if (status.isConnected && !status.dataset.said) {
      status.dataset.said = "yes";
      status.classList.add("al-hidden");
      // Said politely, then gone: nothing stays to be read twice.
      status.textContent = status.dataset.ready;
      setTimeout(() => status.remove(), 3000);
    }
    if (shell || place.querySelector(":scope > #main")) watch.disconnect();
  });
  watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["style"] });
  setTimeout(() => {
    if (status.isConnected && !status.dataset.said && !shown()) status.textContent = status.dataset.failed;
  }, FAILED_AFTER_MS);
})();
