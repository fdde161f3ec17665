#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "saccade/batch/record.h"
#include "saccade/caption/captioner.h"
#include "saccade/io/error_text.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"

#include "commands.h"
#include "engine_options.h"
#include "result_json.h"

namespace saccade::app {
namespace {

void print(const std::string& path, const std::vector<Caption>& captions, bool json, bool many,
           double min_confidence) {
  const bool unsure = is_unsure(captions.front(), min_confidence);
  const std::string text = unsure ? "unsure" : captions.front().text;
  if (json) {
    std::cout << json_line(caption_json(path, captions, min_confidence));
  } else if (many) {
    std::cout << one_line(path) << '\t' << text << '\n';
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
  options.search.alternatives = json ? kListedAlternatives : 0;
  const double least_confidence = min_confidence(arguments, captioner);

  reading.for_input = &captioner.bundle().config.input;
  std::int64_t failed = 0;
  for (const std::string& path : paths) {
    try {
      print(path, captioner.caption({load_photograph(path, reading)}, options).front(), json,
            paths.size() > 1, least_confidence);
    } catch (...) {  // an unreadable image does not stop the others
      std::cerr << "saccade: " << current_error_text(path) << '\n';
      ++failed;
    }
  }
  return exit_code(arguments, static_cast<std::int64_t>(paths.size()) - failed, failed);
}

}  // namespace saccade::app
