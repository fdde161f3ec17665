#include "comparison.h"

namespace saccade::app {

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
