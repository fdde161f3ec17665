#include "word_options.h"

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

std::optional<Comparison> comparison_option(const Arguments& arguments) {
  if (!arguments.has("instead-of")) return std::nullopt;
  const std::string text = arguments.get<std::string>("instead-of");
  const auto equals = text.find('=');
  Comparison comparison{text.substr(0, equals),
                        equals == std::string::npos ? "" : text.substr(equals + 1)};
  if (comparison.word.empty() || comparison.other.empty()) {
    throw UsageError("option --instead-of is \"" + text +
                     "\", expected WORD=OTHER, e.g. \"bird=dog\"");
  }
  return comparison;
}

}  // namespace saccade::app
