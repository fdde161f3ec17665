#include <iostream>
#include <string>
#include <vector>

#include "saccade/batch/jsonl.h"
#include "saccade/caption/captioner.h"
#include "saccade/io/error_text.h"
#include "saccade/model/bundle/bundle.h"

#include "caption_json.h"
#include "model_options.h"
#include "photograph.h"
#include "runs.h"

namespace saccade::app {
namespace {

constexpr std::int64_t kAlternatives = 5;

void print(const std::string& path, const std::vector<Caption>& captions, bool json, bool many,
           double min_confidence) {
  const bool unsure = is_unsure(captions.front(), min_confidence);
  const std::string text = unsure ? "unsure" : captions.front().text;
  if (json) {
    std::cout << caption_to_json(path, captions, min_confidence)
                     .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << '\n';
  } else if (many) {
    std::cout << path << '\t' << text << '\n';
  } else {
    std::cout << text << '\n';
  }
  std::cout.flush();
}

}  // namespace

int run_caption(const Arguments& arguments) {
  const auto paths = arguments.get<std::vector<std::string>>("images");
  const bool json = arguments.has("json");

  LoadOptions reading = load_options(arguments);
  const Captioner captioner = load_captioner(arguments);
  CaptionOptions options = caption_options(arguments, captioner.bundle());
  options.search.n_best = arguments.get<std::int64_t>("n-best");
  Arguments::require_range("n-best", static_cast<double>(options.search.n_best), 1,
                           static_cast<double>(options.search.beam));
  options.search.alternatives = json ? kAlternatives : 0;
  const double least_confidence = min_confidence(arguments, captioner);

  reading.for_input = &captioner.bundle().config.input;
  int failed = 0;
  for (const std::string& path : paths) {
    try {
      print(path, captioner.caption({load_photograph(path, reading)}, options).front(), json,
            paths.size() > 1, least_confidence);
    } catch (...) {  // an unreadable image does not stop the others
      std::cerr << "saccade: " << current_error_text(path) << '\n';
      ++failed;
    }
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace saccade::app
