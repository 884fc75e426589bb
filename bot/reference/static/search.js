"use strict";
// Searching the cards in the browser. The same rules as bot/nlu/fold.py, bot/reference/likeness.py and
// bot/reference/search.py, whose comments say why; a test holds the two against each other.

self.dromSearch = (() => {
  const SURE = 3; // so many cards are shown however little they fit; more only with a share of the best one's score
  const LEAST_SHARE = 0.3;
  const isLetter = (character) => /^\p{L}$/u.test(character || "");
  const isWord = (character) => /^[\p{L}\p{N}_]$/u.test(character || "");

  function fold(text, { letters, digraphs }) {
    let plain = text.toLowerCase().replace(/й/g, "\0").normalize("NFD").replace(/\p{M}/gu, "");
    plain = plain.normalize("NFC").replace(/\0/g, "й");
    plain = [...plain].map((letter) => letters[letter] ?? letter).join("");
    plain = plain.replace(/['’`´]/g, (mark, at, all) => (isWord(all[at - 1]) ? "" : mark));
    const sign = (digit, letter, vowels) => {
      plain = plain.replace(new RegExp(digit, "g"), (mark, at, all) => {
        const between = isLetter(all[at - 1]) && isLetter(all[at + 1]);
        const begins = !isWord(all[at - 1]) && vowels.includes(all[at + 1] || " ") && isLetter(all[at + 2]);
        return between || begins ? letter : mark;
      });
    };
    sign("4", "c", "aeitu");
    sign("6", "s", "aeiou");
    plain = plain.replace(/[^\p{L}\p{N}_\s]+/gu, " ");
    for (const [digraph, letter] of digraphs) plain = plain.split(digraph).join(letter);
    return plain.replace(/(.)\1+/gu, "$1").replace(/\s+/g, " ").trim();
  }

  function read(index) {
    const words = [];
    let before = "";
    for (const [, prefix, rest] of index.words.matchAll(/([A-Z])([^A-Z]*)/g)) {
      before = before.slice(0, prefix.charCodeAt(0) - 65) + rest;
      words.push(before);
    }
    let next = 0;
    const rows = index.cards.split(" ").map((cards) => [...cards].map((card) => {
      const step = index.stepLetters.indexOf(index.steps[next]);
      next += 1;
      return [index.cardLetters.indexOf(card), index.largest * index.step ** step];
    }));
    const places = new Map(words.map((word, row) => [word, row]));
    const starts = [];
    const lengths = new Map();
    let start = 0;
    words.forEach((word, row) => {
      starts.push(start);
      start += word.length + 1;
      if (!lengths.has(word.length)) lengths.set(word.length, []);
      lengths.get(word.length).push(row);
    });
    return { index, words, rows, places, starts, lengths, text: words.join("\n") };
  }

  // Where a value stands, or would stand, in a sorted list.
  function bisect(list, value, after) {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle] < value || (after && list[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // Distance of two words: a letter more, less, other, or two neighbours swapped; more than `most` is `most + 1`.
  function slips(a, b, most) {
    let older = [];
    let old = Array.from({ length: b.length + 1 }, (_, at) => at);
    for (let i = 1; i <= a.length; i += 1) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= b.length; j += 1) {
        const other = a[i - 1] === b[j - 1] ? 0 : 1;
        let cost = Math.min(old[j] + 1, row[j - 1] + 1, old[j - 1] + other);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, older[j - 2] + 1);
        row.push(cost);
        least = Math.min(least, cost);
      }
      if (least > most) return most + 1;
      [older, old] = [old, row];
    }
    return Math.min(old[b.length], most + 1);
  }

  function likeness(known, typed) {
    const { words, places, starts, lengths, text, index: { rules } } = known;
    const alike = new Map();
    const add = (row, value) => alike.set(row, Math.max(value, alike.get(row) ?? 0));
    const size = typed.length;
    if (size >= rules.shortest_part) {
      for (let at = text.indexOf(typed); at >= 0; at = text.indexOf(typed, at + 1)) {
        const row = bisect(starts, at, true) - 1;
        alike.set(row, rules.part + (rules.part_share * size) / words[row].length);
      }
      for (let from = 0; from < size; from += 1) {
        for (let to = from + rules.shortest_part; to <= size; to += 1) {
          const row = places.get(typed.slice(from, to));
          if (row !== undefined) alike.set(row, rules.part + (rules.part_share * (to - from)) / size);
        }
      }
    }
    const stem = typed.slice(0, rules.stem);
    for (let row = bisect(words, stem); row < words.length && words[row].startsWith(stem); row += 1) {
      const word = words[row];
      let shared = 0;
      while (shared < size && typed[shared] === word[shared]) shared += 1;
      const longest = Math.max(size, word.length);
      const rest = longest - shared;
      if (!rest) add(row, 1);
      else if (shared >= rules.stem && rest <= rules.ending && shared >= rules.stem_share * longest) {
        add(row, rules.other_ending - rules.per_letter * rest);
      } else if (shared === size && size >= rules.shortest_beginning) add(row, rules.beginning);
    }
    for (let length = size - 2; length <= size + 2; length += 1) {
      const longest = Math.max(length, size);
      const allowed = longest >= rules.two_typos ? 2 : 1;
      if (longest < rules.shortest_typo || Math.abs(length - size) > allowed) continue;
      for (const row of lengths.get(length) || []) {
        const found = slips(typed, words[row], allowed);
        if (found > allowed) continue;
        const first = words[row][0] === typed[0] ? 0 : rules.first_letter;
        add(row, 1 - (rules.typo * found) / longest - first);
      }
    }
    return alike;
  }

  // Return the ids of the cards that fit a query, the best first; none where no word is known.
  function find(known, query, limit) {
    const { index, rows, places } = known;
    const total = index.services.map(() => 0);
    const typed = fold(query, index.fold).split(" ").filter(Boolean).slice(0, index.maxWords);
    for (const word of typed) {
      const evidence = index.services.map(() => 0);
      for (const [row, value] of likeness(known, word)) {
        let weight = value ** index.rules.sharpness;
        if (places.has(word) && row !== places.get(word)) weight *= index.rules.known;
        for (const [card, share] of rows[row]) evidence[card] += weight * share;
      }
      const sum = evidence.reduce((a, b) => a + b, 0);
      evidence.forEach((value, card) => {
        total[card] += Math.log1p((index.vote * value) / (sum + index.doubt));
      });
    }
    const best = Math.max(...total);
    return index.services
      .map((service, card) => ({ service, score: total[card] }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, limit)
      .filter(({ score }, place) => place < SURE || score >= LEAST_SHARE * best)
      .map(({ service }) => service);
  }

  return { fold, read, find };
})();
