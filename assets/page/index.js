// The list of a folder's photographs. Sorts and searches the entries, and renders them in steps while scrolling.
const entries = JSON.parse(document.getElementById("data").textContent).map((entry, i) => ({ ...entry, i }));
const $ = (id) => document.getElementById(id);
const STEP = 60;
let shown = [];
let drawn = 0;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function sentence(entry) {
  const line = element("p", "sentence");
  entry.words.forEach((word, i) => {
    const part = element("span", "", word.word);
    if (word.verdict) {
      part.dataset.tone = word.tone;
      part.title = word.verdict;
    }
    line.append(i ? " " : "", part);
  });
  if (!entry.words.length) line.textContent = entry.caption || "(no words)";
  return line;
}

function card(entry) {
  const item = element("li"), box = element(entry.failed ? "div" : "a", "entry"), text = element("div", "text");
  if (entry.failed) {
    text.append(element("p", "failed", entry.failed));
  } else {
    const picture = element("img");
    picture.loading = "lazy";
    picture.decoding = "async";
    picture.alt = "";
    picture.src = entry.thumbnail;
    box.href = entry.page;
    box.append(picture);
    text.append(sentence(entry));
    if (entry.words.some((word) => word.verdict)) {
      const line = element("div", "suspicion"), meter = element("meter");
      meter.max = 1;
      meter.value = entry.suspicion;
      meter.setAttribute("aria-hidden", "true");
      line.append(element("span", "", "suspicion " + entry.suspicion.toFixed(2)), meter);
      text.append(line);
    }
  }
  const name = element("p", "name");
  entry.name.split("/").forEach((part, i) => name.append(...(i ? ["/", element("wbr")] : []), part));  // wraps after a slash
  text.append(name);
  box.append(text);
  item.append(box);
  return item;
}

function drawMore() {
  const part = document.createDocumentFragment();
  for (const entry of shown.slice(drawn, drawn + STEP)) part.append(card(entry));
  drawn = Math.min(shown.length, drawn + STEP);
  $("list").append(part);
}

const orders = {
  suspicion: (a, b) => (b.suspicion ?? -1) - (a.suspicion ?? -1) || a.i - b.i,
  name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }) || a.i - b.i,
  added: (a, b) => a.i - b.i,
};

function draw() {
  const search = $("search").value.trim().toLowerCase(), filter = $("filter").value;
  shown = entries
    .filter((entry) => !search || `${entry.name}\n${entry.caption ?? ""}`.toLowerCase().includes(search))
    .filter((entry) => !filter || (filter === "failed" ? entry.failed : entry.words?.some((word) => word.verdict === filter)))
    .sort(orders[$("order").value]);
  drawn = 0;
  $("list").replaceChildren();
  drawMore();
  $("count").textContent = shown.length === entries.length ? `${entries.length} photographs` : `${shown.length} of ${entries.length} photographs`;
}

function start() {
  const verdicts = new Set(entries.flatMap((entry) => (entry.words ?? []).map((word) => word.verdict).filter(Boolean)));
  $("filter").append(...[...verdicts].sort().map((verdict) => new Option(`with verdict: ${verdict}`, verdict)));
  if (entries.some((entry) => entry.failed)) $("filter").append(new Option("could not be explained", "failed"));
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  $("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  if (!entries.some((entry) => entry.suspicion !== undefined)) {
    $("order").querySelector("[value=suspicion]").remove();
    $("order").value = "added";
  }
  if ($("filter").length === 1) $("filter").parentElement.hidden = true;
  draw();
  const observer = new IntersectionObserver((seen) => {
    // Several entries may arrive together; the last one is current.
    if (!seen.at(-1).isIntersecting || drawn === shown.length) return;
    drawMore();
    // Observe again, so that the observer reports again if the end is still in view.
    observer.unobserve($("more"));
    observer.observe($("more"));
  }, { rootMargin: "800px" });
  observer.observe($("more"));
  for (const id of ["search", "order", "filter"]) {
    $(id).addEventListener("input", () => {
      draw();
      observer.unobserve($("more"));
      observer.observe($("more"));
    });
  }
}

start();
