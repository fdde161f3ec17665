// A rectangle that hides a region of the photograph, and what the model then says.
const hiding = { on: false, box: null, start: null, busy: false, asked: null };

/** Shows the change that a rectangle [x0, y0, x1, y1], in fractions, makes. Set by app.js. */
let onHide = async () => {};

function drawHider() {
  let element = document.querySelector(".hider");
  if (!hiding.box) {
    element?.remove();
    return;
  }
  if (!element) {
    element = document.createElement("div");
    element.className = "hider";
    $("stage").append(element);
  }
  const [x0, y0, x1, y1] = hiding.box;
  for (const [name, value] of [["x", x0], ["y", y0], ["w", x1 - x0], ["h", y1 - y0]]) element.style.setProperty("--" + name, 100 * value + "%");
}

/** Asks for the change of the current rectangle; while an answer is awaited, only the last rectangle waits. */
async function askAboutBox() {
  if (hiding.busy) return;
  hiding.busy = true;
  try {
    while (hiding.box && hiding.box !== hiding.asked) {
      hiding.asked = hiding.box;
      await onHide(hiding.box);
    }
  } finally {
    hiding.busy = false;
  }
}

function hideBox(box) {
  hiding.box = box;
  drawHider();
  if (box) askAboutBox();
}

/** Hides the cells around the peak of a map. */
function hideAround(cell, radius = 2) {
  const row = Math.floor(cell / cols), col = cell % cols;
  const clamp = (value) => Math.min(1, Math.max(0, value));
  const x = (at) => clamp(at / cols * input.width + input.left), y = (at) => clamp(at / rows * input.height + input.top);
  hideBox([x(col - radius), y(row - radius), x(col + radius + 1), y(row + radius + 1)]);
}

function setHiding(on) {
  hiding.on = on;
  hiding.start = null;
  toggled($("hide"), on);
  $("stage").classList.toggle("hiding", on);
  if (on) $("live").textContent = "Draw a rectangle on the photograph.";
}

function pointOf(event) {
  const stage = $("stage").getBoundingClientRect();
  const share = (value) => Math.min(1, Math.max(0, value));
  return [share((event.clientX - stage.left) / stage.width), share((event.clientY - stage.top) / stage.height)];
}

function listenToHiding() {
  const stage = $("stage");
  stage.addEventListener("pointerdown", (event) => {
    if (!hiding.on || event.button !== 0) return;
    hiding.start = pointOf(event);
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  stage.addEventListener("pointermove", (event) => {
    if (!hiding.start) return;
    const [x, y] = pointOf(event), [x0, y0] = hiding.start;
    const box = [Math.min(x, x0), Math.min(y, y0), Math.max(x, x0), Math.max(y, y0)];
    if (box[2] - box[0] > 0.01 && box[3] - box[1] > 0.01) hideBox(box);
  });
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => { hiding.start = null; });
  $("hide").addEventListener("click", () => setHiding(!hiding.on));
  $("hide-word").addEventListener("click", () => {
    const values = words[state.word] ? valuesOf(state.word, state.light) : [];
    if (values.length) hideAround(smoothedPeak(values));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "h" && event.target === stage && state.probe >= 0) hideAround(state.probe);
  });
}
