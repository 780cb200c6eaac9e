"use strict";
// The schedule as a heat map: time from left to right, one row per engine slot.
(() => {
  const data = JSON.parse(document.getElementById("schedule").textContent);
  const canvas = document.getElementById("map");
  const cell = document.getElementById("cell");
  const legend = document.getElementById("legend");
  const mode = document.getElementById("colour");
  const order = data.order ?? data.program.map((_, bundle) => bundle);
  const cycles = order.length;
  const LEFT = 52, TOP = 6, BOTTOM = 22, GAP = 5, NARROWEST = 8;

  const rows = []; // {engine, slot}
  const rowOf = {};
  for (const [engine, limit] of data.engines) {
    rowOf[engine] = rows.length;
    for (let slot = 0; slot < limit; slot++) rows.push({ engine, slot });
  }
  // grid[cycle * rows + row] is the number of the slot issued there, plus one.
  const grid = new Int32Array(cycles * rows.length);
  const opNames = [];
  const opOf = [];
  const opIndex = new Map();
  const onPath = new Set();
  const firstOf = new Int32Array(cycles + 1);
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (const [engine, slots] of Object.entries(data.program[order[cycle]])) {
      slots.forEach((slot, index) => {
        const name = engine + " " + slot[0];
        if (!opIndex.has(name)) { opIndex.set(name, opNames.length); opNames.push(name); }
        opOf.push(opIndex.get(name));
        grid[cycle * rows.length + rowOf[engine] + index] = opOf.length;
      });
    }
    firstOf[cycle + 1] = opOf.length;
  }
  for (const [cycle, slot] of data.path) onPath.add(firstOf[cycle] + slot);

  const wheel = (n, of) => `hsl(${Math.round((n * 360) / of)} 62% ${n % 2 ? 45 : 58}%)`;
  const opOrder = [...opNames].sort();
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const roundName = (r) => (r < 0 ? "set-up" : r >= data.rounds ? "output" : "round " + r);
  const roundColour = (r) => (r < 0 ? css("soft") : r >= data.rounds ? css("mark") : data.palette[r]);
  const MODES = {
    round: (n) => [roundName(data.round[n]), roundColour(data.round[n])],
    op: (n) => [opNames[opOf[n]], wheel(opOrder.indexOf(opNames[opOf[n]]), opNames.length)],
    engine: (n) => { const engine = opNames[opOf[n]].split(" ")[0]; return [engine, css(engine)]; },
    vector: (n) => data.lane[n] < 0
      ? ["no lane", css("soft")]
      : ["lanes " + (data.lane[n] & ~7) + "…", wheel((data.lane[n] >> 3) * 7 % 32, 32)],
    path: (n) => onPath.has(n) ? ["critical path", css("accent")] : ["other slots", css("line")],
  };

  let from = 0, to = cycles, colours = [];
  const held = () => to - from;

  function paint() { // one colour per slot of the program, once per mode
    const seen = new Map();
    colours = opOf.map((_, n) => {
      const [name, colour] = MODES[mode.value](n);
      if (!seen.has(name)) seen.set(name, [colour, n]);
      return colour;
    });
    const names = [...seen.keys()];
    if (mode.value === "round") names.sort((a, b) => data.round[seen.get(a)[1]] - data.round[seen.get(b)[1]]);
    else if (mode.value === "vector") names.sort((a, b) => data.lane[seen.get(a)[1]] - data.lane[seen.get(b)[1]]);
    else if (mode.value !== "engine") names.sort();
    legend.replaceChildren(...names.map((name) => {
      const item = document.createElement("li");
      const box = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const square = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      box.setAttribute("aria-hidden", "true");
      box.setAttribute("viewBox", "0 0 10 10");
      square.setAttribute("width", "10");
      square.setAttribute("height", "10");
      square.setAttribute("fill", seen.get(name)[0]);
      box.append(square);
      item.append(box, name);
      return item;
    }));
    draw();
  }

  function geometry() {
    const width = canvas.clientWidth, height = canvas.clientHeight;
    const tall = (height - TOP - BOTTOM - GAP * (data.engines.length - 1)) / rows.length;
    const y = rows.map((row, n) => TOP + n * tall + GAP * data.engines.findIndex(([e]) => e === row.engine));
    return { width, height, tall, y, wide: (width - LEFT) / held() };
  }

  function draw() {
    const { width, height, tall, y, wide } = geometry();
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = css("ink");
    context.textBaseline = "middle";
    for (const [engine, limit] of data.engines) {
      const first = rowOf[engine];
      context.fillText(engine, 4, (y[first] + y[first + limit - 1] + tall) / 2);
    }
    // With several cycles to a pixel, a cell is as strong as the share of them that is filled.
    const together = Math.max(1, Math.floor(1 / wide));
    const pad = wide > 5 ? 0.6 : 0;
    for (let start = from; start < to; start += together) {
      const end = Math.min(start + together, to);
      for (let row = 0; row < rows.length; row++) {
        let filled = 0, last = 0;
        for (let cycle = start; cycle < end; cycle++) {
          const number = grid[cycle * rows.length + row];
          if (number) { filled++; last = number; }
        }
        if (!filled) continue;
        context.globalAlpha = 0.25 + (0.75 * filled) / (end - start);
        context.fillStyle = colours[last - 1];
        context.fillRect(LEFT + (start - from) * wide, y[row], Math.max(wide * (end - start) - pad, 0.5), tall - 0.8);
      }
    }
    context.globalAlpha = 1;
    context.fillStyle = css("ink");
    context.strokeStyle = css("soft");
    context.textAlign = "center";
    const step = niceStep((held() * 70) / (width - LEFT));
    for (let tick = Math.ceil(from / step) * step; tick < to; tick += step) {
      const x = LEFT + (tick - from + 0.5) * wide;
      context.beginPath();
      context.moveTo(x, height - BOTTOM);
      context.lineTo(x, height - BOTTOM + 4);
      context.stroke();
      context.fillText(String(tick), Math.min(Math.max(x, LEFT + 8), width - 14), height - BOTTOM + 13);
    }
    context.textAlign = "left";
    canvas.dataset.from = from;
    canvas.dataset.to = to;
    document.getElementById("range").textContent = `cycles ${from} to ${to - 1} of ${cycles}`;
  }

  function niceStep(least) { // 1, 2, 5, 10, 20, 50, ...
    let step = 1;
    while (step < least) step *= String(step)[0] === "2" ? 2.5 : 2;
    return step;
  }

  function zoom(factor, centre = (from + to) / 2) {
    const width = Math.min(cycles, Math.max(Math.min(NARROWEST, cycles), Math.round(held() * factor)));
    const share = (centre - from) / held();
    moveTo(Math.round(centre - share * width), width);
  }
  function moveTo(start, width = held()) {
    from = Math.max(0, Math.min(start, cycles - width));
    to = from + width;
    draw();
  }

  function text(number, cycle) {
    const { engine, slot } = rows[number];
    const place = `cycle ${cycle}, bundle ${order[cycle]}, ${engine} slot ${slot}`;
    const issued = grid[cycle * rows.length + number] - 1;
    if (issued < 0) return `${place}: empty`;
    const operands = data.program[order[cycle]][engine][slot];
    const round = data.round[issued], lane = data.lane[issued];
    const label = data.names?.[order[cycle]]?.[engine]?.[slot];
    const parts = [`${place}: ${operands[0]}`, disassemble(engine, operands), roundName(round)];
    if (round >= 0) parts.push("lane " + lane);
    if (onPath.has(issued)) parts.push("on the critical path");
    if (label) parts.push(label);
    return parts.join(" · ");
  }
  function disassemble(engine, slot) { // as cycleproof.analysis.disassembly does
    const op = data.ops[engine + " " + slot[0]];
    const shift = op.displaced ? slot[slot.length - 1] : 0;
    const shown = {};
    op.operands.forEach(([name, width], n) => {
      shown[name] = width ? (width > 1 ? "v" : "s") + (slot[n + 1] + shift) : String(slot[n + 1]);
    });
    return op.meaning.replace(/\w+/g, (word) => (Object.hasOwn(shown, word) ? shown[word] : word));
  }

  function at(event) {
    const { tall, y, wide } = geometry();
    const box = canvas.getBoundingClientRect();
    const cycle = from + Math.floor((event.clientX - box.left - LEFT) / wide);
    const row = y.findIndex((top) => event.clientY - box.top >= top && event.clientY - box.top < top + tall);
    return { cycle, row, inside: cycle >= from && cycle < to && row >= 0 };
  }

  function tell(event) {
    const { cycle, row, inside } = at(event);
    if (inside) cell.textContent = text(row, cycle);
  }

  let grabbed = null;
  canvas.addEventListener("pointerdown", (event) => {
    grabbed = { x: event.clientX, from };
    canvas.setPointerCapture(event.pointerId);
    tell(event); // a finger touches without a move before
  });
  canvas.addEventListener("pointerup", () => { grabbed = null; });
  canvas.addEventListener("pointercancel", () => { grabbed = null; });
  canvas.addEventListener("pointermove", (event) => {
    if (grabbed && Math.abs(event.clientX - grabbed.x) > 3) {
      moveTo(Math.round(grabbed.from - (event.clientX - grabbed.x) / geometry().wide));
    }
    tell(event);
  });
  canvas.addEventListener("dblclick", (event) => zoom(0.5, at(event).cycle));
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== canvas) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 0.8 : 1.25, at(event).cycle);
  }, { passive: false });
  const KEYS = {
    "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2),
    ArrowLeft: () => moveTo(from - Math.ceil(held() / 8)),
    ArrowRight: () => moveTo(from + Math.ceil(held() / 8)),
    Home: () => moveTo(0), End: () => moveTo(cycles), Escape: () => moveTo(0, cycles),
  };
  canvas.addEventListener("keydown", (event) => {
    if (!KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  document.getElementById("in").addEventListener("click", () => zoom(0.5));
  document.getElementById("out").addEventListener("click", () => zoom(2));
  document.getElementById("left").addEventListener("click", KEYS.ArrowLeft);
  document.getElementById("right").addEventListener("click", KEYS.ArrowRight);
  document.getElementById("all").addEventListener("click", KEYS.Escape);
  mode.addEventListener("change", paint);
  window.addEventListener("resize", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  paint();
})();
