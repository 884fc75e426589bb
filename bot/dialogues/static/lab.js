"use strict";
// The dialogue lab. What people and the assistant wrote is put on the page as text, never as HTML.

const LANGUAGES = ["lv", "ru", "en"];
const PERMANENT = ["/start_over", "/request_callback"];
const DRAFT = "drom-lab-draft";
const TOUR = "drom-lab-tour";
const byId = (id) => document.getElementById(id);
const script = byId("script");
const log = byId("log");
let texts = {};
let choices = { intents: {}, towns: [], places: [] };
let language = LANGUAGES.find((code) => (navigator.language || "").toLowerCase().startsWith(code)) || "en";
let talk = null;
let digest = null;
let savedText = "";
let lastMistakes = [];
let pending = Promise.resolve();

const say = (key) => (texts[key] || {})[language] || "";

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function tell(message, good = false) {
  const notice = byId("notice");
  notice.textContent = message;
  notice.classList.toggle("good", good);
  notice.hidden = !message;
}

// What the lab refuses by a name is told in the language of the page.
class Refused extends Error {
  constructor(document, status) {
    super(say(`refused_${document.reason}`) || document.error || String(status));
    this.document = document;
    this.status = status;
  }
}

async function ask(path, body, method) {
  const options = body === undefined ? {} : {
    method: method || "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused({ error: say("lost") }, 0);
  }
  const document = await answer.json();
  if (!answer.ok) throw new Refused(document, answer.status);
  return document;
}

// One thing after another: a quick second tap waits for the first answer.
function inOrder(work) {
  const result = pending.then(async () => {
    tell("");
    try {
      return await work();
    } catch (error) {
      tell(error.message);
      if (error.document && error.document.mistakes) showMistakes(error.document.mistakes);
      return undefined;
    }
  });
  pending = result;
  return result;
}

function speak(code) {
  if (LANGUAGES.includes(code)) language = code;
  document.documentElement.lang = language;
  document.title = say("lab_title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = say(node.dataset.placeholder);
  for (const node of document.querySelectorAll("[data-language]")) {
    node.setAttribute("aria-pressed", String(node.dataset.language === language));
  }
  fillChoices();
}

function fill(select, options, kept) {
  select.replaceChildren(...options.map(([value, label]) => make("option", { value, textContent: label })));
  if (options.some(([value]) => value === kept)) select.value = kept;
}

function fillChoices() {
  const any = ["", say("any")];
  const intents = Object.entries(choices.intents).map(([name, title]) => [name, title[language]]);
  fill(byId("should-intent"), [any, ...intents], byId("should-intent").value);
  fill(byId("should-town"), [any, ...choices.towns.map((town) => [town, town])], byId("should-town").value);
  const places = choices.places.map((place, index) => [String(index), place.name[language]]);
  places.sort((one, other) => one[1].localeCompare(other[1], language));
  fill(byId("place"), places, byId("place").value);
}

// The talk

async function newTalk() {
  const settings = { language: byId("phone-language").value || null, now: byId("moment").value || null };
  talk = (await ask("/lab/talks", settings)).id;
  log.replaceChildren(byId("begin") || make("p", { id: "begin", className: "hint", textContent: say("begin_here") }));
}

function bubble(words, mine) {
  const message = make("div", { className: mine ? "message mine" : "message" });
  message.append(make("div", { className: "bubble", textContent: words }));
  return message;
}

function buttonsOf(reply, active) {
  const row = make("div", { className: "buttons" });
  for (const { title, payload } of reply.buttons) {
    if (!payload.startsWith("/")) {
      row.append(make("span", { className: "link", title: payload, textContent: title }));
      continue;
    }
    const button = make("button", { type: "button", textContent: title, disabled: !active, title: payload });
    if (PERMANENT.includes(payload)) button.className = row.querySelector(".permanent") ? "permanent" : "permanent first";
    button.addEventListener("click", () => inOrder(() => step({ button: title }, title)));
    row.append(button);
  }
  return row;
}

function showReplies(replies, into, active) {
  replies.forEach((reply, index) => {
    const message = bubble(reply.text, false);
    if (reply.buttons.length) message.append(buttonsOf(reply, active && index === replies.length - 1));
    into.append(message);
  });
}

// A language or a time that is chosen holds from the next talk on: at once where nothing was said yet.
async function chooseSettings() {
  if (log.querySelector(".message")) tell(say("settings_new_talk"), true);
  else await newTalk();
}

async function step(user, shown) {
  if (!talk) await newTalk();
  for (const old of log.querySelectorAll(".buttons button")) old.disabled = true;
  const begin = byId("begin");
  if (begin) begin.remove();
  log.append(bubble(shown, true));
  const turn = await ask(`/lab/talks/${talk}/steps`, { user });
  showReplies(turn.replies, log, true);
  log.append(judgeRow(turn));
  log.scrollTop = log.scrollHeight;
  tourDone(1);
}

function judgeRow(turn) {
  const meant = (choices.intents[turn.intent] || {})[language] || turn.intent;
  const how = make("span", {
    className: "how",
    textContent: `${say("understood")}: ${meant} (${turn.intent}, ${turn.confidence})`,
  });
  const right = make("button", { type: "button", textContent: say("right") });
  const wrong = make("button", { type: "button", textContent: say("wrong") });
  right.setAttribute("aria-pressed", "false");
  wrong.setAttribute("aria-pressed", "false");
  const mark = (isRight) => {
    right.setAttribute("aria-pressed", String(isRight));
    wrong.setAttribute("aria-pressed", String(!isRight));
    right.textContent = isRight ? `✓ ${say("marked_right")}` : say("right");
    wrong.textContent = isRight ? say("wrong") : `✓ ${say("marked_wrong")}`;
    tourDone(2);
  };
  const here = talk;
  right.addEventListener("click", () => inOrder(async () => {
    await ask(`/lab/talks/${here}/judgements`, { index: turn.index, right: true });
    mark(true);
  }));
  wrong.addEventListener("click", async () => {
    const judgement = await askShould();
    if (!judgement) return;
    await inOrder(async () => {
      await ask(`/lab/talks/${here}/judgements`, { index: turn.index, ...judgement });
      mark(false);
    });
  });
  return make("div", { className: "judge" }, how, right, wrong);
}

function askShould() {
  const dialog = byId("should");
  byId("should-intent").value = "";
  byId("should-town").value = "";
  dialog.returnValue = "";
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const judgement = { intent: byId("should-intent").value, town: byId("should-town").value };
      resolve(dialog.returnValue === "keep" && (judgement.intent || judgement.town) ? judgement : null);
    }, { once: true });
    dialog.showModal();
  });
}

