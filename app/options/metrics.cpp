#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "saccade/evaluate/evaluation.h"

#include "commands.h"
#include "word_options.h"

namespace saccade::app {

Arguments metrics_command() {
  Arguments arguments(
      "metrics", "metrics --hypotheses FILE --references FILE",
      "Score captions against references: BLEU, ROUGE-L, CIDEr-D and METEOR-wn.",
      "saccade metrics --hypotheses captions.jsonl --references Flickr8k.token.txt \\\n"
      "    --images Flickr_8k.devImages.txt --bootstrap 1000");
  const auto file = [&](const char* name, const char* meaning) {
    arguments.add()(name, meaning, cxxopts::value<std::string>(), "FILE");
  };
  const auto flag = [&](const char* name, const char* meaning) { arguments.add()(name, meaning); };
  file("hypotheses",
       "captions to score, one per image: JSONL, CSV, COCO results, or JSON {image: [caption]}");
  file("references",
       "references: token file, Karpathy JSON, COCO captions, JSONL, CSV, or JSON {image: "
       "[captions]}. Images match by their paths, as far as both files give them");
  file("images", "use only the images in this list");
  arguments.add()("split", "use only this split of a Karpathy JSON file",
                  cxxopts::value<std::string>(), "NAME");
  arguments.add()("tokenize", "tokenizer: ptb, or none for text that is already tokenized",
                  cxxopts::value<std::string>()->default_value("ptb"), "NAME");
  flag("allow-missing", "score the images that have a caption and references; count the others");
  flag("json", "print the report as JSON");
  file("per-image", "write the scores of each image to this JSONL file");
  arguments.add()("bootstrap",
                  "resamples for 95 % confidence intervals over images (default: no intervals)",
                  cxxopts::value<std::size_t>(), "N");
  file("versus", "captions of a second system, compared image by image");
  arguments.add()("seed", "random seed of the bootstrap and the comparison",
                  cxxopts::value<std::uint64_t>()->default_value("1"), "N");
  file("training", "training captions; the report says how many captions are copies of them");
  file("training-images", "use only the images in this list of --training");
  file("document-frequency", "read CIDEr-D's document frequency from this file");
  file("save-document-frequency", "write the references' document frequency to this file");
  add_meteor_options(arguments);
  arguments.limit<std::size_t>("bootstrap", 1, 1000000);
  return arguments;
}

void check_metrics(const Arguments& arguments) {
  if (!arguments.has("references")) throw UsageError("metrics: missing --references FILE");
  if (!arguments.has("hypotheses") && !arguments.has("save-document-frequency")) {
    throw UsageError("metrics: missing --hypotheses FILE");
  }
  try {
    tokenizer_named(arguments.get<std::string>("tokenize"));
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("option --tokenize: ") + error.what());
  }
}

}  // namespace saccade::app
