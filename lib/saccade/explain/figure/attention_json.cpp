#include "saccade/explain/figure/attention_json.h"

#include <cstddef>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "saccade/io/unicode.h"

namespace saccade {
namespace {

using nlohmann::ordered_json;

template <typename T>
ordered_json in_rows(const std::vector<T>& cells, const Grid& grid, const std::string& word) {
  if (std::int64_t(cells.size()) != grid.cells()) {
    throw std::invalid_argument("the map of \"" + word + "\" does not match the caption's grid");
  }
  ordered_json rows = ordered_json::array();
  for (std::int64_t row = 0; row < grid.rows; ++row) {
    const auto first = cells.begin() + row * grid.cols;
    rows.push_back(std::vector<T>(first, first + grid.cols));
  }
  return rows;
}

ordered_json placement_json(const Placement& place) {
  return {{"input_size", place.input_size},
          {"scale_x", place.scale_x},
          {"scale_y", place.scale_y},
          {"offset_x", place.offset_x},
          {"offset_y", place.offset_y}};
}

ordered_json rollouts_json(const Rollouts& rollouts, const Caption& caption) {
  if (rollouts.cells.size() != caption.words.size()) {
    throw std::invalid_argument("the rollouts belong to another caption: they have " +
                                std::to_string(rollouts.cells.size()) + " words, not " +
                                std::to_string(caption.words.size()));
  }
  ordered_json cells = ordered_json::array();
  for (std::size_t i = 0; i < rollouts.cells.size(); ++i) {
    cells.push_back(in_rows(rollouts.cells[i], caption.grid, caption.words[i].word));
  }
  return {{"count", rollouts.count}, {"seed", rollouts.seed}, {"cells", std::move(cells)}};
}

}  // namespace

std::string attention_json(const Caption& caption, const std::string& name,
                           const Rollouts& rollouts) {
  ordered_json json;
  json["image"] = path_text(name);
  json["width"] = caption.placement.original_width;
  json["height"] = caption.placement.original_height;
  json["caption"] = caption.text;
  json["log_prob"] = caption.log_prob;
  json["grid"] = {{"rows", caption.grid.rows}, {"cols", caption.grid.cols}};
  json["placement"] = placement_json(caption.placement);
  json["words"] = ordered_json::array();
  json["alphas"] = ordered_json::array();
  for (const CaptionWord& word : caption.words) {
    ordered_json entry = {
        {"word", word.word}, {"p", word.p()}, {"gate", word.gate}, {"entropy", word.entropy}};
    if (word.cell >= 0) entry["cell"] = word.cell;
    json["words"].push_back(entry);
    json["alphas"].push_back(in_rows(word.attention, caption.grid, word.word));
  }
  json["confidence"] = caption.confidence ? ordered_json(*caption.confidence) : ordered_json();
  if (rollouts.count > 0) json["rollouts"] = rollouts_json(rollouts, caption);
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace saccade
