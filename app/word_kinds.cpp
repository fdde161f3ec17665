#include "word_kinds.h"

#include <iostream>
#include <stdexcept>

namespace saccade::app {

void add_word_kinds_options(Arguments& arguments) {
  arguments.add()("wordnet", "folder of WordNet's data files, which group words by kind",
                  cxxopts::value<std::string>()->default_value(SACCADE_WORDNET), "DIR");
}

std::shared_ptr<const WordKinds> load_word_kinds(const Arguments& arguments,
                                                 const std::vector<std::string>& words) {
  try {
    return std::make_shared<const WordKinds>(arguments.get<std::string>("wordnet"), words);
  } catch (const std::runtime_error& error) {
    if (arguments.has("wordnet")) throw;
    std::cerr << "warning: contrast words are chosen without word kinds: " << error.what() << '\n';
    return nullptr;
  }
}

}  // namespace saccade::app
