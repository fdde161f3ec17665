// The inputs of `saccade metrics` (captions, references, document frequencies), and its scores.
#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "saccade/evaluate/evaluation.h"
#include "saccade/metrics/caption_files.h"
#include "saccade/metrics/cider.h"

#include "fuzz.h"

namespace saccade::fuzz {
namespace {

constexpr std::size_t kMaxScored = 20;  // images; limits the time for scoring

}  // namespace

/// Captions, references and document frequencies, separated by zero bytes.
std::vector<std::string> seeds() {
  const std::string references = "a.jpg#0\ta dog runs in snow\na.jpg#1\tthe dog\nb.jpg#0\ta cat\n";
  const std::string zero(1, '\0');
  return {
      "{\"image\": \"a.jpg\", \"caption\": \"a dog runs\"}\n"
      "{\"image\": \"b.jpg\", \"caption\": \"\"}\n" +
          zero + references,
      "[{\"image_id\": 3, \"caption\": \"it's 3 p.m.\"}]" + zero +
          R"({"annotations": [{"image_id": 3, "caption": "it is three o'clock"}]})",
      "image,caption\na.jpg,a dog\n" + zero + references + zero +
          R"({"format": "saccade-document-frequency", "version": 1, "images": 2, )"
          R"("ngrams": 2, "tokenizer": "ptb"})"
          "\n2\ta\n1\ta dog\n",
      "\"\"" + zero + "\"\""};
}

void run(std::string_view input) {
  const auto parts = split(input, 3);
  HypothesisFile hypotheses;
  ReferenceFile references;
  DocumentFrequency frequency;
  const MemoryBound bound{256, 1 << 20};
  const bool has_hypotheses =
      accepted(input.size(), bound, [&] { hypotheses = read_hypotheses(as_file(parts[0], 0)); });
  const bool has_references =
      accepted(input.size(), bound, [&] { references = read_references(as_file(parts[1], 1)); });
  const bool has_frequency = accepted(input.size(), bound, [&] {
    frequency = DocumentFrequency::load(as_file(parts[2], 2), "ptb");
  });
  if (!has_hypotheses || !has_references) return;
  if (hypotheses.hypotheses.size() > kMaxScored) return;
  PairedCaptions pairs;
  const bool has_pairs = accepted(input.size(), bound, [&] {
    pairs = pair_captions(hypotheses.hypotheses, references.entries, Tokenizer::kPtb);
  });
  if (!has_pairs || pairs.images.empty()) return;
  EvaluationOptions options;
  if (has_frequency) options.frequency = &frequency;
  const auto scores = score_images(pairs, options);
  require(scores.size() == pairs.images.size(), "each image has scores");
  make_report(pairs, scores, options);
  const std::string lines = per_image_jsonl(pairs, scores, false);
  for (std::size_t start = 0; start < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', start), lines.size());
    require(nlohmann::json::accept(lines.begin() + std::ptrdiff_t(start),
                                   lines.begin() + std::ptrdiff_t(end)),
            "a line of scores is JSON");
    start = end + 1;
  }
}

}  // namespace saccade::fuzz
