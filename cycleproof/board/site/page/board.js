"use strict";
// Sorts and filters the tables that are there; nothing is fetched, nothing is made from text.
(() => {
  const controls = document.getElementById("controls");
  if (!controls) return;
  controls.hidden = false;
  const words = document.getElementById("words");
  const verdict = document.getElementById("verdict");
  const best = document.getElementById("best");
  const shown = document.getElementById("shown");
  const rows = [...document.querySelectorAll("tr[data-text]")];

  const show = () => {
    const asked = words.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    let all = 0;
    for (const row of rows) {
      const own = row.dataset.author !== "";
      const fits =
        asked.every((word) => row.dataset.text.toLowerCase().includes(word)) &&
        (verdict.value === "" || row.dataset.verdict === verdict.value) &&
        (!best.checked || !row.dataset.rank || own);
      row.hidden = !fits;
      const main = row.closest("[data-board]").dataset.board === "all";
      all += main;
      count += fits && main;
      const cell = row.querySelector("[data-ranks]");
      if (cell) cell.textContent = best.checked ? row.dataset.author : row.dataset.rank;
    }
    for (const table of document.querySelectorAll("[data-table]"))
      table.hidden = ![...table.querySelectorAll("tr[data-text]")].some((row) => !row.hidden);
    shown.textContent = `${count} of ${all} entries shown`;
  };

  const sort = (button) => {
    const head = button.closest("th");
    const table = head.closest("table");
    const at = [...head.parentNode.children].indexOf(head);
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => row.children[at].dataset.value ?? row.children[at].textContent;
    const number = head.classList.contains("n");
    const body = table.tBodies[0];
    const order = [...body.rows].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (number && (x === "") !== (y === "")) return x === "" ? 1 : -1;
      const by = number ? Number(x) - Number(y) : x.localeCompare(y, "en");
      return up ? by : -by;
    });
    body.append(...order);
  };

  words.addEventListener("input", show);
  verdict.addEventListener("change", show);
  best.addEventListener("change", show);
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(button));
    head.replaceChildren(button);
  }
  show();
})();
