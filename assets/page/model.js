// The data of the explanation, its geometry, and its description in words and numbers.
const page = JSON.parse(document.getElementById("data").textContent);
const tables = Object.fromEntries(Object.entries(page.colors).map(([name, text]) => [name, Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]));
const $ = (id) => document.getElementById(id);
const fields = new Map();  // cache of upsampled maps

let data, words, rows, cols, L;
let input;   // the rectangle of the encoder's input, in fractions of the photograph
let inside;  // the pixels of an N × N field whose centers lie within the photograph

/** Makes an explanation the one that is shown. */
function use(explanation) {
  data = explanation;
  words = data.words;
  [rows, cols] = data.grid;
  L = rows * cols;
  input = {
    left: data.placement.offset_x / data.width,
    top: data.placement.offset_y / data.height,
    width: data.placement.input_size * data.placement.scale_x / data.width,
    height: data.placement.input_size * data.placement.scale_y / data.height,
  };
  inside = {
    x0: Math.max(0, Math.ceil(-input.left / input.width * N - 0.5)),
    y0: Math.max(0, Math.ceil(-input.top / input.height * N - 0.5)),
    x1: Math.min(N, Math.floor((1 - input.left) / input.width * N + 0.5)),
    y1: Math.min(N, Math.floor((1 - input.top) / input.height * N + 0.5)),
  };
  fields.clear();
}

const percent = (value) => {
  const part = 100 * value;
  if (part > 0 && part < 0.1) return "< 0.1 %";
  if (value < 1 && part >= 99.95) return "> 99.9 %";
  return (part < 9.95 || part > 99 ? part.toFixed(1) : part.toFixed(0)) + " %";
};

/** Positions an element over the encoder's input. */
function placeField(element) {
  for (const side of ["left", "top", "width", "height"]) element.style.setProperty("--" + side, 100 * input[side] + "%");
}

function placeCell(element, cell) {
  element.hidden = cell < 0;
  element.style.setProperty("--x", 100 * (cell % cols) / cols + "%");
  element.style.setProperty("--y", 100 * Math.floor(cell / cols) / rows + "%");
  element.style.setProperty("--w", 100 / cols + "%");
  element.style.setProperty("--h", 100 / rows + "%");
}

/** The cell at a point given in fractions of the photograph; −1 outside the encoder's input. */
function cellAt(x, y) {
  const col = Math.floor((x - input.left) / input.width * cols), row = Math.floor((y - input.top) / input.height * rows);
  return col >= 0 && row >= 0 && col < cols && row < rows ? row * cols + col : -1;
}

const cellName = (cell) => `row ${Math.floor(cell / cols) + 1}, column ${cell % cols + 1}`;

/** The values of a word's map in a layer, or of the map of one of its alternatives. */
function valuesOf(word, light, alternative = -1) {
  const own = alternative >= 0 ? words[word].alternatives[alternative].map : undefined;
  return own ?? words[word].maps[light] ?? [];
}

function fieldOf(values, mode) {
  if (!fields.has(values)) fields.set(values, {});
  const made = fields.get(values);
  if (!made[mode]) {
    const field = upsample[mode](values, rows, cols);
    const highest = mode === "gaussian" ? field : values;  // smoothing lowers peaks
    made[mode] = { field, maximum: highest.reduce((a, b) => Math.max(a, b), 0) };
  }
  return made[mode];
}

/** The cell at the peak of the map after the paper's smoothing, as it is displayed. */
function smoothedPeak(values) {
  const sigma = { across: Math.max(20 / 224 * cols, 0.5), down: Math.max(20 / 224 * rows, 0.5) };
  let peak = 0, most = -1;
  for (let i = 0; i < L; ++i) {
    let sum = 0;
    for (let j = 0; j < L; ++j) {
      const x = (i % cols - j % cols) / sigma.across, y = (Math.floor(i / cols) - Math.floor(j / cols)) / sigma.down;
      sum += values[j] * Math.exp(-(x * x + y * y) / 2);
    }
    if (sum > most) [peak, most] = [i, sum];
  }
  return peak;
}

/** Describes where a map lies on the photograph, in words. */
function whereOf(values) {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!total) return "The map is empty.";
  const entropy = -values.reduce((sum, value) => sum + (value > 0 ? value / total * Math.log(value / total) : 0), 0);
  let cell = 0;
  values.forEach((value, i) => { if (value > values[cell]) cell = i; });
  const highest = `The highest value, ${percent(values[cell] / total)}, is in ${cellName(cell)}.`;
  if (L > 1 && entropy > 0.97 * Math.log(L)) return `The map is nearly uniform. ${highest}`;
  const peak = smoothedPeak(values);
  const x = (peak % cols + 0.5) / cols * input.width + input.left, y = (Math.floor(peak / cols) + 0.5) / rows * input.height + input.top;
  const across = x < 1 / 3 ? "left" : x > 2 / 3 ? "right" : "", down = y < 1 / 3 ? "top" : y > 2 / 3 ? "bottom" : "";
  const place = down ? `at the ${down} ${across}`.trim() : across ? `on the ${across}` : "in the middle";
  return `The map peaks ${place}. ${highest}`;
}
