// The page: starts the worker, hands it a file, shows what it says. All texts go in as text.
const $ = (id) => document.getElementById(id);
const MAX_BYTES = 50331648 + (4 << 20); // a bundle holds an artifact and a little more
const pins = Object.fromEntries(
  [...$("pins").rows].map((row) => [row.cells[0].textContent, row.cells[1].textContent]),
);
let worker;
let ready = false;
let busy = false;

const state = (text) => { $("state").textContent = text; };

const hex = (buffer) =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function pinned(name) {
  const answer = await fetch(new URL(name, document.baseURI), { cache: "no-store" });
  if (!answer.ok) throw new Error(`${name}: not found`);
  const data = await answer.arrayBuffer();
  const digest = hex(await crypto.subtle.digest("SHA-256", data));
  if (digest !== pins[name]) throw new Error(`${name} is ${digest}; the pin is ${pins[name]}`);
  return data;
}

function verdict({ word, text, rows, program_sha256 }) {
  $("word").textContent = word;
  $("word").className = word;
  $("why").textContent = text;
  $("digest").textContent = program_sha256 ? `program ${program_sha256}` : "";
  for (const values of rows) row(values);
  $("result").hidden = false;
  free();
}

function row(values) {
  const line = document.createElement("tr");
  for (const value of values) line.insertCell().textContent = value;
  $("rows").append(line);
}

function free() {
  busy = false;
  $("cancel").disabled = true;
  $("file").disabled = !ready;
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
    worker = new Worker(address, { type: "module" });
    worker.onmessage = ({ data }) => {
      if (data.ready) { ready = true; free(); state("Ready."); }
      else if (data.step) state(`${data.step}…`);
      else if (data.verdict) { state("Done."); verdict(data.verdict); }
      else if (data.failed) { state(`Python ended: ${data.failed}`); free(); }
    };
    worker.onerror = (event) => { state(`The worker ended: ${event.message}`); free(); };
    delete files["worker.js"];
    worker.postMessage({ base: new URL("pyodide/", document.baseURI).href, files });
  } catch (error) {
    state("Not started.");
    verdict({ word: "TAMPERED", text: error.message, rows: [], program_sha256: "" });
  }
}

async function judge(file) {
  if (!ready || busy || !file) return;
  busy = true;
  $("file").disabled = true;
  $("cancel").disabled = false;
  $("result").hidden = true;
  $("rows").replaceChildren();
  if (file.size > MAX_BYTES) {
    const text = `${file.size} bytes are more than any artifact or bundle has`;
    verdict({ word: "REFUSED", text, rows: [], program_sha256: "" });
    return;
  }
  state("reading…");
  const data = await file.arrayBuffer();
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  worker.postMessage({ data, nonce }, [data]);
}

$("file").addEventListener("change", () => judge($("file").files[0]));
$("cancel").addEventListener("click", () => { worker.terminate(); start(); });
for (const name of ["dragover", "dragleave", "drop"])
  document.addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", name === "dragover");
    if (name === "drop") judge(event.dataTransfer.files[0]);
  });
start();
