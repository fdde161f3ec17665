#include "saccade/text/wordnet/stemmer.h"

#include <libstemmer.h>
#include <stdexcept>

namespace saccade {

Stemmer::Stemmer() : stemmer_(sb_stemmer_new("english", "UTF_8")) {
  if (!stemmer_)
    throw std::runtime_error("libstemmer was built without its English stemmer for UTF-8");
}

void Stemmer::Delete::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

const std::string& Stemmer::stem(const std::string& word) {
  const auto known = known_.find(word);
  if (known != known_.end()) return known->second;
  const sb_symbol* stem =
      sb_stemmer_stem(stemmer_.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                      static_cast<int>(word.size()));
  if (stem == nullptr) throw std::bad_alloc();
  const auto length = static_cast<std::size_t>(sb_stemmer_length(stemmer_.get()));
  return known_.emplace(word, std::string(reinterpret_cast<const char*>(stem), length))
      .first->second;
}

}  // namespace saccade
