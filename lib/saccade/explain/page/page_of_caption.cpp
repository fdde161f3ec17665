#include "saccade/explain/page/page_of_caption.h"

#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace saccade {
namespace {

PageWord page_word(const CaptionWord& word) {
  PageWord out;
  out.word = word.word;
  out.p = word.p();
  out.gate = word.gate;
  out.entropy = word.entropy;
  out.cell = word.cell;
  out.maps = {word.attention};
  for (const Alternative& other : word.alternatives) {
    out.alternatives.push_back({other.word, other.p, {}, ""});
  }
  return out;
}

}  // namespace

void add_map_layer(Page& page, const std::string& name,
                   const std::vector<std::vector<float>>& maps) {
  if (maps.size() != page.words.size()) {
    throw std::invalid_argument("a map layer needs one map for each of the page's " +
                                std::to_string(page.words.size()) + " words, not " +
                                std::to_string(maps.size()));
  }
  page.layers.push_back({name, "of the word’s " + name + " per cell", true});
  for (std::size_t i = 0; i < maps.size(); ++i) page.words[i].maps.push_back(maps[i]);
}

Page page_of(const Caption& caption, const std::string& name, const OverlayOptions& overlay,
             const Rollouts& rollouts) {
  Page page;
  page.name = name;
  page.caption = caption.text;
  page.grid = caption.grid;
  page.placement = caption.placement;
  page.overlay = overlay;
  page.layers = {{"attention α", "of the word’s attention per cell", true}};
  for (const CaptionWord& word : caption.words) page.words.push_back(page_word(word));
  if (rollouts.count > 0) {
    if (rollouts.cells.size() != page.words.size()) {
      throw std::invalid_argument("the rollouts belong to another caption");
    }
    page.layers.push_back({"sampled cells",
                           "of " + std::to_string(rollouts.count) +
                               " rollouts sampled the cell (seed " + std::to_string(rollouts.seed) +
                               ")",
                           true});
    for (std::size_t i = 0; i < page.words.size(); ++i) {
      std::vector<float> shares;
      for (const std::int64_t times : rollouts.cells[i]) {
        shares.push_back(float(double(times) / double(rollouts.count)));
      }
      page.words[i].maps.push_back(std::move(shares));
    }
  }
  page.notes = {
      "Attention is evidence of why the model chose a word, not proof. A map shows how the cells "
      "of the photograph were weighted when the word was chosen; it is no finer than these cells."};
  if (caption.confidence) {
    const std::string confidence = std::to_string(std::lround(100 * *caption.confidence)) + " %";
    page.notes.push_back("Confidence " + confidence + ": a person would accept about " +
                         confidence + " of the captions that the model is this sure of.");
  }
  if (!caption.finished && !caption.words.empty()) {
    page.notes.emplace_back("The caption was cut off at the maximum number of words.");
  }
  return page;
}

}  // namespace saccade
