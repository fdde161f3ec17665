#include "saccade/search/trace.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace saccade {

void Trace::record(const Step& step, const at::Tensor& log_p) {
  Seen seen;
  seen.alpha = step.alpha.detach().to(at::kCPU, at::kFloat).contiguous();
  seen.gate = step.gate.detach().to(at::kCPU, at::kFloat).contiguous();
  if (step.cell.defined()) seen.cell = step.cell.to(at::kCPU, at::kLong).contiguous();
  if (alternatives_ > 0) seen.words = strongest(log_p, alternatives_);
  if (temperature_ != 1) seen.log_mass = at::logsumexp(log_p / temperature_, 1).contiguous();
  steps_.push_back(std::move(seen));
}

std::int64_t Trace::extend(std::int64_t path, std::int64_t row, std::int64_t id, double log_p,
                           double penalty) {
  const Node& before = node(path);
  nodes_.push_back({path, row, id, before.length + 1, log_p, before.log_prob + log_p,
                    before.rank + log_p - penalty});
  return static_cast<std::int64_t>(nodes_.size()) - 1;
}

std::vector<std::int64_t> Trace::words(std::int64_t path) const {
  std::vector<std::int64_t> ids(static_cast<std::size_t>(length(path)));
  for (auto place = ids.rbegin(); place != ids.rend(); ++place) {
    *place = node(path).id;
    path = node(path).before;
  }
  return ids;
}

// Fills in the place of the node's word; the vectors have their final sizes.
void Trace::read(const Node& node, Hypothesis& into) const {
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

Hypothesis Trace::unfinished(std::int64_t path) const {
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

Hypothesis Trace::finished(std::int64_t path, double end_log_p) const {
  Hypothesis result = unfinished(path);
  result.finished = true;
  result.end_log_p = end_log_p;
  result.log_prob += end_log_p;
  result.score = result.log_prob;
  return result;
}

}  // namespace saccade
