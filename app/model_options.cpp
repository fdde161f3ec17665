#include "model_options.h"

#include <string>
#include <type_traits>

#include "saccade/caption/captioner.h"
#include "saccade/model/bundle/bundle.h"

#include "default_model.h"
#include "process.h"

namespace saccade::app {

Captioner load_captioner(const Arguments& arguments) {
  set_threads(arguments.get<std::int64_t>("threads"));
  return Captioner::load(find_model(arguments.get<std::string>("model")),
                         arguments.get<std::string>("device"));
}

CaptionOptions caption_options(const Arguments& arguments, const Bundle& bundle) {
  return caption_options(arguments, options_of(bundle.decoding));
}

CaptionOptions caption_options(const Arguments& arguments, CaptionOptions options) {
  BeamSearchOptions& search = options.search;
  WordConstraints& words = search.constraints;
  const auto take = [&](const char* name, auto& into) {
    if (arguments.has(name)) into = arguments.get<std::decay_t<decltype(into)>>(name);
  };
  take("beam", search.beam);
  take("length-penalty", search.length_penalty);
  take("max-length", words.max_length);
  take("min-length", words.min_length);
  take("no-repeat-ngram", words.no_repeat_ngram);
  take("repeat-penalty", words.repeat_penalty);
  Arguments::require_range("min-length", static_cast<double>(words.min_length), 0,
                           static_cast<double>(words.max_length));
  return options;
}

double min_confidence(const Arguments& arguments, const Captioner& captioner) {
  if (!arguments.has("min-confidence")) return 0;
  if (captioner.calibration()) return arguments.get<double>("min-confidence");
  throw UsageError("option --min-confidence: the model " + arguments.get<std::string>("model") +
                   " has no calibration; fit one with `saccade model calibrate`");
}

}  // namespace saccade::app
