// The page of the server: a list of photographs with their captions, and the explanation of one.
const TOGETHER = 4;  // captions that are requested at the same time
const items = [];    // {id, name, image, said, error, card}
let shown = null;    // {item, own, explanation}: what is explained
let turn = 0;        // counts what is asked for, so that a late answer does not replace a newer one

const settings = () => ({ beam: $("beam").value, max_length: $("longest").value });
const percentOf = (log_p) => percent(Math.exp(log_p));

let saying = "";  // what the status is about
function say(text, failed = false, about = "") {
  saying = about;
  $("status").textContent = text;
  $("status").classList.toggle("failed", failed);
}

// The list is kept in the browser's own database; without one it lasts as long as the page.
let database = null;
function openDatabase() {
  return new Promise((opened) => {
    try {
      const asked = indexedDB.open("saccade", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("items", { keyPath: "id" });
      asked.onsuccess = () => opened(asked.result);
      asked.onerror = () => opened(null);
    } catch {
      opened(null);
    }
  });
}

function store(mode = "readwrite") {
  return database?.transaction("items", mode).objectStore("items");
}

function keep({ id, name, image, said, error }) {
  store()?.put({ id, name, image, said, error });
}

function drawCard(item) {
  item.card.said.textContent = item.error ?? item.said ?? "…";
  item.card.said.className = item.error ? "said failed" : "said";
  item.card.button.disabled = !!item.error;
  toggled(item.card.button, shown?.item === item);
}

function makeCard(item) {
  const line = document.createElement("li"), button = document.createElement("button");
  const picture = document.createElement("img"), text = document.createElement("span");
  const said = document.createElement("span"), name = document.createElement("span");
  button.type = "button";
  picture.alt = "";
  picture.src = URL.createObjectURL(item.image);
  picture.onerror = () => {  // a format that the browser does not show
    const blank = document.createElement("span");
    blank.className = "blank";
    picture.replaceWith(blank);
  };
  text.className = "text";
  name.className = "name";
  name.textContent = item.name;
  text.append(said, name);
  button.append(picture, text);
  button.addEventListener("click", () => open(item));
  line.append(button);
  item.card = { button, said };
  $("gallery").prepend(line);
  $("gallery-box").hidden = false;
  drawCard(item);
}

async function caption(item) {
  try {
    const answer = await requestJson("v1/caption", { ...settings(), name: item.name }, item.image);
    item.said = answer.caption || "(no words)";
    item.error = undefined;
  } catch (error) {
    item.error = error.message;
  }
  drawCard(item);
  keep(item);
}

let queue = [], running = 0;
function captionNext() {
  while (running < TOGETHER && queue.length) {
    ++running;
    caption(queue.shift()).finally(() => {
      --running;
      captionNext();
      const left = queue.length + running;
      if (left) say(`${left} ${left === 1 ? "photograph waits" : "photographs wait"} for a caption.`, false, "queue");
      else if (saying === "queue") say("");
    });
  }
}

function addImages(files) {
  const images = [...files].filter((file) => file.size > 0);
  if (!images.length) return;
  const made = images.map((file) => ({ id: `${Date.now()}-${Math.random()}`, name: file.name || "pasted image", image: file }));
  for (const item of made) {
    items.push(item);
    makeCard(item);
  }
  queue.push(...made);
  captionNext();
  open(made[0]);
}

/** Shows an explanation of the open photograph, with the summary of its sentence. */
function present(explanation) {
  shown.explanation = explanation;
  const layer = state.light;
  showExplanation(explanation);
  if (layer < explanation.layers.length) {
    state.light = layer;
    $("light").value = layer;
  }
  $("explanation").hidden = false;
  $("photograph").alt = "Photograph: " + explanation.caption;
  const unknown = explanation.words.filter((word) => !word.known).map((word) => `“${word.word}”`);
  const own = shown.own;
  let text = `log p ${explanation.log_prob.toFixed(2)}`;
  if (explanation !== own && explanation.caption !== own.caption) {
    const odds = explanation.log_prob - own.log_prob;
    text += `: ${Math.abs(odds).toFixed(1)} nats ${odds < 0 ? "less" : "more"} likely than the caption “${own.caption}”.`;
  } else if (explanation.confidence !== null) {
    text += `, confidence ${percent(explanation.confidence)}`;
  }
  if (unknown.length) text += ` Not in the vocabulary: ${unknown.join(", ")}.`;
  $("summary").textContent = text;
  $("own").hidden = explanation.caption === own.caption && !explanation.words.some((word) => word.verdict);
  draw();
}

/** Runs an action that asks the server, shows that it takes time, and drops its result if something newer was asked. */
async function perform(what, action) {
  const mine = ++turn;
  say(what);
  try {
    const result = await action();
    if (mine !== turn) return;
    say("");
    return result;
  } catch (error) {
    if (mine === turn) say(error.message, true);
  }
}

const explain = (item, more = {}) => requestJson("v1/explain", { ...settings(), map: $("map-kind").value, name: item.name, ...more }, item.image);

async function open(item) {
  const explanation = await perform(`Looking at ${item.name}…`, () => explain(item, { photograph: true }));
  if (!explanation) return;
  clearHidden();
  shown = { item, own: explanation, explanation };
  $("photograph").src = explanation.photograph;
  $("file").textContent = item.name;
  $("sentence").value = "";
  present(explanation);
  for (const other of items) drawCard(other);
}

async function judge(sentence, more = {}) {
  const { item } = shown;
  const explanation = await perform("Judging the sentence…", () => explain(item, { caption: sentence, ...more }));
  if (!explanation) return;
  clearHidden();
  present(explanation);
}

/** Tells what the model says when a rectangle is hidden. */
async function tellChange(box) {
  const { item, explanation } = shown;
  const hide = box.map((value) => value.toFixed(4)).join();
  try {
    const [again, scored] = await Promise.all([
      explain(item, { hide, map: "" }),
      requestJson("v1/score", { caption: explanation.caption, hide }, item.image),
    ]);
    if (!hiding.box || shown.explanation !== explanation) return;
    $("change").hidden = false;
    const quote = document.createElement("q");
    quote.textContent = again.caption || "(no words)";
    $("change-caption").replaceChildren(again.caption === shown.own.caption ? "Without this region the model still says " : "Without this region the model says ", quote);
    $("change-words").replaceChildren(...explanation.words.map((word, i) => {
      const line = document.createElement("li"), name = document.createElement("span"), numbers = document.createElement("span");
      const bars = document.createElement("span"), before = document.createElement("i"), after = document.createElement("i");
      name.textContent = word.word;
      numbers.className = "numbers";
      numbers.textContent = `${percentOf(word.log_p)} → ${percentOf(scored.words[i].log_p)}`;
      bars.className = "bars";
      before.className = "before";
      after.className = "after";
      before.style.setProperty("--p", Math.exp(word.log_p));
      after.style.setProperty("--p", Math.exp(scored.words[i].log_p));
      bars.append(before, after);
      line.append(name, numbers, bars);
      return line;
    }));
  } catch (error) {
    say(error.message, true);
  }
}

function clearHidden() {
  hiding.box = hiding.asked = null;
  drawHider();
  setHiding(false);
  $("change").hidden = true;
}

async function download(format, extension) {
  const { item, explanation, own } = shown;
  const parameters = { format, color_map: state.colorMap, photograph: "", ...(explanation === own ? {} : { caption: explanation.caption }) };
  if (hiding.box) parameters.hide = hiding.box.map((value) => value.toFixed(4)).join();
  const file = await perform("Preparing the file…", async () => {
    const response = await request("v1/explain", { ...settings(), map: $("map-kind").value, name: item.name, ...parameters }, item.image);
    return response.blob();
  });
  if (!file) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = item.name.replace(/\.[^.]*$/, "") + "." + extension;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function listenToFiles() {
  $("choose").addEventListener("click", () => $("files").click());
  $("photograph-now").addEventListener("click", () => $("camera").click());
  for (const id of ["files", "camera"]) {
    $(id).addEventListener("change", () => {
      addImages($(id).files);
      $(id).value = "";
    });
  }
  document.addEventListener("paste", (event) => addImages(event.clipboardData?.files ?? []));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    $("drop").classList.add("over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) $("drop").classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    $("drop").classList.remove("over");
    addImages(event.dataTransfer.files);
  });
}

function listenToActions() {
  onAlternative = (position, word) => judge(words.map((one, i) => (i === position ? word : one.word)).join(" "));
  onHide = tellChange;
  $("judge").addEventListener("submit", (event) => {
    event.preventDefault();
    const sentence = $("sentence").value.trim();
    if (sentence && shown) judge(sentence);
  });
  $("own").addEventListener("click", () => {
    clearHidden();
    present(shown.own);
  });
  $("verdicts").addEventListener("click", () => judge(shown.explanation.caption, { verdicts: true }));
  $("unhide").addEventListener("click", clearHidden);
  $("download-figure").addEventListener("click", () => download("figure", "png"));
  $("download-json").addEventListener("click", () => download("json", "json"));
  $("download-page").addEventListener("click", () => download("page", "html"));
  for (const id of ["beam", "longest", "map-kind"]) $(id).addEventListener("change", () => { if (shown) open(shown.item); });
  $("forget").addEventListener("click", () => {
    store()?.clear();
    items.length = 0;
    $("gallery").replaceChildren();
    $("gallery-box").hidden = true;
    $("explanation").hidden = true;
    shown = null;
    $("choose").focus();
  });
}

async function startApp() {
  listen();
  listenToHiding();
  listenToFiles();
  listenToActions();
  $("beam").append(...[1, 2, 3, 4, 5, 8, 10].map((width) => new Option(width === 1 ? "1 (greedy)" : width, width)));
  $("longest").append(...[5, 10, 15, 20, 30, 50].map((count) => new Option(`${count} words`, count)));
  $("map-kind").append(new Option("none", ""), ...page.maps.filter((name) => name !== "alpha").map((name) => new Option(name, name)));
  $("beam").value = page.decoding.beam;
  if (!$("beam").value) $("beam").value = 3;
  $("longest").value = page.decoding.max_length;
  if (!$("longest").value) $("longest").value = 30;
  $("model").textContent = page.model;
  database = await openDatabase();
  const asked = store("readonly")?.getAll();
  if (asked) {
    asked.onsuccess = () => {
      for (const item of asked.result.sort((a, b) => (a.id < b.id ? -1 : 1))) {
        items.push(item);
        makeCard(item);
        if (!item.said && !item.error) queue.push(item);
      }
      captionNext();
    };
  }
}

startApp();
