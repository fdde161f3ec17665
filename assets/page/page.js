// The words, the photograph with their maps, and the panel about a word.
const state = { word: -1, preview: -1, alternative: -1, light: 0, probe: -1, shown: null, ...page.options, range: "own", map: true };
/** What else happens when an alternative is chosen, on a page that can ask the model. */
let onAlternative = () => {};
const wordButtons = [];
const still = matchMedia("(prefers-reduced-motion: reduce)");

const current = () => (state.preview >= 0 ? state.preview : state.word);
const currentAlternative = () => (state.preview >= 0 && state.preview !== state.word ? -1 : state.alternative);

/** The maximum of the color scale: of the shown map, or of all words in the layer. */
function maximumOf(values) {
  if (state.range === "own") return fieldOf(values, state.upsampling).maximum;
  return Math.max(...words.map((_, i) => valuesOf(i, state.light)).concat([values]).filter((map) => map.length).map((map) => fieldOf(map, state.upsampling).maximum));
}

let frame = 0;
/** Paints levels 0…1, with an animated transition from the current ones. */
function glideTo(levels) {
  cancelAnimationFrame(frame);
  const from = state.shown, start = performance.now();
  const show = (now) => {
    const t = from && !still.matches ? Math.min(1, (now - start) / 180) : 1;
    const eased = t * (2 - t);
    state.shown = t === 1 ? levels : levels.map((level, i) => from[i] + (level - from[i]) * eased);
    paint($("map"), state.shown, tables[state.colorMap]);
    $("map").dataset.settled = t === 1;
    if (t < 1) frame = requestAnimationFrame(show);
  };
  show(start);
}

function drawMap(glide = true) {
  const word = current();
  const values = word >= 0 ? valuesOf(word, state.light, currentAlternative()) : [];
  const visible = state.map && values.length === L;
  $("map").hidden = !visible;
  $("contour").toggleAttribute("hidden", !(visible && state.contour));
  placeCell($("chosen-cell"), visible && state.light === 0 && words[word].cell >= 0 ? words[word].cell : -1);
  $("stage").style.setProperty("--opacity", state.opacity);
  paint($("scale"), Float32Array.from({ length: 256 }, (_, i) => i / 255), tables[state.colorMap]);
  if (!visible) {
    $("scale-maximum").textContent = "";
    $("scale-meaning").textContent = values.length || word < 0 ? "" : "this word has no such map";
    return;
  }
  const { field } = fieldOf(values, state.upsampling);
  const maximum = maximumOf(values);
  if (!glide) state.shown = null;
  glideTo(field.map((value) => (maximum > 0 ? value / maximum : 0)));
  $("scale-maximum").textContent = data.layers[state.light].share ? percent(maximum) : maximum.toPrecision(2);
  $("scale-meaning").textContent = data.layers[state.light].meaning;
  if (state.contour) {
    const path = contourPath(field, inside, regionThreshold(field, inside, 0.5));
    for (const line of $("contour").children) line.setAttribute("d", path);
  }
}

const toggled = (element, on) => element.setAttribute("aria-pressed", String(on));

function drawAlternatives(word) {
  const list = $("alternatives");
  $("alternatives-box").hidden = word.alternatives.length === 0;
  list.replaceChildren(...word.alternatives.map((other, i) => {
    const item = document.createElement("li"), button = document.createElement("button");
    const name = document.createElement("span"), number = document.createElement("span");
    const chosen = other.word === word.word;
    name.textContent = other.word + (chosen ? " (chosen)" : "");
    number.textContent = percent(other.p);
    number.className = "number";
    button.type = "button";
    button.style.setProperty("--p", Math.min(1, other.p));
    toggled(button, i === currentAlternative());
    button.append(name, number);
    button.addEventListener("click", () => {
      state.preview = -1;
      state.alternative = state.alternative === i || chosen ? -1 : i;
      draw();
      list.children[i].firstChild.focus();
      if (state.alternative === i) onAlternative(current(), other.word);
    });
    item.append(button);
    return item;
  }));
  const alternative = word.alternatives[currentAlternative()];
  $("alternative-note").hidden = !alternative;
  if (alternative) {
    $("alternative-note").textContent = alternative.map
      ? `The photograph shows the map of “${alternative.word}”${alternative.map_meaning ? ": " + alternative.map_meaning : ""}.`
      : `“${alternative.word}” has the same map: the model computes attention before it chooses the word, so all alternatives at this position share one attention map. Only their probabilities differ.`;
  }
}