// The tests

async function loadFiles(chosen) {
  const { names } = await ask("/lab/scripts");
  fill(byId("files"), [["", say("new_file")], ...names.map((name) => [name, name])], chosen || "");
}

async function openFile(name) {
  if (!name) {
    digest = null;
    setScript("", true);
    byId("file-name").value = "";
  } else {
    const file = await ask(`/lab/scripts/${name}`);
    digest = file.digest;
    setScript(file.text, true);
    byId("file-name").value = name;
  }
  await check();
}

function setScript(text, isSaved) {
  script.value = text;
  if (isSaved) savedText = text;
  keepDraft();
  drawGutter();
}

function keepDraft() {
  try {
    localStorage.setItem(DRAFT, JSON.stringify({ text: script.value, name: byId("file-name").value, digest, savedText }));
  } catch {
    // A browser that keeps nothing only loses the draft when the page is closed.
  }
}

function drawGutter() {
  const wrong = new Set(lastMistakes.map((mistake) => mistake.line));
  const count = script.value.split("\n").length;
  const gutter = byId("gutter");
  gutter.replaceChildren();
  for (let line = 1; line <= count; line += 1) {
    gutter.append(wrong.has(line) ? make("b", { textContent: String(line) }) : String(line), "\n");
  }
  gutter.scrollTop = script.scrollTop;
}

function goTo(line) {
  const lines = script.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  script.focus();
  script.setSelectionRange(start, start + (lines[line - 1] || "").length);
  script.scrollTop = Math.max(0, (line - 4) * 21);
}

function showMistakes(mistakes) {
  lastMistakes = mistakes;
  const box = byId("mistakes");
  box.replaceChildren();
  if (mistakes.length) {
    box.append(make("p", { textContent: say("mistakes") }));
    for (const mistake of mistakes) {
      const words = `${say("line")} ${mistake.line}: ${mistake.key}: ${mistake.problem}. ${mistake.remedy}`;
      const button = make("button", { type: "button", textContent: words });
      button.addEventListener("click", () => goTo(mistake.line));
      box.append(button);
    }
  } else if (script.value.trim()) {
    box.append(make("p", { textContent: `✓ ${say("no_mistakes")}` }));
  }
  drawGutter();
}

