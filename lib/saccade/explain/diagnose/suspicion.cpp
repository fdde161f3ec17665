#include "saccade/explain/diagnose/suspicion.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace saccade {
namespace {

constexpr double kMax = 12;  // nats: limits the influence of a single number

double bounded(double value) { return std::clamp(value, -kMax, kMax); }

/// The maximum among the contrast words of the same kind, or among all; −kMax if there are none.
double best(const std::vector<ContrastWord>& contrasts, bool of_kind,
            const std::function<double(const ContrastWord&)>& value) {
  double max = -std::numeric_limits<double>::infinity();
  for (const ContrastWord& contrast : contrasts) {
    if (contrast.same_kind || !of_kind) max = std::max(max, value(contrast));
  }
  return bounded(max);
}

/// log(1 + Σ exp) over the contrast words' log-odds: combines their number and their quality.
double all_together(const std::vector<ContrastWord>& contrasts, bool of_kind,
                    const std::function<double(const ContrastWord&)>& value) {
  double sum = 0;
  for (const ContrastWord& contrast : contrasts) {
    if (contrast.same_kind || !of_kind) sum += std::exp(bounded(value(contrast)));
  }
  return std::log1p(sum);
}

}  // namespace

const std::vector<std::string>& evidence_names() {
  static const std::vector<std::string> names = {"surprise",
                                                 "loss_by_image",
                                                 "kind_sentence",
                                                 "kind_sentence_by_image",
                                                 "kind_sentence_sum",
                                                 "kind_sentence_by_image_sum",
                                                 "kind_place",
                                                 "kind_presence",
                                                 "kind_presence_by_image",
                                                 "any_sentence",
                                                 "any_sentence_by_image",
                                                 "any_place",
                                                 "any_presence_by_image",
                                                 "absence",
                                                 "absence_by_image",
                                                 "gain_by_masking",
                                                 "gain_by_masking_elsewhere",
                                                 "entropy",
                                                 "has_rival_of_kind",
                                                 "sentence_by_image"};
  return names;
}

std::vector<double> evidence_of(const Diagnosis& diagnosis, std::size_t position) {
  const WordDiagnosis& word = diagnosis.words[position];
  const Counterfactuals& w = word.counterfactuals;
  const double own = diagnosis.caption.log_prob;
  const double own_gain = own - diagnosis.log_prob_no_image;
  const auto sentence = [&](const ContrastWord& contrast) {
    return contrast.sentence_log_prob - own;
  };
  const auto by_image = [&](const ContrastWord& contrast) {
    return contrast.sentence_log_prob - contrast.sentence_log_prob_no_image - own_gain;
  };
  const auto at_place = [&](const ContrastWord& contrast) {
    return contrast.counterfactuals.log_p - w.log_p;
  };
  const auto presence = [&](const ContrastWord& contrast) {
    return contrast.presence.log_p - word.presence.log_p;
  };
  const auto presence_gain = [](const Presence& p) { return p.log_p - p.log_p_no_image; };
  const auto presence_by_image = [&](const ContrastWord& contrast) {
    return presence_gain(contrast.presence) - presence_gain(word.presence);
  };
  const bool has_rival =
      std::any_of(word.contrasts.begin(), word.contrasts.end(),
                  [](const ContrastWord& contrast) { return contrast.same_kind; });
  const double cells = double(diagnosis.caption.words[position].attention.size());
  return {bounded(-w.log_p),
          bounded(w.no_image - w.log_p),
          best(word.contrasts, true, sentence),
          best(word.contrasts, true, by_image),
          all_together(word.contrasts, true, sentence),
          all_together(word.contrasts, true, by_image),
          best(word.contrasts, true, at_place),
          best(word.contrasts, true, presence),
          best(word.contrasts, true, presence_by_image),
          best(word.contrasts, false, sentence),
          best(word.contrasts, false, by_image),
          best(word.contrasts, false, at_place),
          best(word.contrasts, false, presence_by_image),
          bounded(-word.presence.log_p),
          bounded(-presence_gain(word.presence)),
          bounded(w.region_masked - w.log_p),
          bounded(mean(w.elsewhere_masked) - w.log_p),
          diagnosis.caption.words[position].entropy / std::log(std::max(2.0, cells)),
          has_rival ? 1.0 : 0.0,
          bounded(-own_gain / double(diagnosis.words.size()))};
}

double largest_change(const WordDiagnosis& word) {
  const Counterfactuals& counterfactuals = word.counterfactuals;
  double max = 0;
  for (const double other : {counterfactuals.region_masked, counterfactuals.no_image,
                             mean(counterfactuals.elsewhere_masked)}) {
    max = std::max(max, std::abs(counterfactuals.log_p - other));
  }
  return max;
}

}  // namespace saccade
