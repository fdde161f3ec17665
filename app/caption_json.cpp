#include "caption_json.h"

#include "saccade/batch/jsonl.h"
#include "saccade/io/path_text.h"

namespace saccade::app {

using Json = nlohmann::ordered_json;

namespace {

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

}  // namespace

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

}  // namespace saccade::app
