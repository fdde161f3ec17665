// Builds the page and registers the event listeners.
function makeWords() {
  wordButtons.length = 0;
  $("words").replaceChildren();
  words.forEach((word, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = word.word;
    button.style.setProperty("--p", word.p);
    if (word.verdict) button.dataset.tone = word.verdict.tone;
    button.setAttribute("aria-label", word.word + (word.verdict ? `, ${word.verdict.name}` : ""));
    button.addEventListener("click", () => select(i));
    button.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "mouse") return;
      state.preview = i;
      draw();
    });
    button.addEventListener("pointerleave", () => {
      if (state.preview < 0) return;
      state.preview = -1;
      draw();
    });
    wordButtons.push(button);
  });
  $("words").append(...wordButtons);
  $("words").classList.toggle("many", words.length > 40);
  if (!words.length) {
    const none = document.createElement("p");
    none.className = "notice";
    none.textContent = "The caption has no words.";
    $("words").append(none);
  }
}

/** The initial word: the most suspicious one, or else the one with the lowest entropy. */
function firstWord() {
  let best = words.length ? 0 : -1;
  const rank = (word) => (word.suspicion !== undefined ? 1000 + word.suspicion : -word.entropy);
  words.forEach((word, i) => { if (rank(word) > rank(words[best])) best = i; });
  return best;
}

function show(view) {
  for (const name of ["photo", "matrix"]) {
    $("view-" + name).hidden = name !== view;
    $("tab-" + name).setAttribute("aria-selected", String(name === view));
    $("tab-" + name).tabIndex = name === view ? 0 : -1;
  }
  draw();
}

let playing = 0;
function play(on) {
  clearInterval(playing);
  playing = on ? setInterval(() => select(state.word + 1), 1100) : 0;
  toggled($("play"), on);
  $("play").textContent = on ? "❚❚" : "▶";
}

function bind(id, key, read) {
  const element = $(id);
  if (element.type === "checkbox") element.checked = state[key];
  else element.value = state[key];
  element.addEventListener("input", () => {
    state[key] = read(element);
    $("opacity-value").textContent = percent(state.opacity).replace(".0", "");
    state.shown = null;
    draw();
  });
}

function makeControls() {
  $("color-map").append(...Object.keys(tables).map((name) => new Option(name, name)));
  bind("opacity", "opacity", (element) => Number(element.value));
  bind("color-map", "colorMap", (element) => element.value);
  bind("upsampling", "upsampling", (element) => element.value);
  bind("light", "light", (element) => Number(element.value));
  bind("range", "range", (element) => element.value);
  bind("show-contour", "contour", (element) => element.checked);
  bind("show-map", "map", (element) => element.checked);
  $("opacity-value").textContent = percent(state.opacity).replace(".0", "");
  if (innerWidth <= 900) $("display").open = false;
}

function listenToKeys() {
  const flip = (id) => { $(id).checked = !$(id).checked; $(id).dispatchEvent(new Event("input")); };
  const actions = {
    ArrowRight: () => select(state.word + 1, { focus: document.activeElement?.parentElement === $("words") }),
    ArrowLeft: () => select(state.word - 1, { focus: document.activeElement?.parentElement === $("words") }),
    Home: () => select(0, { focus: true }),
    End: () => select(words.length - 1, { focus: true }),
    p: () => play(!playing), m: () => flip("show-map"), c: () => flip("show-contour"),
    a: () => show($("view-matrix").hidden ? "matrix" : "photo"),
    Escape: () => probe(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    if (!words) return;
    if (event.target.closest("[role=tab]") && event.key.startsWith("Arrow")) {
      show($("view-matrix").hidden ? "matrix" : "photo");
      document.querySelector("[role=tab][aria-selected=true]").focus();
    } else if (event.target === $("stage") && event.key.startsWith("Arrow")) {
      moveProbe(event.key);
    } else if (actions[event.key]) {
      actions[event.key]();
    } else {
      return;
    }
    event.preventDefault();
  });
}

function moveProbe(key) {
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (state.probe < 0) return probeCell(Math.floor(rows / 2) * cols + Math.floor(cols / 2));
  const row = Math.min(rows - 1, Math.max(0, Math.floor(state.probe / cols) + down));
  const col = Math.min(cols - 1, Math.max(0, state.probe % cols + right));
  probeCell(row * cols + col);
}

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

/** Shows an explanation, in place of an earlier one. */
function showExplanation(explanation) {
  use(explanation);
  document.documentElement.style.setProperty("--shape", data.width / data.height);
  placeField($("field"));
  makeWords();
  state.light = 0;
  $("light").replaceChildren(...data.layers.map((layer, i) => new Option(layer.name, i)));
  $("light-label").hidden = data.layers.length < 2;
  makeMatrix();
  $("notes").replaceChildren(...data.notes.map((note) => {
    const line = document.createElement("p");
    line.textContent = note;
    return line;
  }));
  state.preview = state.alternative = state.probe = -1;
  state.shown = null;
  state.word = firstWord();
  draw();
}

function listen() {
  makeControls();
  $("theme").addEventListener("click", switchTheme);
  $("previous").addEventListener("click", () => select(state.word - 1));
  $("next").addEventListener("click", () => select(state.word + 1));
  $("play").addEventListener("click", () => play(!playing));
  $("tab-photo").addEventListener("click", () => show("photo"));
  $("tab-matrix").addEventListener("click", () => show("matrix"));
  $("stage").addEventListener("pointermove", probePoint);
  $("stage").addEventListener("pointerdown", probePoint);
  $("stage").addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") probe(-1); });
  $("stage").addEventListener("blur", () => probe(-1));
  listenToKeys();
}
