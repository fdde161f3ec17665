#include "saccade/text/content_words.h"

#include <cctype>
#include <unordered_set>

namespace saccade {

bool is_content_word(const std::string& word) {
  // Further words without a visual meaning that are frequent in captions.
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

bool is_function_word(const std::string& word) {
  static const std::unordered_set<std::string> words = {
      // articles, determiners, quantities
      "a", "an", "the", "this", "that", "these", "those", "some", "any", "each", "every", "all",
      "both", "no", "other", "another", "such", "one", "many", "much", "more", "most",
      // pronouns
      "i", "me", "my", "you", "your", "he", "him", "his", "she", "her", "it", "its", "we", "us",
      "our", "they", "them", "their", "who", "whom", "whose", "which", "what", "there", "himself",
      "herself", "itself", "themselves",
      // prepositions
      "of", "in", "on", "at", "to", "for", "from", "with", "by", "about", "as", "into", "onto",
      "over", "under", "through", "between", "after", "before", "during", "against", "up", "down",
      "out", "off", "near", "than",
      // conjunctions and particles
      "and", "or", "but", "if", "while", "when", "where", "because", "so", "not", "n't", "also",
      "then",
      // auxiliaries and clitics
      "is", "are", "was", "were", "be", "been", "being", "am", "has", "have", "had", "do", "does",
      "did", "will", "would", "can", "could", "may", "might", "must", "shall", "should", "'s",
      "'re", "'m", "'ve", "'ll", "'d"};
  return words.count(word) != 0;
}

bool is_dangling(const std::string& word) {
  static const std::unordered_set<std::string> words = {
      "a",     "an",   "the",  "of",    "and", "or", "but",  "with",   "to",
      "at",    "from", "for",  "in",    "on",  "by", "into", "onto",   "as",
      "while", "that", "his",  "their", "its", "is", "are",  "was",    "were",
      "be",    "has",  "have", "which", "who", "'s", "than", "between"};
  return words.count(word) != 0;
}

}  // namespace saccade
