#include "model_options.h"

#include <string>

#include "saccade/model/bundle.h"

#include "default_model.h"
#include "process.h"

namespace saccade::app {

Captioner load_captioner(const Arguments& arguments) {
  set_threads(arguments.get<std::int64_t>("threads"));
  return Captioner::load(find_model(arguments.get<std::string>("model")),
                         arguments.get<std::string>("device"));
}

CaptionOptions caption_options(const Arguments& arguments, const Bundle& bundle) {
  CaptionOptions options;
  BeamSearchOptions& search = options.search;
  search.beam = arguments.has("beam") ? arguments.get<std::int64_t>("beam")
                                      : bundle.decoding.value("beam", search.beam);
  search.length_penalty = arguments.has("length-penalty")
                              ? arguments.get<double>("length-penalty")
                              : bundle.decoding.value("length_penalty", search.length_penalty);
  WordConstraints& words = search.constraints;
  words.max_length = arguments.has("max-length")
                         ? arguments.get<std::int64_t>("max-length")
                         : bundle.decoding.value("max_length", words.max_length);
  if (arguments.has("min-length")) words.min_length = arguments.get<std::int64_t>("min-length");
  words.no_repeat_ngram = arguments.has("no-repeat-ngram")
                              ? arguments.get<std::int64_t>("no-repeat-ngram")
                              : bundle.decoding.value("no_repeat_ngram", std::int64_t{0});
  Arguments::require_range("beam", static_cast<double>(search.beam), 1, 1000);
  Arguments::require_range("length-penalty", search.length_penalty, 0, 10);
  Arguments::require_range("max-length", static_cast<double>(words.max_length), 1, 1000);
  Arguments::require_range("min-length", static_cast<double>(words.min_length), 0,
                           static_cast<double>(words.max_length));
  Arguments::require_range("no-repeat-ngram", static_cast<double>(words.no_repeat_ngram), 0, 1000);
  return options;
}

}  // namespace saccade::app
