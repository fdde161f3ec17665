// The alignment view: words × cells.
const strips = [];

function readCell(i, cell) {
  const all = i === words.length;
  const share = all ? words.reduce((sum, _, w) => sum + (valuesOf(w, state.light)[cell] ?? 0), 0) : valuesOf(i, state.light)[cell] ?? 0;
  const number = data.layers[state.light].share && !all ? percent(share) : share.toPrecision(2);
  $("matrix-reading").textContent = `${all ? "all words" : words[i].word}: ${number} at ${cellName(cell)}`;
  placeCell($("locator-cell"), cell);
  strips.forEach((strip) => {
    strip.mark.hidden = false;
    strip.mark.style.setProperty("--x", 100 * cell / L + "%");
    strip.mark.style.setProperty("--w", 100 / L + "%");
  });
}

function makeStrip(i) {
  const head = document.createElement("button"), line = document.createElement("div"), canvas = document.createElement("canvas"), mark = document.createElement("b");
  head.type = "button";
  head.textContent = i < words.length ? words[i].word : "all words";
  if (i < words.length) {
    head.addEventListener("click", () => select(i));
  } else {
    head.className = "all";
    head.disabled = true;
  }
  canvas.width = L;
  canvas.height = 1;
  canvas.setAttribute("role", "img");
  line.className = "strip";
  mark.hidden = true;
  line.append(canvas, mark);
  for (let row = 1; row < rows; ++row) {
    const tick = document.createElement("i");
    tick.style.setProperty("--x", 100 * row / rows + "%");
    line.append(tick);
  }
  line.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    readCell(i, Math.min(L - 1, Math.max(0, Math.floor((event.clientX - box.left) / box.width * L))));
  });
  line.addEventListener("click", () => { if (i < words.length) select(i); });
  $("matrix").append(head, line);
  strips.push({ head, canvas, mark });
}

function makeMatrix() {
  strips.length = 0;
  $("matrix").replaceChildren();
  $("matrix").style.setProperty("--cells", L);
  for (let i = 0; i <= words.length; ++i) makeStrip(i);
  $("locator-photograph").src = $("photograph").src;
  placeField($("locator-field"));
}

function drawMatrix() {
  if ($("view-matrix").hidden) return;
  const maps = words.map((_, i) => valuesOf(i, state.light));
  const sums = Array.from({ length: L }, (_, cell) => maps.reduce((sum, map) => sum + (map[cell] ?? 0), 0));
  const top = (map) => map.reduce((a, b) => Math.max(a, b), 0);
  const common = Math.max(0, ...maps.map(top));
  [...maps, sums].forEach((map, i) => {
    const { head, canvas } = strips[i];
    const maximum = i < words.length && state.range === "common" ? common : top(map);
    paint(canvas, Array.from({ length: L }, (_, cell) => (maximum > 0 ? (map[cell] ?? 0) / maximum : 0)), tables[state.colorMap]);
    canvas.setAttribute("aria-label", i < words.length ? `${words[i].word}. ${map.length ? whereOf(map) : "no map"}` : "the sum over all words");
    if (i < words.length) toggled(head, i === state.word);
  });
}
