#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "saccade/search/beam_search.h"

#include "search/toy_decoder.h"

namespace saccade::test {

inline BeamSearchOptions with_beam(std::int64_t beam, std::int64_t max_length) {
  BeamSearchOptions options;
  options.beam = beam;
  options.constraints.max_length = max_length;
  return options;
}

struct Sentence {
  Ids ids;
  double score;
};

/// All finished sentences of up to `max_length` words that are not special, the best first.
inline std::vector<Sentence> every_sentence(const ToyDecoder& toy, std::int64_t image,
                                            std::int64_t max_length, double length_penalty = 0,
                                            const std::function<bool(const Ids&)>& permitted = {}) {
  std::vector<Sentence> result;
  std::vector<Ids> longest{{}};
  for (std::int64_t length = 0; length <= max_length; ++length) {
    std::vector<Ids> longer;
    for (const auto& ids : longest) {
      if (!permitted || permitted(ids)) {
        result.push_back({ids, toy.log_prob(image, ids) /
                                   std::pow(static_cast<double>(length + 1), length_penalty)});
      }
      for (std::int64_t id = Vocabulary::kSpecials; id < toy.words(); ++id) {
        longer.push_back(ids);
        longer.back().push_back(id);
      }
    }
    longest = std::move(longer);
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Sentence& a, const Sentence& b) { return a.score > b.score; });
  return result;
}

}  // namespace saccade::test
