"use strict";
// The web chat. Messages are put on the page as text, never as HTML.

const log = document.getElementById("log");
const form = document.getElementById("write");
const field = document.getElementById("text");
const typing = document.getElementById("typing");
const PERMANENT = ["/start_over", "/request_callback"];
const LANGUAGES = ["lv", "ru", "en"];
let texts = {};
let language = LANGUAGES.find((code) => (navigator.language || "").toLowerCase().startsWith(code)) || "lv";
let pending = Promise.resolve();

const say = (key) => (texts[key] || {})[language] || "";

function speak(code) {
  if (LANGUAGES.includes(code)) language = code;
  document.documentElement.lang = language;
  document.title = say("title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", say(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = say(node.dataset.label);
  }
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = say(node.dataset.placeholder);
  for (const node of document.querySelectorAll("[data-language]")) {
    node.setAttribute("aria-pressed", String(node.dataset.language === language));
  }
  typing.textContent = say("typing");
}

function bubble(text, mine, source) {
  const message = document.createElement("div");
  message.className = mine ? "message mine" : "message";
  const who = document.createElement("span");
  who.className = "hidden";
  who.textContent = (mine ? say("you") : "Drom") + ": ";
  const shown = document.createElement("div");
  shown.className = "bubble";
  shown.append(who, source ? text.replace(source, "").trim() : text);
  if (source) {
    const small = document.createElement("span");
    small.className = "source";
    small.textContent = source;
    shown.append(small);
  }
  message.append(shown);
  log.append(message);
  return message;
}

function heard(text) {
  bubble("🎤 " + (text || "…"), true).scrollIntoView({ block: "end" });
}

function button({ title, payload }) {
  let node;
  if (payload.startsWith("/")) {
    node = document.createElement("button");
    node.type = "button";
    node.addEventListener("click", () => send({ payload }, title));
    if (PERMANENT.includes(payload)) node.classList.add("permanent");
  } else {
    node = document.createElement("a");
    node.href = /^(https:|tel:)/.test(payload) ? payload : "#";
    if (payload.startsWith("tel:")) node.classList.add("call");
    else { node.target = "_blank"; node.rel = "noopener noreferrer"; }
  }
  node.textContent = title;
  if (title.length > 17) node.classList.add("wide");
  return node;
}

function show(reply) {
  const message = bubble(reply.text, false, reply.source);
  if (reply.audio) message.append(listenButton(reply.audio.url));
  if (reply.buttons.length || reply.share_location) {
    const row = document.createElement("div");
    row.className = "buttons";
    if (reply.share_location) {
      const here = document.createElement("button");
      here.type = "button";
      here.className = "wide";
      here.textContent = "📍 " + say("location");
      here.addEventListener("click", locate);
      row.append(here);
    }
    const [own, permanent] = [false, true].map((last) => reply.buttons.filter((b) => PERMANENT.includes(b.payload) === last));
    row.append(...own.map(button));
    message.append(row);
    if (permanent.length) {
      const lastRow = document.createElement("div");
      lastRow.className = "buttons";
      lastRow.append(...permanent.map(button));
      message.append(lastRow);
    }
  }
  return message;
}

async function exchange({ recording, ...message }) {
  const answer = recording
    ? await fetch(`/chat/voice?language_code=${language}`, { method: "POST", body: recording })
    : await fetch("/chat/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...message, language_code: language }),
    });
  // Too fast or too long: the answer says so in words.
  if (!answer.ok && answer.status !== 429 && answer.status !== 413) throw new Error(String(answer.status));
  return answer.json();
}

function send(message, shown) {
  if (shown) bubble(shown, true).scrollIntoView({ block: "end" });
  pending = pending.then(async () => {
    typing.hidden = false;
    try {
      const answer = await exchange(message);
      speak(answer.language);
      if (message.recording) heard(answer.heard);
      const shownNow = answer.replies.map(show);
      const first = shownNow[0];
      afterTurn(answer, shownNow);
      if (first) first.scrollIntoView({ block: "nearest" });
      log.scrollTop = log.scrollHeight;
    } catch {
      bubble(say("failed"), false).scrollIntoView({ block: "end" });
    }
    typing.hidden = true;
  });
}

function locate() {
  if (!navigator.geolocation) return void bubble(say("location_failed"), false);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => send({ location: { latitude: coords.latitude, longitude: coords.longitude } }, say("location_sent")),
    () => bubble(say("location_failed"), false).scrollIntoView({ block: "end" }),
    { timeout: 10000, maximumAge: 600000 },
  );
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  grow();
  send({ text }, text);
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
function grow() {
  field.style.height = "auto";
  field.style.height = Math.min(field.scrollHeight + 2, 130) + "px";
}
field.addEventListener("input", grow);
document.getElementById("locate").addEventListener("click", locate);
for (const node of document.querySelectorAll("[data-language]")) {
  node.addEventListener("click", () => {
    speak(node.dataset.language);
    send({ payload: `/change_language{"value":"${language}"}` }, node.getAttribute("aria-label"));
  });
}

fetch("/chat/texts.json").then((answer) => answer.json()).then((loaded) => {
  texts = loaded;
  speak(language);
  const start = new URLSearchParams(location.search).get("start"); // the address of a leaflet
  send(start ? { start } : { payload: "/greet" });
});
