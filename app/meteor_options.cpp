#include "meteor_options.h"

#include <stdexcept>

namespace saccade::app {

void add_meteor_options(Arguments& arguments) {
  auto add = arguments.add();
  add("wordnet", "folder of WordNet's data files for METEOR-wn",
      cxxopts::value<std::string>()->default_value(SACCADE_WORDNET), "DIR");
  add("no-meteor", "skip METEOR-wn");
}

std::shared_ptr<const WordNet> load_wordnet(const Arguments& arguments,
                                            std::vector<std::string>& warnings) {
  if (arguments.has("no-meteor")) return nullptr;
  const std::string folder = arguments.get<std::string>("wordnet");
  try {
    return std::make_shared<const WordNet>(folder);
  } catch (const std::runtime_error& error) {
    if (arguments.has("wordnet")) throw;
    warnings.push_back(std::string("METEOR-wn is skipped: ") + error.what());
    return nullptr;
  }
}

}  // namespace saccade::app