async function check() {
  if (!script.value.trim()) {
    byId("cases").replaceChildren();
    showMistakes([]);
    return;
  }
  const found = await ask("/lab/check", { text: script.value, name: byId("file-name").value || undefined });
  showMistakes(found.mistakes);
  byId("cases").replaceChildren(...found.cases.map(({ name, line }) => {
    const jump = make("span", { textContent: name });
    const run = make("button", { type: "button", textContent: say("run_one") });
    run.setAttribute("aria-label", `${say("run_one")}: ${name}`);
    run.addEventListener("click", () => inOrder(() => runScript({ case: name })));
    jump.addEventListener("click", () => goTo(line));
    return make("li", {}, jump, run);
  }));
}

async function addTest() {
  const name = byId("test-name").value.trim();
  if (!name) {
    byId("test-name").focus();
    tell(say("test_name"));
    return;
  }
  const made = await ask(`/lab/talks/${talk}/case`, { name, text: script.value });
  setScript(made.text, false);
  byId("test-name").value = "";
  script.scrollTop = script.scrollHeight;
  await check();
  tourDone(3);
}

// Return a name that the lab takes: people write "Bērnu tests", and mean bernu_tests.yml.
function fileName(written) {
  const plain = written.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/\.ya?ml$/, "");
  const name = plain.replace(/[^a-z0-9/]+/g, "_").replace(/^[_/]+|[_/]+$/g, "");
  return name ? `${name}.yml` : "";
}

async function save() {
  const name = fileName(byId("file-name").value.trim());
  if (!name) {
    byId("file-name").focus();
    tell(say("refused_name"));
    return;
  }
  byId("file-name").value = name;
  const file = await ask(`/lab/scripts/${name}`, { text: script.value, digest }, "PUT");
  digest = file.digest;
  setScript(file.text, true);
  await loadFiles(name);
  tell(say("saved"), true);
  tourDone(5);
}

function download() {
  const address = URL.createObjectURL(new Blob([script.value], { type: "application/yaml" }));
  const name = (byId("file-name").value.trim() || "dialogues.yml").split("/").pop();
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  tourDone(5);
}

// Running

const wait = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

async function runScript(wanted) {
  const box = byId("result");
  const request = wanted.all ? wanted : { ...wanted, text: script.value, name: byId("file-name").value || undefined };
  const { id, total } = await ask("/lab/runs", request);
  const bar = make("progress", { max: total, value: 0 });
  bar.setAttribute("aria-label", say("running"));
  const words = make("p", { textContent: `${say("running")}: 0 / ${total}` });
  box.replaceChildren(make("h2", { textContent: say("result") }), words, bar);
  for (;;) {
    const run = await ask(`/lab/runs/${id}?language=${language}`);
    bar.value = run.done;
    words.textContent = `${say("running")}: ${run.done} / ${run.total}`;
    if (run.error) throw new Refused({ error: run.error }, 500);
    if (run.results) {
      showResults(run, id);
      tourDone(4);
      return;
    }
    await wait(300);
  }
}

function showResults(run, id) {
  const failed = run.results.filter((result) => !result.passed);
  const passed = run.results.length - failed.length;
  const box = byId("result");
  const report = make("a", { href: `/lab/runs/${id}/report`, target: "_blank", textContent: say("full_report") });
  box.replaceChildren(
    make("h2", { textContent: say("result") }),
    make("p", {}, make("b", { textContent: `${say("passed")}: ${passed}. ${say("failed")}: ${failed.length}. ` }), report),
    ...differencesOf(run.differences),
    ...[...failed, ...run.results.filter((result) => result.passed)].map(resultNode),
  );
  box.scrollIntoView({ block: "nearest" });
}

function differencesOf(differences) {
  const nodes = [];
  for (const key of ["newly_failed", "newly_passed"]) {
    if (differences[key].length) nodes.push(make("p", { textContent: `${say(key)}: ${differences[key].join("; ")}` }));
  }
  if (differences.texts.length) {
    const details = make("details", {}, make("summary", { textContent: `${say("texts_changed")}: ${differences.texts.length}` }));
    for (const change of differences.texts) {
      details.append(make("div", { className: "failure" }, make("dl", {},
        make("dt", { textContent: say("before") }), make("dd", { textContent: change.before }),
        make("dt", { textContent: say("now") }), make("dd", { textContent: change.now }))));
    }
    nodes.push(details);
  }
  return nodes;
}

// A position of the list of places is shown by its name, as in the talk.
function placeNamed(words) {
  const place = choices.places.find(({ latitude, longitude }) => words === `📍 ${latitude}, ${longitude}`);
  return place ? `📍 ${place.name[language]}` : words;
}

