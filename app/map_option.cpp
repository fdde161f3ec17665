#include "map_option.h"

namespace saccade::app {

void add_map_option(Arguments& arguments) {
  std::string names;
  for (const std::string& name : map_kind_names()) names += (names.empty() ? "" : ", ") + name;
  arguments.add()("map", "what a word's map shows: " + names,
                  cxxopts::value<std::string>()->default_value("alpha"));
}

MapKind map_option(const Arguments& arguments) {
  return map_kind_from_string(arguments.get<std::string>("map"));
}

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
