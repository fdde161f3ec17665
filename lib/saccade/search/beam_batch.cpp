#include "saccade/search/beam_batch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include <ATen/ATen.h>
#include <torch/types.h>

#include "saccade/search/step_function.h"
#include "saccade/text/vocabulary.h"

namespace saccade {
namespace {

constexpr float kImpossible = -std::numeric_limits<float>::infinity();

// One pass that keeps the best k so far in order: k is small, and few words change them.
void scan(const float* row, std::int64_t words, std::int64_t k, std::int64_t* ids, float* log_p) {
  float weakest = kImpossible;
  for (std::int64_t id = 0; id < words; ++id) {
    const float value = row[id];
    if (!(value > weakest)) continue;
    std::int64_t place = k - 1;
    for (; place > 0 && log_p[place - 1] < value; --place) {
      log_p[place] = log_p[place - 1];
      ids[place] = ids[place - 1];
    }
    log_p[place] = value;
    ids[place] = id;
    weakest = log_p[k - 1];
  }
}

}  // namespace

TopK top_k(const at::Tensor& log_p, std::int64_t k) {
  TopK result;
  result.k = std::min(k, log_p.size(1));
  const auto places = static_cast<std::size_t>(log_p.size(0) * result.k);
  result.ids.assign(places, -1);
  result.log_p.assign(places, kImpossible);
  if (places == 0) return result;
  const at::Tensor dense = log_p.cpu().contiguous();
  const auto words = dense.size(1);
  for (std::int64_t row = 0; row < dense.size(0); ++row) {
    scan(dense.data_ptr<float>() + row * words, words, result.k, result.ids.data() + row * result.k,
         result.log_p.data() + row * result.k);
  }
  return result;
}

void BeamHistory::record(const Step& step, const at::Tensor& log_p) {
  Seen seen;
  seen.alpha = step.alpha.detach().to(at::kCPU, at::kFloat).contiguous();
  seen.gate = step.gate.detach().to(at::kCPU, at::kFloat).contiguous();
  if (step.cell.defined()) seen.cell = step.cell.to(at::kCPU, at::kLong).contiguous();
  if (alternatives_ > 0) seen.words = top_k(log_p, alternatives_);
  if (temperature_ != 1) seen.log_mass = at::logsumexp(log_p / temperature_, 1).contiguous();
  steps_.push_back(std::move(seen));
}

std::int64_t BeamHistory::extend(std::int64_t path, std::int64_t row, std::int64_t id, double log_p,
                                 double penalty) {
  const Node& before = node(path);
  nodes_.push_back({path, row, id, before.length + 1, log_p, before.log_prob + log_p,
                    before.rank + log_p - penalty});
  return static_cast<std::int64_t>(nodes_.size()) - 1;
}

std::vector<std::int64_t> BeamHistory::words(std::int64_t path) const {
  std::vector<std::int64_t> ids(static_cast<std::size_t>(length(path)));
  for (auto place = ids.rbegin(); place != ids.rend(); ++place) {
    *place = node(path).id;
    path = node(path).before;
  }
  return ids;
}

// Fills in the position of the node's word; the vectors have their final sizes.
void BeamHistory::read(const Node& node, Hypothesis& into) const {
  const auto place = static_cast<std::size_t>(node.length - 1);
  const Seen& seen = steps_[place];
  into.ids[place] = node.id;
  into.log_p[place] = node.log_p;
  const auto cells = seen.alpha.size(1);
  std::copy_n(seen.alpha.data_ptr<float>() + node.row * cells, cells,
              into.alphas.begin() + static_cast<std::int64_t>(place) * cells);
  if (seen.log_mass.defined()) {
    into.log_mass[place] = seen.log_mass.data_ptr<float>()[node.row];
  }
  into.gates[place] = seen.gate.data_ptr<float>()[node.row];
  if (seen.cell.defined()) into.cells[place] = seen.cell.data_ptr<std::int64_t>()[node.row];

  if (alternatives_ == 0) return;
  auto& list = into.alternatives[place];
  bool has_chosen = false;
  for (std::int64_t i = node.row * seen.words.k; i < (node.row + 1) * seen.words.k; ++i) {
    const auto id = seen.words.ids[static_cast<std::size_t>(i)];
    if (id < 0) break;
    list.emplace_back(id, seen.words.log_p[static_cast<std::size_t>(i)]);
    has_chosen = has_chosen || id == node.id;
  }
  if (!has_chosen) list.emplace_back(node.id, node.log_p);
}

Hypothesis BeamHistory::unfinished(std::int64_t path) const {
  Hypothesis result;
  result.log_prob = result.score = log_prob(path);
  const auto words = static_cast<std::size_t>(length(path));
  if (words == 0) return result;
  result.ids.resize(words);
  result.log_p.resize(words);
  result.alphas.resize(words * static_cast<std::size_t>(steps_.front().alpha.size(1)));
  result.gates.resize(words);
  if (temperature_ != 1) result.log_mass.resize(words);
  if (steps_.front().cell.defined()) result.cells.resize(words);
  if (alternatives_ > 0) result.alternatives.resize(words);
  for (; path != kRoot; path = node(path).before) read(node(path), result);
  return result;
}

Hypothesis BeamHistory::finished(std::int64_t path, double end_log_p) const {
  Hypothesis result = unfinished(path);
  result.finished = true;
  result.end_log_p = end_log_p;
  result.log_prob += end_log_p;
  result.score = result.log_prob;
  return result;
}

BeamBatch::BeamBatch(const StepFunction& step, const State& start, std::int64_t alternatives,
                     double temperature)
    : step_(step), history_(alternatives, temperature), state_(start) {
  require(start.rows() == start.annotations.images(),
          "a search starts with one row per image, but there are " + std::to_string(start.rows()) +
              " rows and " + std::to_string(start.annotations.images()) + " images");
  for (std::int64_t i = 0; i < start.rows(); ++i) images_.push_back({i, i, {BeamHistory::kRoot}});
}

at::Tensor BeamBatch::advance() {
  at::NoGradGuard no_grad;
  const auto rows = static_cast<std::int64_t>(images_.size()) * width_;
  const at::Tensor words = torch::full({rows}, Vocabulary::kStart, at::kLong);
  if (length_ > 0) {
    auto* word = words.data_ptr<std::int64_t>();
    for (const Image& image : images_) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(width_); ++i) {
        *word++ = history_.last_word(image.paths[i < image.paths.size() ? i : 0]);
      }
    }
  }
  Step step = step_(state_, words.to(state_.h.device()));
  at::Tensor log_p = at::log_softmax(step.logits, 1, at::kFloat).cpu().contiguous();
  check_numbers(log_p);
  history_.record(step, log_p);
  state_ = std::move(step.next);
  return log_p;
}

