// The worker: Python, the hashed files, one document at a time. It gets bytes and answers data.
let python;
const text = (buffer) => new TextDecoder("utf-8", { fatal: true }).decode(buffer);

async function begin({ base, files }) {
  const { loadPyodide } = await import(`${base}pyodide.mjs`);
  python = await loadPyodide({ indexURL: base });
  const sources = {};
  for (const [name, data] of Object.entries(files))
    if (name.startsWith("frozen/") && name.endsWith(".py"))
      sources[name.slice("frozen/".length, -".py".length)] = text(data);
  for (const [name, module] of Object.entries(JSON.parse(text(files["modules.json"])))) {
    const path = `/cycleproof/${name}`;
    python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    python.FS.writeFile(path, module);
  }
  python.runPython(text(files["driver.py"]));
  python.globals.set("frozen_sources", python.toPy(sources));
  python.runPython("harness = load_frozen(frozen_sources); prepare()");
  postMessage({ ready: true });
}

function judge({ data, nonce }) {
  const say = (line) => postMessage(JSON.parse(line));
  python.globals.set("given", new Uint8Array(data));
  python.globals.set("drawn", nonce);
  python.globals.set("say", say);
  const answer = python.runPython(
    "import json; json.dumps(verify(given.to_bytes(), drawn.to_bytes(), harness, say))",
  );
  const { word, text, program_sha256 } = JSON.parse(answer);
  postMessage({ verdict: [word, text, program_sha256] });
}

onmessage = async ({ data }) => {
  try {
    if (data.files) await begin(data);
    else judge(data);
  } catch (error) {
    postMessage({ failed: String(error.message).trim().split("\n").pop().slice(0, 300) });
  }
};
