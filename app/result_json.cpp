#include "result_json.h"

#include <utility>

#include "saccade/batch/record.h"
#include "saccade/io/unicode.h"

namespace saccade::app {
namespace {

using nlohmann::ordered_json;

ordered_json word_json(const CaptionWord& word) {
  ordered_json alternatives = ordered_json::array();
  for (const Alternative& other : word.alternatives) {
    alternatives.push_back({{"word", other.word}, {"p", other.p}});
  }
  ordered_json json{{"word", word.word},
                    {"p", word.p()},
                    {"gate", word.gate},
                    {"entropy", word.entropy},
                    {"alternatives", std::move(alternatives)}};
  if (word.cell >= 0) json["cell"] = word.cell;
  return json;
}

}  // namespace

ordered_json caption_json(const std::string& image, const std::vector<Caption>& n_best,
                          double min_confidence) {
  const Caption& best = n_best.front();
  if (is_unsure(best, min_confidence)) {
    return {{"image", path_text(image)},
            {"caption", nullptr},
            {"unsure", true},
            {"confidence", confidence_json(best)}};
  }
  ordered_json words = ordered_json::array();
  for (const CaptionWord& word : best.words) words.push_back(word_json(word));
  ordered_json others = ordered_json::array();
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

ordered_json score_json(const std::string& image, const TokenizedSentence& sentence,
                        const Caption& caption, MapKind kind,
                        const std::vector<double>& correlations) {
  ordered_json words = ordered_json::array();
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    const CaptionWord& word = caption.words[t];
    ordered_json one{{"word", word.word}, {"log_p", word.log_p},     {"known", sentence.known(t)},
                     {"gate", word.gate}, {"entropy", word.entropy}, {"map", word.attention}};
    if (word.cell >= 0) one["cell"] = word.cell;
    if (kind != MapKind::alpha) one["rank_correlation_with_alpha"] = correlations[t];
    words.push_back(std::move(one));
  }
  return {{"image", path_text(image)},
          {"caption", caption.text},
          {"log_prob", caption.log_prob},
          {"map", to_string(kind)},
          {"grid", {{"rows", caption.grid.rows}, {"cols", caption.grid.cols}}},
          {"words", std::move(words)}};
}

std::string json_line(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace saccade::app
