#include <string>

#include "options/options.h"

namespace saccade::app {

Arguments phrases_command() {
  Arguments arguments(
      "phrases", "phrases --boxes FILE --captions FILE --output FILE",
      "Makes a phrases file, which says where in a photograph is what the words of a caption name, "
      "from captions and boxes with labels. A box counts only for a word that the caption says: "
      "\"puppy\" for a box labelled dog, \"women\" and \"player\" for person. `saccade train "
      "--phrases` and `saccade model health --phrases` read such files.",
      "saccade phrases --captions captions.jsonl --boxes boxes.jsonl --output phrases.jsonl");
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
  arguments.limit<double>("min-score", 0, 1);
  return arguments;
}

void check_phrases(const Arguments& arguments) {
  if (!arguments.has("boxes")) throw UsageError("phrases: name a file of boxes with --boxes");
  if (!arguments.has("output")) throw UsageError("phrases: name the file to write with --output");
}

}  // namespace saccade::app
