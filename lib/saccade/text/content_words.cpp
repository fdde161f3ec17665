#include "saccade/text/content_words.h"

#include <cctype>
#include <unordered_set>

#include "saccade/text/function_words.h"

namespace saccade {

bool is_content_word(const std::string& word) {
  // METEOR's function words are the commonest; these stand in captions besides.
  static const std::unordered_set<std::string> more = {
      "above",   "across",  "ahead",   "along",     "alongside", "amongst", "among",   "amid",
      "around",  "apart",   "away",    "back",      "behind",    "below",   "beneath", "beside",
      "besides", "beyond",  "down",    "forward",   "inside",    "like",    "midst",   "next",
      "outside", "past",    "several", "side",      "together",  "toward",  "towards", "underneath",
      "until",   "upon",    "very",    "within",    "without",   "front",   "just",    "still",
      "others",  "various", "few",     "something", "someone",   "middle",  "top",     "edge",
      "way",     "another", "onto",    "too",       "only",      "first",   "own",     "same",
      "get",     "gets",    "getting", "having",    "using",     "towards", "else",    "here"};
  if (word.size() < 2 || is_function_word(word) || more.count(word) != 0) return false;
  return std::isalpha(static_cast<unsigned char>(word.front())) != 0 ||
         static_cast<unsigned char>(word.front()) >= 0x80;
}

}  // namespace saccade
