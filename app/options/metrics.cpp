#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "saccade/evaluate/evaluation.h"

#include "meteor_options.h"
#include "options/options.h"

namespace saccade::app {

Arguments metrics_command() {
  Arguments arguments(
      "metrics", "metrics --hypotheses FILE --references FILE",
      "Scores captions against what people wrote: BLEU, ROUGE-L, CIDEr-D, METEOR-wn.",
      "saccade metrics --hypotheses captions.jsonl --references Flickr8k.token.txt "
      "--images Flickr_8k.devImages.txt --bootstrap 1000");
  const auto text = [&](const char* name, const char* meaning) {
    arguments.add()(name, meaning, cxxopts::value<std::string>());
  };
  const auto flag = [&](const char* name, const char* meaning) { arguments.add()(name, meaning); };
  text("hypotheses", "Captions to score: JSONL, CSV or COCO results");
  text("references", "Flickr8k token file, Karpathy JSON, COCO captions JSON or JSONL");
  text("images", "Use only the references of the images in this list");
  text("split", "Use only this split of Karpathy JSON");
  arguments.add()("tokenize", "ptb, or none for text that is cut already",
                  cxxopts::value<std::string>()->default_value("ptb"));
  flag("allow-missing", "Score the images that both sides have, and count the others");
  flag("json", "Print the report as JSON");
  text("per-image", "Write each image's scores to this JSONL file");
  arguments.add()("bootstrap", "Resamples for 95 % intervals over images",
                  cxxopts::value<std::size_t>());
  text("versus", "A second system's captions, compared image by image");
  arguments.add()("seed", "Of the bootstrap and the comparison",
                  cxxopts::value<std::uint64_t>()->default_value("1"));
  text("training", "References that captions may have been copied from");
  text("training-images", "Use only the images in this list of --training");
  text("document-frequency", "CIDEr's document frequency, as saved");
  text("save-document-frequency", "Write the references' document frequency to this file");
  add_meteor_options(arguments);
  arguments.limit<std::size_t>("bootstrap", 1, 1000000);
  return arguments;
}

void check_metrics(const Arguments& arguments) {
  if (!arguments.has("references")) throw UsageError("--references is missing");
  if (!arguments.has("hypotheses") && !arguments.has("save-document-frequency")) {
    throw UsageError("--hypotheses is missing");
  }
  try {
    tokenizer_named(arguments.get<std::string>("tokenize"));
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("option --tokenize: ") + error.what());
  }
}

}  // namespace saccade::app
