#include "saccade/model/bundle/model_card.h"

#include "saccade/model/bundle/bundle.h"

namespace saccade {

std::string draft_card(const std::string& title, const std::string& what, const Bundle& bundle) {
  return "# " + title + "\n\n" + what + "\n\nDecoding: " + bundle.decoding.dump() +
         "\n\nProvenance:\n```\n" + bundle.provenance.dump(2) +
         "\n```\n\nData, results, limits and licences: to be filled in.\n";
}

}  // namespace saccade
