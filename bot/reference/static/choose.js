"use strict";
// The first page leads on to the language that was used last, else to that of the browser.

(() => {
  const known = document.body.dataset.languages.split(" ");
  let last = null;
  try {
    last = localStorage.getItem("drom-language");
  } catch {
    // a browser may forbid storage; then its own language decides
  }
  const wanted = [last, ...(navigator.languages || [])].map((code) => (code || "").slice(0, 2).toLowerCase());
  const chosen = wanted.find((code) => known.includes(code));
  if (chosen) location.replace(`${chosen}/index.html`);
})();
