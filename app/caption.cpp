#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/batch/record.h"
#include "saccade/caption/captioner.h"
#include "saccade/io/error_text.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"

#include "commands.h"
#include "engine_options.h"

namespace saccade::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kAlternatives = 5;

Json word_to_json(const CaptionWord& word) {
  Json alternatives = Json::array();
  for (const Alternative& other : word.alternatives) {
    alternatives.push_back({{"word", other.word}, {"p", other.p}});
  }
  Json json{{"word", word.word},
            {"p", word.p()},
            {"gate", word.gate},
            {"entropy", word.entropy},
            {"alternatives", std::move(alternatives)}};
  if (word.cell >= 0) json["cell"] = word.cell;
  return json;
}

/// One object of `saccade caption --json`: image, caption, log_prob, confidence (null without a
/// calibration), words [{word, p, gate, entropy, alternatives [{word, p}], cell (hard attention
/// only)}], n_best [{caption, log_prob, score, finished, confidence}]. Below `min_confidence` it
/// has only image, caption (null), unsure (true) and confidence.
/// @param n_best  the captions of one image, best first, at least one
Json caption_to_json(const std::string& image, const std::vector<Caption>& n_best,
                     double min_confidence) {
  const Caption& best = n_best.front();
  if (is_unsure(best, min_confidence)) {
    return {{"image", path_text(image)},
            {"caption", nullptr},
            {"unsure", true},
            {"confidence", confidence_json(best)}};
  }
  Json words = Json::array();
  for (const CaptionWord& word : best.words) words.push_back(word_to_json(word));
  Json others = Json::array();
  for (const Caption& caption : n_best) {
    others.push_back({{"caption", caption.text},
                      {"log_prob", caption.log_prob},
                      {"score", caption.score},
                      {"finished", caption.finished},
                      {"confidence", confidence_json(caption)}});
  }
  return {{"image", path_text(image)}, {"caption", best.text},
          {"log_prob", best.log_prob}, {"confidence", confidence_json(best)},
          {"words", std::move(words)}, {"n_best", std::move(others)}};
}

void print(const std::string& path, const std::vector<Caption>& captions, bool json, bool many,
           double min_confidence) {
  const bool unsure = is_unsure(captions.front(), min_confidence);
  const std::string text = unsure ? "unsure" : captions.front().text;
  if (json) {
    std::cout << caption_to_json(path, captions, min_confidence)
                     .dump(-1, ' ', false, Json::error_handler_t::replace)
              << '\n';
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
  options.search.alternatives = json ? kAlternatives : 0;
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
