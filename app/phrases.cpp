// `saccade phrases`: makes a phrases file from captions and boxes with labels.

#include "phrases.h"

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "saccade/data/label_phrases.h"
#include "saccade/io/durable_file.h"
#include "saccade/io/output_check.h"

#include "arguments.h"
#include "command.h"

namespace saccade::app {
namespace {

void declare_phrases(Arguments& arguments) {
  arguments.add()(
      "boxes",
      "JSONL, a line per photograph: {\"image\": NAME, \"boxes\": [[label, score, left, "
      "top, right, bottom], …]}, the score optional, the rest in shares of width and "
      "height",
      cxxopts::value<std::string>())(
      "captions",
      "a file of captions; without it each label of a photograph makes a sentence, \"a LABEL\"",
      cxxopts::value<std::string>())("o,output", "the phrases file to write",
                                     cxxopts::value<std::string>())(
      "split", "use only this split of the captions, or of the boxes without captions",
      cxxopts::value<std::string>()->default_value(""))(
      "min-score", "leave out boxes with a lower score",
      cxxopts::value<double>()->default_value("0.2"))(
      "wordnet", "folder of WordNet's data files, which say that a puppy is a dog",
      cxxopts::value<std::string>()->default_value(SACCADE_WORDNET));
}

}  // namespace

int run_phrases(int argc, const char* const* argv) {
  Arguments arguments(
      "phrases", "phrases --boxes FILE --captions FILE --output FILE",
      "Makes a phrases file, which says where in a photograph is what the words of a caption name, "
      "from captions and boxes with labels. A box counts only for a word that the caption says: "
      "\"puppy\" for a box labelled dog, \"women\" and \"player\" for person. `saccade train "
      "--phrases` and `saccade model health --phrases` read such files.",
      "saccade phrases --captions captions.jsonl --boxes boxes.jsonl --output phrases.jsonl");
  declare_phrases(arguments);
  if (!arguments.parse(argc, argv)) return 0;
  if (!arguments.has("boxes")) throw UsageError("phrases: name a file of boxes with --boxes");
  if (!arguments.has("output")) throw UsageError("phrases: name the file to write with --output");
  LabelPhraseOptions options;
  options.min_score = arguments.get<double>("min-score");
  Arguments::require_range("min-score", options.min_score, 0, 1);
  options.split = arguments.get<std::string>("split");
  options.wordnet = arguments.get<std::string>("wordnet");

  std::vector<std::filesystem::path> inputs{arguments.get<std::string>("boxes")};
  if (arguments.has("captions")) inputs.emplace_back(arguments.get<std::string>("captions"));
  require_output_file(arguments.get<std::string>("output"), inputs);
  const auto boxes = read_labelled_boxes(arguments.get<std::string>("boxes"));
  const auto captions =
      arguments.has("captions")
          ? phrases_of_captions(arguments.get<std::string>("captions"), boxes, options)
          : phrases_of_labels(boxes, options);
  DurableFile file(arguments.get<std::string>("output"));
  std::size_t phrases = 0, marked = 0;
  for (const CaptionPhrases& caption : captions) {
    file.write(to_json_line(caption) + "\n");
    phrases += caption.phrases.size();
    for (const Phrase& phrase : caption.phrases) marked += phrase.boxes.size();
  }
  file.commit();
  std::cerr << "saccade: wrote " << captions.size() << " captions with " << phrases
            << " phrases and " << marked << " boxes\n";
  return 0;
}

}  // namespace saccade::app