function resultNode(result) {
  const node = make("article", { className: result.passed ? "case" : "case failed" });
  node.append(make("h3", { textContent: `${result.passed ? "✓" : "✗"} ${result.name}` }));
  for (const failure of result.failures) {
    const list = make("dl", {},
      make("dt", { textContent: say("expected") }), make("dd", { textContent: `${failure.assertion}: ${failure.expected}` }),
      make("dt", { textContent: say("came") }), make("dd", { textContent: failure.came }));
    if (failure.cause) list.append(make("dt", { textContent: say("likely_cause") }), make("dd", { textContent: failure.cause }));
    const jump = make("button", { type: "button", textContent: `${say("line")} ${failure.line}` });
    jump.addEventListener("click", () => goTo(failure.line));
    node.append(make("div", { className: "failure" }, list));
    if (result.file === (byId("file-name").value || "unsaved.yml")) node.lastChild.append(jump);
  }
  const shown = make("div", { className: "log" });
  for (const turn of result.turns) {
    shown.append(bubble(placeNamed(turn.user), true));
    showReplies(turn.replies, shown, false);
  }
  node.append(make("details", { open: !result.passed }, make("summary", { textContent: say("show_talk") }), shown));
  return node;
}

// The first visit

function tourState() {
  try {
    return JSON.parse(localStorage.getItem(TOUR)) || { hidden: false, done: [] };
  } catch {
    return { hidden: false, done: [] };
  }
}

function showTour(state) {
  try {
    localStorage.setItem(TOUR, JSON.stringify(state));
  } catch {
    // Nothing is kept: the steps are shown again the next time.
  }
  byId("tour").hidden = state.hidden;
  let next = true;
  for (let number = 1; number <= 5; number += 1) {
    const isDone = state.done.includes(number);
    byId(`tour-${number}`).className = isDone ? "done" : next ? "next" : "";
    if (!isDone) next = false;
  }
  byId("tour-done").hidden = !next;
}

function tourDone(number) {
  const state = tourState();
  if (!state.done.includes(number)) state.done.push(number);
  showTour(state);
}

// Everything together

for (const id of ["phone-language", "moment"]) byId(id).addEventListener("change", () => inOrder(chooseSettings));
byId("settings").addEventListener("submit", (event) => { event.preventDefault(); inOrder(newTalk); });
byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = byId("words").value.trim();
  if (!words) return;
  byId("words").value = "";
  const user = /^\/[a-z]+(\s|$)/.test(words) ? { command: words } : words;
  inOrder(() => step(user, words));
});
byId("place-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const place = choices.places[Number(byId("place").value)];
  if (!place) return;
  const { latitude, longitude } = place;
  inOrder(() => step({ location: { latitude, longitude } }, `📍 ${place.name[language]}`));
});
byId("make").addEventListener("submit", (event) => { event.preventDefault(); inOrder(addTest); });
byId("files").addEventListener("change", (event) => {
  const name = event.target.value;
  // eslint-disable-next-line no-alert
  if (script.value !== savedText && script.value.trim() && !window.confirm(say("not_saved_yet"))) {
    event.target.value = byId("file-name").value;
    return;
  }
  inOrder(() => openFile(name));
});
byId("save").addEventListener("click", () => inOrder(save));
byId("download").addEventListener("click", download);
byId("run-file").addEventListener("click", () => inOrder(() => runScript({})));
byId("run-all").addEventListener("click", () => inOrder(() => runScript({ all: true })));
script.addEventListener("scroll", () => { byId("gutter").scrollTop = script.scrollTop; });
let typing;
script.addEventListener("input", () => {
  drawGutter();
  keepDraft();
  clearTimeout(typing);
  typing = setTimeout(() => inOrder(check), 500);
});
byId("file-name").addEventListener("input", () => {
  if (byId("file-name").value !== byId("files").value) digest = null;
  keepDraft();
});
for (const node of document.querySelectorAll("[data-language]")) node.addEventListener("click", () => speak(node.dataset.language));
byId("tour-close").addEventListener("click", () => showTour({ ...tourState(), hidden: true }));
byId("tour-again").addEventListener("click", () => showTour({ hidden: false, done: [] }));

inOrder(async () => {
  [texts, choices] = await Promise.all([ask("/lab/texts.json"), ask("/lab/choices.json")]);
  speak(language);
  byId("phone-language").value = language;
  showTour(tourState());
  let draft = null;
  try {
    draft = JSON.parse(localStorage.getItem(DRAFT));
  } catch {
    draft = null;
  }
  await loadFiles(draft ? draft.name : "");
  if (draft && draft.text) {
    byId("file-name").value = draft.name;
    digest = draft.digest;
    savedText = draft.savedText || "";
    setScript(draft.text, false);
  }
  await check();
  await newTalk();
});
