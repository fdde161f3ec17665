#include "saccade/explain/diagnose/suspicion.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace saccade {
namespace {

constexpr double kMost = 12;  // a single number says no more than this, however sure the model is

double bounded(double value) { return std::clamp(value, -kMost, kMost); }

/// The best value among rivals of the same kind or among all; −kMost where there are none.
double best(const std::vector<Rival>& rivals, bool of_kind,
            const std::function<double(const Rival&)>& value) {
  double most = -std::numeric_limits<double>::infinity();
  for (const Rival& rival : rivals) {
    if (rival.same_kind || !of_kind) most = std::max(most, value(rival));
  }
  return bounded(most);
}

/// log Σ exp of the rivals' log-odds against the word: how many rivals, and how good.
double all_together(const std::vector<Rival>& rivals, bool of_kind,
                    const std::function<double(const Rival&)>& value) {
  double sum = 0;
  for (const Rival& rival : rivals) {
    if (rival.same_kind || !of_kind) sum += std::exp(bounded(value(rival)));
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

std::vector<double> evidence_of(const Diagnosis& diagnosis, std::size_t place) {
  const WordDiagnosis& word = diagnosis.words[place];
  const Counterfactuals& w = word.asked;
  const double own = diagnosis.caption.log_prob;
  const double own_gain = own - diagnosis.log_prob_no_image;
  const auto sentence = [&](const Rival& rival) { return rival.sentence_log_prob - own; };
  const auto by_image = [&](const Rival& rival) {
    return rival.sentence_log_prob - rival.sentence_log_prob_no_image - own_gain;
  };
  const auto at_place = [&](const Rival& rival) { return rival.asked.log_p - w.log_p; };
  const auto presence = [&](const Rival& rival) {
    return rival.presence.log_p - word.presence.log_p;
  };
  const auto presence_gain = [](const Presence& p) { return p.log_p - p.log_p_no_image; };
  const auto presence_by_image = [&](const Rival& rival) {
    return presence_gain(rival.presence) - presence_gain(word.presence);
  };
  const bool has_rival = std::any_of(word.rivals.begin(), word.rivals.end(),
                                     [](const Rival& rival) { return rival.same_kind; });
  const double cells = double(diagnosis.caption.words[place].attention.size());
  return {bounded(-w.log_p),
          bounded(w.no_image - w.log_p),
          best(word.rivals, true, sentence),
          best(word.rivals, true, by_image),
          all_together(word.rivals, true, sentence),
          all_together(word.rivals, true, by_image),
          best(word.rivals, true, at_place),
          best(word.rivals, true, presence),
          best(word.rivals, true, presence_by_image),
          best(word.rivals, false, sentence),
          best(word.rivals, false, by_image),
          best(word.rivals, false, at_place),
          best(word.rivals, false, presence_by_image),
          bounded(-word.presence.log_p),
          bounded(-presence_gain(word.presence)),
          bounded(w.region_masked - w.log_p),
          bounded(mean(w.elsewhere_masked) - w.log_p),
          diagnosis.caption.words[place].entropy / std::log(std::max(2.0, cells)),
          has_rival ? 1.0 : 0.0,
          bounded(-own_gain / double(diagnosis.words.size()))};
}

double largest_change(const WordDiagnosis& word) {
  const Counterfactuals& asked = word.asked;
  double most = 0;
  for (const double other : {asked.region_masked, asked.no_image, mean(asked.elsewhere_masked)}) {
    most = std::max(most, std::abs(asked.log_p - other));
  }
  return most;
}

}  // namespace saccade
