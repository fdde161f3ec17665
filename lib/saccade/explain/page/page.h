#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "saccade/explain/figure/overlay.h"
#include "saccade/image/image.h"
#include "saccade/image/placement.h"

namespace saccade {

/// One kind of map that a page shows for every word: α, or an alternative such as occlusion.
struct MapLayer {
  std::string name;  ///< e.g. "attention"
  /// The unit of the values, shown beside the scale, e.g. "of the word's attention per cell".
  std::string meaning;
  bool share = true;  ///< values are shares of 1, shown as percentages
};

/// Another word that the model considered at the same position.
struct PageAlternative {
  std::string word;
  double p = 0;  ///< 0…1
  /// Its own map, L values ≥ 0. Empty: it shares the word's attention, and the page says so.
  std::vector<float> map;
  std::string map_meaning;  ///< what that map shows
};

/// The verdict on a word.
struct PageVerdict {
  enum class Tone { good, doubtful, bad, unsure };
  std::string name;  ///< "seen", …
  Tone tone = Tone::unsure;
  std::string explanation;  ///< a sentence
};

/// "good", "doubtful", "bad", "unsure": the names in the page's style sheet.
const char* tone_name(PageVerdict::Tone tone);

struct PageWord {
  std::string word;
  double p = 0;                          ///< 0…1
  double gate = 1;                       ///< β, 0…1
  double entropy = 0;                    ///< of α, nats
  std::int64_t cell = -1;                ///< the cell that hard attention chose; −1: none
  std::vector<std::vector<float>> maps;  ///< per map layer L values ≥ 0, or empty for no map
  std::vector<PageAlternative> alternatives;
  std::optional<PageVerdict> verdict;
  std::optional<double> suspicion;    ///< 0…1; the page opens with the most suspicious word
  std::vector<std::string> evidence;  ///< sentences
};

/// The content of an explanation page: an image and its caption, explained word by word.
struct Page {
  std::string name;     ///< of the image, as the user gave it
  std::string caption;  ///< the sentence
  Grid grid;
  Placement placement;
  std::vector<MapLayer> layers;  ///< at least one; the first is α
  std::vector<PageWord> words;
  std::vector<std::string> notes;  ///< sentences at the bottom of the page
  std::string index;               ///< a relative link to the list of the folder; empty: none
  OverlayOptions overlay;          ///< the initial display settings
};

/// The page's content as the page's script reads it:
///   {"width", "height", "grid": [rows, cols],
///    "placement": {"input_size", "scale_x", "scale_y", "offset_x", "offset_y"},
///    "options": {"upsampling", "colorMap", "opacity", "contour"},
///    "layers": [{"name", "meaning", "share"}],
///    "words": [{"word", "p", "gate", "entropy", "cell", "maps": [L values per layer],
///               "alternatives": [{"word", "p", …}], "evidence", "verdict", "suspicion"}],
///    "notes", "index", "colors": {name: 256 × 3 bytes in base64}}
/// @throws std::invalid_argument for a map that does not match the grid.
nlohmann::ordered_json page_json(const Page& page);

/// Renders a self-contained HTML file: it embeds the image (reduced to at most 1600 pixels a side),
/// the style, the script and all data. Its Content-Security-Policy forbids every request and every
/// other script. Texts are escaped, so they may contain anything.
/// @throws std::invalid_argument for an empty image, no map layer, or a map that does not match the
///         grid.
std::string page_html(const Page& page, const Image& photograph);

}  // namespace saccade
