// The page: starts the worker, hands it a file, shows what it says. All texts go in as text.
const $ = (id) => document.getElementById(id);
const MAX_BYTES = 50331648 + (4 << 20); // a bundle holds an artifact and a little more
const pins = Object.fromEntries(
  [...$("pins").rows].map((row) => [row.cells[0].textContent, row.cells[1].textContent]),
);
let worker;
let ready = false;
let busy = false;
let waiting = null; // a file that was dropped before Python was ready
let step = ""; // the check that runs
let clock;

const state = (text) => { $("state").textContent = text; };

const hex = (buffer) =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

class Tampered extends Error {}

async function pinned(name) {
  const answer = await fetch(new URL(name, document.baseURI), { cache: "no-store" });
  if (!answer.ok) throw new Error(`${name}: not found`);
  const data = await answer.arrayBuffer();
  const digest = hex(await crypto.subtle.digest("SHA-256", data));
  if (digest !== pins[name])
    throw new Tampered(
      `${name} is not the pinned file: SHA-256 ${digest}. Nothing was run; open the page from a source that you trust.`,
    );
  return data;
}

function verdict(word, text, digest = "") {
  $("word").textContent = word;
  $("word").className = word;
  $("why").textContent = text;
  $("digest").textContent = digest && `program ${digest}`;
  $("result").hidden = false;
  free();
}

// No answer will come, or none in time: the verdict is of the rows that are there. None of them
// is a failure, since the first one is the last.
function unsettled(text) {
  stop();
  row([step, "open", text]);
  verdict("OPEN", `${step}: ${text}`);
  start();
}

function began({ step: check, text }) {
  if (check !== step) {
    step = check;
    clearTimeout(clock);
    const minutes = Math.min(999, Math.max(1, Number($("minutes").value) || 1));
    const limit = `not done within ${minutes === 1 ? "a minute" : `${minutes} minutes`} here`;
    clock = setTimeout(
      () => unsettled(`${limit}; give it more time above, or run cycleproof verify`),
      minutes * 60000,
    );
  }
  state(`${text}…`);
}

function row(values) {
  const line = document.createElement("tr");
  for (const value of values) line.insertCell().textContent = value;
  $("rows").append(line);
}

function free() {
  busy = false;
  clearTimeout(clock);
  $("cancel").disabled = true;
  $("file").disabled = !ready;
}

function stop() {
  worker.terminate();
  worker = null;
}

async function start() {
  ready = false;
  free();
  state("Starting Python…");
  try {
    if (!crypto.subtle) throw new Error("digests need https or this machine's own address");
    const files = {};
    for (const name of Object.keys(pins)) files[name] = await pinned(name);
    // From a blob the worker inherits this page's policy, wherever the page is served from.
    const text = new Blob([files["worker.js"]], { type: "text/javascript" });
    const address = URL.createObjectURL(text);
    const mine = new Worker(address, { type: "module" });
    worker = mine;
    mine.onmessage = ({ data }) => {
      if (mine !== worker) return; // it was stopped, and this was still on its way
      if (data.ready) { ready = true; free(); state("Ready."); judge(waiting); }
      else if (data.step) began(data);
      else if (data.row) row(data.row);
      else if (data.verdict) { state("Done."); verdict(...data.verdict); }
      else if ("failed" in data) failed(data.failed);
    };
    mine.onerror = (event) => { if (mine === worker) failed(event.message); };
    delete files["worker.js"];
    worker.postMessage({ base: new URL("pyodide/", document.baseURI).href, files });
  } catch (error) {
    unusable(error instanceof Tampered ? "TAMPERED" : "NOT STARTED", error.message);
  }
}

function unusable(word, text) {
  $("rows").replaceChildren();
  $("name").textContent = "";
  state("Nothing can be judged here.");
  verdict(word, text);
}

function failed(text) {
  if (ready) unsettled(`this browser could not do it: ${text}`);
  else unusable("NOT STARTED", text);
}

async function judge(file) {
  waiting = ready || !file ? null : file;
  if (!ready || busy || !file) return;
  busy = true;
  $("file").disabled = true;
  $("cancel").disabled = false;
  $("result").hidden = true;
  $("rows").replaceChildren();
  $("name").textContent = `the file ${file.name}`;
  step = "";
  began({ step: "decode", text: "reading" });
  try {
    if (file.size > MAX_BYTES)
      throw new Error(`${file.size} bytes are more than any artifact or bundle has`);
    const data = await file.arrayBuffer();
    const nonce = crypto.getRandomValues(new Uint8Array(16));
    worker.postMessage({ data, nonce }, [data]);
  } catch (error) {
    state("Done.");
    row(["decode", "fail", error.message]);
    verdict("REFUSED", error.message);
  }
}

$("file").addEventListener("change", () => {
  judge($("file").files[0]);
  $("file").value = ""; // else the same name, chosen again after a change, would not be judged
});
$("cancel").addEventListener("click", () => { stop(); start(); });
for (const name of ["dragover", "dragleave", "drop"])
  document.addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", name === "dragover");
    if (name === "drop") judge(event.dataTransfer.files[0]);
  });
start();
