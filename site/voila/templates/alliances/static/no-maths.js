// In the place of MathJax, which Voilà's front end asks of a CDN at every start: tools show no formula.
window.MathJax = new Proxy(() => window.MathJax, {
  get: (_target, name) => (name === "then" ? undefined : window.MathJax),
});
