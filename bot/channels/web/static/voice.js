"use strict";
// Listening to replies and speaking instead of typing. Sound comes from this server alone, by the key
// of a reply; a recording is sent to it and kept nowhere here.

const player = new Audio();
const OPUS = player.canPlayType('audio/ogg; codecs="opus"') !== "";
const LONGEST_MS = 28000; // the server listens to half a minute
const always = document.getElementById("always");
const microphone = document.getElementById("microphone");
let playing = null; // the button whose reply is heard
let queue = [];
let recorder = null;

function stopPlaying() {
  player.pause();
  queue = [];
  if (playing) playing.setAttribute("aria-pressed", "false");
  playing = null;
}

async function play(node) {
  if (playing) playing.setAttribute("aria-pressed", "false");
  playing = node;
  node.setAttribute("aria-pressed", "true");
  player.src = node.dataset.url + (OPUS ? "" : "?type=mp3");
  try {
    await player.play();
  } catch (error) {
    if (error.name === "AbortError") return; // another one was tapped meanwhile
    stopPlaying();
    // Before the first tap a browser plays nothing by itself: the button is there for that.
    if (error.name !== "NotAllowedError") bubble(say("speaking_failed"), false).scrollIntoView({ block: "end" });
  }
}

player.addEventListener("ended", () => {
  const next = queue.shift();
  if (next) play(next);
  else stopPlaying();
});

function listenButton(url) {
  const node = document.createElement("button");
  node.type = "button";
  node.className = "listen";
  node.textContent = say("listen");
  node.dataset.url = url;
  node.setAttribute("aria-pressed", "false");
  node.addEventListener("click", () => {
    const isPlaying = playing === node;
    stopPlaying();
    if (!isPlaying) play(node);
  });
  return node;
}

function afterTurn(answer, messages) {
  if (answer.always === undefined) return; // it was refused: too fast, too long
  always.dataset.on = String(answer.always);
  always.setAttribute("aria-pressed", always.dataset.on);
  always.setAttribute("aria-label", say(answer.always ? "always_off" : "always_on"));
  always.title = always.getAttribute("aria-label");
  always.hidden = false;
  microphone.hidden = !(answer.listens && navigator.mediaDevices && window.MediaRecorder);
  if (!answer.speak) return;
  stopPlaying();
  queue = messages.map((message) => message.querySelector(".listen")).filter(Boolean);
  const first = queue.shift();
  if (first) play(first);
}

always.addEventListener("click", () => {
  const on = always.dataset.on !== "true";
  if (!on) stopPlaying();
  send({ payload: `/change_voice{"value":"${on ? "on" : "off"}"}` }, say(on ? "always_on" : "always_off"));
});

async function record() {
  stopPlaying();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    return void bubble(say("microphone_failed"), false).scrollIntoView({ block: "end" });
  }
  const parts = [];
  recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32000 });
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.addEventListener("stop", () => {
    for (const track of stream.getTracks()) track.stop();
    microphone.setAttribute("aria-pressed", "false");
    recorder = null;
    if (parts.length) send({ recording: new Blob(parts) });
  });
  recorder.start();
  microphone.setAttribute("aria-pressed", "true");
  setTimeout(() => recorder && recorder.state === "recording" && recorder.stop(), LONGEST_MS);
}

microphone.addEventListener("click", () => {
  if (recorder) recorder.stop();
  else record();
});
