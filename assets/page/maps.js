// Upsamples the attention of cells to a field of N × N values over the encoder's square input. Must match
// AttentionMap in the program.
const N = 224;

/** Interpolates between the centers of the cells. */
function bilinear(values, rows, cols) {
  const tap = (i, cells) => {
    const at = Math.min(Math.max((i + 0.5) * cells / N - 0.5, 0), cells - 1);
    const low = Math.floor(at);
    return [low, Math.min(low + 1, cells - 1), at - low];
  };
  const across = Array.from({ length: N }, (_, x) => tap(x, cols));
  const field = new Float32Array(N * N);
  for (let y = 0; y < N; ++y) {
    const [above, below, down] = tap(y, rows);
    for (let x = 0; x < N; ++x) {
      const [left, right, share] = across[x];
      const upper = values[above * cols + left] * (1 - share) + values[above * cols + right] * share;
      const lower = values[below * cols + left] * (1 - share) + values[below * cols + right] * share;
      field[y * N + x] = upper * (1 - down) + lower * down;
    }
  }
  return field;
}

/** Gives every pixel the value of its cell. */
function nearest(values, rows, cols) {
  const field = new Float32Array(N * N);
  for (let y = 0; y < N; ++y) {
    const row = Math.floor((y + 0.5) * rows / N) * cols;
    for (let x = 0; x < N; ++x) field[y * N + x] = values[row + Math.floor((x + 0.5) * cols / N)];
  }
  return field;
}

/** Filters along one axis with mirrored borders. The result is transposed, so two calls filter both axes. */
function blurLines(field, kernel) {
  const radius = kernel.length >> 1;
  const out = new Float32Array(N * N);
  const padded = new Float32Array(N + 2 * radius);
  for (let y = 0; y < N; ++y) {
    for (let i = -radius; i < N + radius; ++i) {
      let x = ((i % (2 * N)) + 2 * N) % (2 * N);
      if (x >= N) x = 2 * N - 1 - x;
      padded[i + radius] = field[y * N + x];
    }
    for (let x = 0; x < N; ++x) {
      let sum = 0;
      for (let k = 0; k < kernel.length; ++k) sum += kernel[k] * padded[x + k];
      out[x * N + y] = sum;
    }
  }
  return out;
}

/** As in the paper: bilinear, then a Gaussian filter; σ is 20 pixels of 224 and at least half a cell. */
function gaussian(values, rows, cols) {
  const sigma = Math.max(20 * N / 224, N / Math.min(rows, cols) / 2);
  const radius = Math.round(4 * sigma);
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const unit = kernel.map((value) => value / total);
  return blurLines(blurLines(bilinear(values, rows, cols), unit), unit);
}

const upsample = { gaussian, bilinear, nearest };

/** The threshold of the smallest region that holds `share` of the sum within `inside` {x0, y0, x1, y1}. */
function regionThreshold(field, inside, share) {
  const values = [];
  let total = 0;
  for (let y = inside.y0; y < inside.y1; ++y) {
    for (let x = inside.x0; x < inside.x1; ++x) {
      values.push(field[y * N + x]);
      total += field[y * N + x];
    }
  }
  const sorted = Float32Array.from(values).sort();
  let sum = 0;
  for (let i = sorted.length - 1; i >= 0; --i) {
    sum += sorted[i];
    if (sum >= share * total) return sorted[i];
  }
  return 0;
}

/** The SVG path around all values ≥ threshold within `inside`, by marching squares. */
function contourPath(field, inside, threshold) {
  const at = (x, y) =>
    x < inside.x0 || y < inside.y0 || x >= inside.x1 || y >= inside.y1 ? -1 : field[y * N + x] - threshold * (1 - 1e-6);
  const cut = (a, b) => (a === b ? 0.5 : a / (a - b));
  const path = [];
  for (let y = inside.y0 - 1; y < inside.y1; ++y) {
    for (let x = inside.x0 - 1; x < inside.x1; ++x) {
      const a = at(x, y), b = at(x + 1, y), c = at(x + 1, y + 1), d = at(x, y + 1);
      const kind = (a >= 0) | ((b >= 0) << 1) | ((c >= 0) << 2) | ((d >= 0) << 3);
      if (kind === 0 || kind === 15) continue;
      const top = [x + cut(a, b), y], right = [x + 1, y + cut(b, c)], bottom = [x + cut(d, c), y + 1], left = [x, y + cut(a, d)];
      const pairs = {
        1: [left, top], 2: [top, right], 3: [left, right], 4: [right, bottom], 5: [left, top, right, bottom],
        6: [top, bottom], 7: [left, bottom], 8: [left, bottom], 9: [top, bottom], 10: [top, right, left, bottom],
        11: [right, bottom], 12: [left, right], 13: [top, right], 14: [left, top],
      }[kind];
      for (let i = 0; i < pairs.length; i += 2) {
        const [p, q] = [pairs[i], pairs[i + 1]];
        path.push(`M${(p[0] + 0.5).toFixed(2)} ${(p[1] + 0.5).toFixed(2)}L${(q[0] + 0.5).toFixed(2)} ${(q[1] + 0.5).toFixed(2)}`);
      }
    }
  }
  return path.join("");
}

/** Paints values, clamped to 0…1, with the 256 colors of `table` (768 bytes). */
function paint(canvas, levels, table) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < levels.length; ++i) {
    const color = 3 * Math.min(255, Math.max(0, Math.floor(levels[i] * 255 + 0.5)));
    image.data[4 * i] = table[color];
    image.data[4 * i + 1] = table[color + 1];
    image.data[4 * i + 2] = table[color + 2];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
