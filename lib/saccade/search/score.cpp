#include "saccade/search/score.h"

#include <string>

#include <ATen/ATen.h>

#include "saccade/search/beam_batch.h"
#include "saccade/search/step_function.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

namespace {

// Called after the first step, whose output shows V.
void check_words(const std::vector<std::vector<std::int64_t>>& sentences, std::int64_t words) {
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    for (const std::int64_t id : sentences[i]) {
      const bool special =
          id == Vocabulary::kPad || id == Vocabulary::kStart || id == Vocabulary::kEnd;
      require(id >= 0 && id < words && !special,
              "sentence " + std::to_string(i) + " has the id " + std::to_string(id) +
                  ", which is not a word; the vocabulary has " + std::to_string(words) +
                  " words, and <pad>, <start> and <end> cannot occur in a sentence");
    }
  }
}

}  // namespace

std::vector<Hypothesis> score_sentences(const StepFunction& step, const State& start,
                                        const std::vector<std::vector<std::int64_t>>& sentences,
                                        std::int64_t alternatives) {
  require(alternatives >= 0,
          "alternatives must be at least 0, not " + std::to_string(alternatives));
  require(static_cast<std::int64_t>(sentences.size()) == start.rows(),
          "there are " + std::to_string(sentences.size()) + " sentences for " +
              std::to_string(start.rows()) + " rows; each row needs one");
  BeamBatch batch(step, start, alternatives);
  std::vector<Hypothesis> results(sentences.size());
  for (std::size_t place = 0; !batch.empty(); ++place) {
    const at::Tensor log_p = batch.advance();
    if (place == 0) check_words(sentences, log_p.size(1));
    std::vector<std::vector<BeamBatch::Next>> next;
    for (const auto& image : batch.images()) {
      const auto& sentence = sentences[static_cast<std::size_t>(image.index)];
      const auto path = image.paths.front();
      const float* of_row = log_p.data_ptr<float>() + image.first_row * log_p.size(1);
      next.emplace_back();
      if (place == sentence.size()) {
        results[static_cast<std::size_t>(image.index)] =
            batch.history().finished(path, of_row[Vocabulary::kEnd]);
        continue;
      }
      const auto id = sentence[place];
      next.back().push_back(
          {batch.history().extend(path, image.first_row, id, of_row[id]), image.first_row});
    }
    batch.keep(next);
  }
  return results;
}

}  // namespace saccade
