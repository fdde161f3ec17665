#include "saccade/caption/logistic_regression.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

#include <torch/types.h>
#include <torch/utils.h>

namespace saccade {
namespace {

void require_rows(const std::vector<std::vector<double>>& rows, const std::vector<bool>& labels) {
  if (rows.empty() || rows.size() != labels.size()) {
    throw std::invalid_argument("the fit needs at least one row and one label per row, not " +
                                std::to_string(labels.size()) + " labels for " +
                                std::to_string(rows.size()) + " rows");
  }
  for (const auto& row : rows) {
    if (row.size() != rows.front().size()) {
      throw std::invalid_argument("the rows of the fit have different lengths");
    }
  }
  if (!has_both(labels)) {
    throw std::invalid_argument("the fit needs positive and negative labels");
  }
}

std::vector<double> to_vector(const at::Tensor& x) {
  const at::Tensor dense = x.contiguous();
  return {dense.data_ptr<double>(), dense.data_ptr<double>() + dense.numel()};
}

}  // namespace

double LogisticRegression::probability(const std::vector<double>& x) const {
  if (x.size() != weights.size()) {
    throw std::invalid_argument("the regression takes " + std::to_string(weights.size()) +
                                " numbers, not " + std::to_string(x.size()));
  }
  double sum = bias;
  for (std::size_t f = 0; f < x.size(); ++f) sum += weights[f] * (x[f] - mean[f]) / scale[f];
  return 1 / (1 + std::exp(-sum));
}

LogisticRegression read_logistic(JsonFields fields, const std::string& section,
                                 const std::vector<std::string>& names) {
  constexpr double kHuge = 1e6;
  LogisticRegression regression;
  regression.bias = fields.number("bias", -kHuge, kHuge);
  JsonFields features = fields.object(section);
  for (const std::string& name : names) {
    JsonFields one = features.object(name);
    regression.mean.push_back(one.number("mean", -kHuge, kHuge));
    regression.scale.push_back(one.number("scale", 1e-9, kHuge));
    regression.weights.push_back(one.number("weight", -kHuge, kHuge));
    one.finish();
  }
  features.finish();
  fields.finish();
  return regression;
}

bool has_both(const std::vector<bool>& labels) {
  const auto positives = std::count(labels.begin(), labels.end(), true);
  return positives > 0 && positives < static_cast<std::ptrdiff_t>(labels.size());
}

LogisticRegression fit_logistic(const std::vector<std::vector<double>>& rows,
                                const std::vector<bool>& labels, double ridge) {
  require_rows(rows, labels);
  torch::NoGradGuard no_gradient;
  const auto N = static_cast<std::int64_t>(rows.size());
  const auto F = static_cast<std::int64_t>(rows.front().size());
  at::Tensor x = torch::empty({N, F}, at::kDouble);
  at::Tensor y = torch::empty({N}, at::kDouble);
  for (std::int64_t n = 0; n < N; ++n) {
    const auto& row = rows[static_cast<std::size_t>(n)];
    std::copy(row.begin(), row.end(), x.data_ptr<double>() + n * F);
    y.data_ptr<double>()[n] = labels[static_cast<std::size_t>(n)] ? 1 : 0;
  }
  const at::Tensor mean = x.mean(0);
  at::Tensor scale = (x - mean).pow(2).mean(0).sqrt();
  scale = at::where(scale > 1e-9, scale, at::ones_like(scale));
  x = at::cat({(x - mean) / scale, torch::ones({N, 1}, at::kDouble)}, 1);
  at::Tensor penalty = torch::full({F + 1}, ridge, at::kDouble);
  penalty[F] = 0;  // the bias is not penalized

  at::Tensor w = torch::zeros({F + 1}, at::kDouble);
  for (int iteration = 0; iteration < 100; ++iteration) {
    const at::Tensor p = at::sigmoid(at::mv(x, w));
    const at::Tensor gradient = at::mv(x.t(), p - y) + penalty * w;
    const at::Tensor hessian =
        at::mm(x.t(), x * (p * (1 - p)).unsqueeze(1)) + at::diag(penalty + 1e-9);
    const at::Tensor change = at::linalg_solve(hessian, gradient.unsqueeze(1)).squeeze(1);
    // Limit the step: Newton's method overshoots where p is close to 0 or 1 everywhere.
    const double largest = change.abs().max().item<double>();
    w = w - change * std::min(1.0, 4 / std::max(largest, 1e-12));
    if (largest < 1e-10) break;
  }
  LogisticRegression fitted;
  fitted.mean = to_vector(mean);
  fitted.scale = to_vector(scale);
  fitted.weights = to_vector(w.narrow(0, 0, F));
  fitted.bias = w[F].item<double>();
  return fitted;
}

double auroc(const std::vector<double>& scores, const std::vector<bool>& labels) {
  if (scores.size() != labels.size()) {
    throw std::invalid_argument("there are " + std::to_string(labels.size()) + " labels for " +
                                std::to_string(scores.size()) + " scores");
  }
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  // Each positive wins against the negatives with lower scores, and half against those with its
  // own.
  double wins = 0, negatives = 0, positives = 0;
  for (std::size_t i = 0; i < order.size();) {
    double tied_positives = 0, tied_negatives = 0;
    const double score = scores[order[i]];
    for (; i < order.size() && scores[order[i]] == score; ++i) {
      (labels[order[i]] ? tied_positives : tied_negatives) += 1;
    }
    wins += tied_positives * (negatives + tied_negatives / 2);
    negatives += tied_negatives;
    positives += tied_positives;
  }
  if (positives == 0 || negatives == 0) {
    throw std::invalid_argument("the AUROC needs positives and negatives");
  }
  return wins / (positives * negatives);
}

}  // namespace saccade
