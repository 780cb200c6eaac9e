"use strict";
// Hands the trace to the Perfetto UI in the frame and does so again when the artifact changes.
const WAIT_FOR_UI = 5000; // ms until the offline view takes over
const LOOK_AGAIN = 1000; // ms between looks at the artifact

const frame = document.getElementById("frame");
const state = document.getElementById("state");
let ui = null;
let shown = null;
let mode = "waiting"; // then "ui" or "offline"

async function about() {
  const answer = await fetch("/version", { cache: "no-store" });
  return answer.json();
}

async function show(version, name) {
  if (mode === "offline") {
    frame.src = "/view?" + version;
    state.textContent = "offline view (the Perfetto UI cannot be reached)";
  } else {
    const answer = await fetch("/trace", { cache: "no-store" });
    if (!answer.ok) {
      state.textContent = await answer.text();
      shown = version;
      return;
    }
    const buffer = await answer.arrayBuffer();
    frame.contentWindow.postMessage({ perfetto: { buffer, title: name, keepApiOpen: true } }, ui);
    state.textContent = "in the Perfetto UI";
  }
  if (shown !== null) state.textContent += ", built again at " + new Date().toLocaleTimeString();
  shown = version;
}

async function look() {
  try {
    const now = await about();
    if (mode !== "waiting" && now.version !== shown) await show(now.version, now.name);
  } catch {
    state.textContent = "the server has stopped";
  }
  setTimeout(look, LOOK_AGAIN);
}

async function start() {
  const first = await about();
  ui = first.ui;
  document.getElementById("name").textContent = first.name;
  state.textContent = "waiting for the Perfetto UI";
  frame.src = ui + "/?mode=embedded";
  const ping = setInterval(() => frame.contentWindow.postMessage("PING", ui), 250);
  const giveUp = setTimeout(() => settle("offline"), WAIT_FOR_UI);
  function settle(answer) {
    if (mode !== "waiting") return;
    mode = answer;
    clearInterval(ping);
    clearTimeout(giveUp);
  }
  window.addEventListener("message", (event) => {
    if (event.origin === ui && event.data === "PONG") settle("ui");
  });
  look();
}

start();
