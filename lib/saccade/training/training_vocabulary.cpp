#include "saccade/training/training_vocabulary.h"

#include <stdexcept>
#include <vector>

#include "saccade/text/ptb_tokenizer.h"

namespace saccade {

std::string empty_vocabulary_message(std::int64_t min_count) {
  return "no word of the training captions occurs " + std::to_string(min_count) +
         " times; lower min_count";
}

Vocabulary training_vocabulary(const Dataset& train, std::int64_t min_count) {
  std::vector<std::vector<std::string>> captions;
  for (const CaptionedImage& image : train.images) {
    for (const std::string& text : image.captions) captions.push_back(ptb_tokenize(text));
    for (const CountedLabel& label : image.labels) captions.push_back(ptb_tokenize(label.label));
  }
  Vocabulary vocabulary = Vocabulary::build(captions, min_count);
  if (vocabulary.size() == Vocabulary::kSpecials) {
    throw std::runtime_error(empty_vocabulary_message(min_count));
  }
  return vocabulary;
}

}  // namespace saccade