function drawWord() {
  const word = words[current()];
  $("word").hidden = !word;
  if (!word) return;
  $("word-text").textContent = word.word;
  $("verdict").hidden = $("verdict-meaning").hidden = !word.verdict;
  if (word.verdict) {
    $("verdict").textContent = word.verdict.name;
    $("verdict").dataset.tone = word.verdict.tone;
    $("verdict-meaning").textContent = word.verdict.explanation;
  }
  $("p").textContent = percent(word.p);
  $("gate").textContent = word.gate.toFixed(2);
  $("entropy").textContent = L > 1 ? percent(word.entropy / Math.log(L)) : percent(0);
  $("entropy").title = `${word.entropy.toFixed(2)} of at most ${Math.log(L).toFixed(2)} nats`;
  $("p-meter").value = word.p;
  $("gate-meter").value = word.gate;
  $("entropy-meter").value = L > 1 ? word.entropy / Math.log(L) : 0;
  const values = valuesOf(current(), state.light, currentAlternative());
  $("where").textContent = values.length ? whereOf(values) : "";
  drawAlternatives(word);
  $("evidence-box").hidden = word.evidence.length === 0;
  $("evidence").replaceChildren(...word.evidence.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
}

function drawWords() {
  wordButtons.forEach((button, i) => {
    toggled(button, i === current());
    button.tabIndex = i === Math.max(0, state.word) ? 0 : -1;
  });
}

function draw() {
  drawWords();
  drawWord();
  drawMap();
  drawMatrix();
}

function announce() {
  const word = words[state.word];
  if (!word) return;
  $("live").textContent = `${word.word}: ${word.verdict ? word.verdict.name + ", " : ""}probability ${percent(word.p)}, gate ${word.gate.toFixed(2)}. ${whereOf(valuesOf(state.word, 0))}`;
}

function select(i, { focus = false } = {}) {
  if (!words.length) return;
  state.word = (i + words.length) % words.length;
  state.preview = state.alternative = -1;
  draw();
  announce();
  const button = wordButtons[state.word];
  if (focus) button.focus();
  else button.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Names the words that attend to a cell, and tints them in the sentence. */
function probe(cell, x = 0, y = 0) {
  state.probe = cell;
  placeCell($("probe-cell"), cell);
  $("probe").hidden = cell < 0;
  $("words").classList.toggle("probing", cell >= 0);
  const looks = words.map((_, i) => (cell >= 0 ? valuesOf(i, state.light)[cell] ?? 0 : 0));
  const most = Math.max(...looks, 1e-9);
  wordButtons.forEach((button, i) => button.style.setProperty("--look", looks[i] / most));
  if (cell < 0) return;
  const order = looks.map((look, i) => [look, i]).sort((a, b) => b[0] - a[0]).slice(0, 4);
  $("probe").replaceChildren(...order.map(([look, i]) => {
    const line = document.createElement("div"), number = document.createElement("b");
    number.textContent = data.layers[state.light].share ? percent(look) : look.toPrecision(2);
    line.append(number, " " + words[i].word);
    return line;
  }));
  const stage = $("stage").getBoundingClientRect(), box = $("probe").getBoundingClientRect();
  const beside = 0.7 * stage.width * input.width / cols + 12;  // clear of the cell
  const left = x + beside + box.width > stage.width ? x - beside - box.width : x + beside;
  const top = Math.min(Math.max(0, y - box.height / 2), Math.max(0, stage.height - box.height));
  $("probe").style.transform = `translate(${Math.max(0, left)}px, ${top}px)`;
}

function probePoint(event) {
  const stage = $("stage").getBoundingClientRect();
  const x = event.clientX - stage.left, y = event.clientY - stage.top;
  probe(cellAt(x / stage.width, y / stage.height), x, y);
}

function probeCell(cell) {
  const stage = $("stage").getBoundingClientRect();
  probe(cell, ((cell % cols + 0.5) / cols * input.width + input.left) * stage.width, ((Math.floor(cell / cols) + 0.5) / rows * input.height + input.top) * stage.height);
  $("live").textContent = `${cellName(cell)}: ` + [...$("probe").children].map((line) => line.textContent).join(", ");
}
