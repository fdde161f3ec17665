#pragma once

#include <optional>
#include <string>
#include <vector>

#include "saccade/explain/figure/overlay.h"
#include "saccade/image/grid.h"
#include "saccade/image/image.h"
#include "saccade/image/placement.h"

namespace saccade {

/// One way to say where the model looked: α itself, or another light on the same word.
struct MapLayer {
  std::string name;  ///< e.g. "attention"
  std::string
      meaning;  ///< what a value is, beside the scale, e.g. "of the word's attention per cell"
  bool share = true;  ///< values are shares of 1 and shown in per cent
};

/// A word that might have stood in the same place.
struct PageAlternative {
  std::string word;
  double p = 0;  ///< 0…1
  /// L values ≥ 0: its own map where one is known. Empty: it shares the word's attention, and the
  /// page says so.
  std::vector<float> map;
  std::string map_meaning;  ///< what that map is
};

/// What was found about a word.
struct PageVerdict {
  enum class Tone { good, doubtful, bad, unsure };
  std::string name;  ///< "seen", …
  Tone tone = Tone::unsure;
  std::string explanation;  ///< a sentence
};

/// "good", "doubtful", "bad", "unsure": the names that the page's styles know.
const char* tone_name(PageVerdict::Tone tone);

struct PageWord {
  std::string word;
  double p = 0;                          ///< 0…1
  double gate = 1;                       ///< β, 0…1
  double entropy = 0;                    ///< of α, nats
  std::int64_t cell = -1;                ///< the cell that hard attention chose, −1 for none
  std::vector<std::vector<float>> maps;  ///< per light L values ≥ 0, or none where it has no map
  std::vector<PageAlternative> alternatives;
  std::optional<PageVerdict> verdict;
  std::optional<double> suspicion;    ///< 0…1; the page begins with the most suspicious word
  std::vector<std::string> evidence;  ///< sentences
};

/// A photograph explained word by word: what the page shows, whoever found it out.
struct Page {
  std::string name;     ///< the photograph's, as the user gave it
  std::string caption;  ///< the sentence
  Grid grid;
  Placement placement;
  std::vector<MapLayer> layers;  ///< at least one; the first is α
  std::vector<PageWord> words;
  std::vector<std::string> notes;  ///< sentences at the page's foot
  std::string index;               ///< a relative link to the folder's page; empty: none
  OverlayOptions overlay;          ///< what the page begins with
};

/// One HTML file that needs no other and asks for nothing: the photograph (reduced to at most 1600
/// pixels a side), styles, script and all data are within. Its Content-Security-Policy forbids
/// every request and every script but its own. Texts may hold anything.
/// @throws std::invalid_argument for an empty photograph, no light, or a map that does not fill
/// the grid.
std::string page_html(const Page& page, const Image& photograph);

}  // namespace saccade