void BeamBatch::constrain(const at::Tensor& log_p, const WordConstraints& constraints) const {
  std::vector<std::vector<std::int64_t>> words;
  if (constraints.no_repeat_ngram > 0 || constraints.repeat_penalty > 0) words = pasts();
  saccade::constrain(log_p, constraints, length_, words);
}

std::vector<std::vector<std::int64_t>> BeamBatch::pasts() const {
  std::vector<std::vector<std::int64_t>> result(images_.size() * static_cast<std::size_t>(width_));
  for (const Image& image : images_) {
    auto row = static_cast<std::size_t>(image.first_row);
    for (const auto path : image.paths) result[row++] = history_.words(path);
  }
  return result;
}

// After the softmax, one NaN makes the whole row NaN.
void BeamBatch::check_numbers(const at::Tensor& log_p) const {
  if (log_p.size(1) < Vocabulary::kSpecials) {
    throw std::runtime_error("the model has " + std::to_string(log_p.size(1)) +
                             " words, fewer than the " + std::to_string(Vocabulary::kSpecials) +
                             " special words");
  }
  const auto values = log_p.accessor<float, 2>();
  for (std::int64_t row = 0; row < log_p.size(0); ++row) {
    if (!std::isnan(values[row][0])) continue;
    const auto& image = images_[static_cast<std::size_t>(row / width_)];
    throw std::runtime_error(
        "the model's probabilities are NaN at step " + std::to_string(length_ + 1) + " for image " +
        std::to_string(image.index) +
        " of the batch; its weights or the image's features hold NaN or infinity");
  }
}

void BeamBatch::keep(const std::vector<std::vector<Next>>& next, std::size_t width) {
  at::NoGradGuard no_grad;
  const auto rows_before = static_cast<std::int64_t>(images_.size()) * width_;
  for (const auto& paths : next) width = std::max(width, paths.size());

  std::vector<Image> staying;
  std::vector<std::int64_t> rows, positions;
  for (std::size_t i = 0; i < next.size(); ++i) {
    if (next[i].empty()) continue;
    positions.push_back(static_cast<std::int64_t>(i));
    Image image{images_[i].index, static_cast<std::int64_t>(rows.size()), {}};
    for (const Next& one : next[i]) {
      image.paths.push_back(one.path);
      rows.push_back(one.row);
    }
    rows.resize(rows.size() + width - next[i].size(), next[i].front().row);
    staying.push_back(std::move(image));
  }
  const bool all_stay = staying.size() == images_.size();
  images_ = std::move(staying);
  width_ = static_cast<std::int64_t>(width);
  ++length_;
  if (images_.empty()) return;

  bool same = static_cast<std::int64_t>(rows.size()) == rows_before;
  for (std::size_t i = 0; same && i < rows.size(); ++i) {
    same = rows[i] == static_cast<std::int64_t>(i);
  }
  if (same) return;
  const auto device = state_.h.device();
  state_ = state_.select(torch::tensor(rows).to(device),
                         all_stay ? at::Tensor() : torch::tensor(positions).to(device));
}

}  // namespace saccade
