"use strict";
// What the pages do beyond being read: search, filter, copy, print, and being kept for later.

(() => {
  const { body } = document;
  const { root } = body.dataset;
  const language = document.documentElement.lang;
  const MOST = 6;

  try {
    localStorage.setItem("drom-language", language);
  } catch {
    // a browser may forbid storage; the pages work without it
  }

  const loading = new Map();
  function load(address) {
    if (!loading.has(address)) {
      loading.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = () => {
          loading.delete(address);
          reject(new Error(address));
        };
        document.head.append(script);
      }));
    }
    return loading.get(address);
  }

  // Search: the index comes when the field is first used.
  const form = document.querySelector("form.search");
  if (form) {
    const field = form.querySelector("input");
    const status = document.getElementById("q-status");
    const list = document.getElementById("found");
    let known = null;
    form.hidden = false;

    const ready = async () => {
      if (known) return true;
      try {
        await Promise.all([load(`${root}search-index.js`), load("cards.js")]);
        known ??= { search: self.dromSearch.read(self.dromIndex), cards: new Map(self.dromCards.map((card) => [card[0], card])) };
        return true;
      } catch {
        return false;
      }
    };
    const item = (service) => {
      const [id, icon, name, need] = known.cards.get(service);
      const node = document.createElement("li");
      const link = document.createElement("a");
      const picture = document.createElement("span");
      const words = document.createElement("span");
      const title = document.createElement("b");
      const small = document.createElement("small");
      link.href = `${id}.html`;
      picture.className = "icon";
      picture.setAttribute("aria-hidden", "true");
      picture.textContent = icon;
      title.textContent = name;
      small.textContent = need;
      words.append(title, small);
      link.append(picture, words);
      node.append(link);
      return node;
    };
    const show = async () => {
      if (!known && field.value.trim()) status.textContent = body.dataset.searching;
      const isReady = await ready();
      const query = field.value.trim();
      if (!query) {
        list.hidden = true;
        status.textContent = "";
        return;
      }
      if (!isReady) {
        status.textContent = body.dataset.failed;
        return;
      }
      const found = self.dromSearch.find(known.search, query, MOST);
      list.replaceChildren(...found.map(item));
      list.hidden = !found.length;
      status.textContent = found.length ? body.dataset.found.replace("{n}", found.length) : body.dataset.none;
    };
    const links = () => [...list.querySelectorAll("a")];
    field.addEventListener("focus", ready);
    field.addEventListener("input", show);
    field.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && !list.hidden) {
        event.preventDefault();
        links()[0].focus();
      } else if (event.key === "Escape") {
        field.value = "";
        show();
      }
    });
    list.addEventListener("keydown", (event) => {
      const all = links();
      const at = all.indexOf(document.activeElement);
      const next = { ArrowDown: all[at + 1], ArrowUp: all[at - 1] || field, Escape: field }[event.key];
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await show();
      const [first] = links();
      if (!list.hidden && first) location.assign(first.href);
    });
    if (field.value) show(); // the browser brought back what was typed
  }

  // The filter of the tables, which also lights up the map.
  const filter = document.querySelector("form.filter");
  if (filter) {
    const field = filter.querySelector("input");
    const status = filter.querySelector("[role=status]");
    const rows = [...document.querySelectorAll("table.filtered tbody tr")];
    const dots = [...document.querySelectorAll(".map circle")];
    filter.hidden = false;
    filter.addEventListener("submit", (event) => event.preventDefault());
    const apply = async () => {
      try {
        await load(`${root}search-index.js`); // it knows how spelling is folded
      } catch {
        return;
      }
      const wanted = self.dromSearch.fold(field.value, self.dromIndex.fold).split(" ").filter(Boolean);
      const towns = new Set();
      let shown = 0;
      for (const row of rows) {
        const words = row.dataset.words.split(" ");
        row.hidden = !wanted.every((part) => words.some((word) => word.startsWith(part)));
        if (row.hidden) continue;
        shown += 1;
        if (row.dataset.town) towns.add(row.dataset.town);
      }
      for (const dot of dots) dot.classList.toggle("faint", wanted.length > 0 && !towns.has(dot.dataset.town));
      if (!wanted.length) status.textContent = "";
      else status.textContent = shown ? filter.dataset.rows.replace("{n}", shown) : filter.dataset.none;
    };
    field.addEventListener("input", apply);
    if (field.value) apply();
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.copied;
    });
  }

  // From a web server, the pages of this language are kept for when there is no network.
  if (location.protocol !== "file:") {
    const manifest = document.createElement("link");
    manifest.rel = "manifest";
    manifest.href = `${root}manifest.webmanifest`;
    document.head.append(manifest);
    if ("serviceWorker" in navigator) {
      navigator.serviceWorker.addEventListener("message", ({ data }) => {
        const saved = document.getElementById("saved");
        if (data?.saved === language && saved) saved.textContent = body.dataset.saved;
      });
      window.addEventListener("load", async () => {
        try {
          await navigator.serviceWorker.register(`${root}worker.js`);
          const { active } = await navigator.serviceWorker.ready;
          active.postMessage({ keep: language });
        } catch {
          // a browser may forbid it; the pages then need the network
        }
      });
    }
  }
})();
