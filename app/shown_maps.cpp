#include "shown_maps.h"

#include <cstddef>
#include <utility>

namespace saccade::app {

std::vector<double> show_maps(const Captioner& captioner, const Image& photograph, Caption& caption,
                              MapKind kind) {
  auto maps = word_maps(captioner, photograph, caption, kind);
  std::vector<double> correlations;
  for (std::size_t t = 0; t < maps.size(); ++t) {
    correlations.push_back(rank_correlation(maps[t], caption.words[t].attention));
    caption.words[t].attention = std::move(maps[t]);
  }
  return correlations;
}

}  // namespace saccade::app
