#include <string>

#include "commands.h"

namespace saccade::app {

Arguments phrases_command() {
  Arguments arguments(
      "phrases", "phrases --boxes FILE --captions FILE --output FILE",
      "Make a phrases file, which links caption words to labelled boxes.\n\n"
      "A box is linked only to a word of the caption that names its label: \"puppy\"\n"
      "for dog, \"women\" and \"player\" for person. `saccade train --phrases` and\n"
      "`saccade model health --phrases` read such files.",
      "saccade phrases --captions captions.jsonl --boxes boxes.jsonl \\\n"
      "    --output phrases.jsonl");
  auto add = arguments.add();
  add("boxes",
      "JSONL, a line per image: {\"image\": NAME, \"boxes\": [[label, score, left, top, right, "
      "bottom], …]}; coordinates are fractions of width and height, the score is optional",
      cxxopts::value<std::string>(), "FILE");
  add("captions",
      "caption file; without it, each label of an image becomes the sentence \"a LABEL\"",
      cxxopts::value<std::string>(), "FILE");
  add("o,output", "output phrases file", cxxopts::value<std::string>(), "FILE");
  add("split", "use only this split of the captions, or of the boxes if there are no captions",
      cxxopts::value<std::string>()->default_value(""), "NAME");
  add("min-score", "skip boxes with a lower score, 0 to 1",
      cxxopts::value<double>()->default_value("0.2"), "P");
  add("wordnet", "folder of WordNet's data files, which define that a puppy is a dog",
      cxxopts::value<std::string>()->default_value(SACCADE_WORDNET), "DIR");
  arguments.limit<double>("min-score", 0, 1);
  return arguments;
}

void check_phrases(const Arguments& arguments) {
  if (!arguments.has("boxes")) throw UsageError("phrases: missing --boxes FILE");
  if (!arguments.has("output")) throw UsageError("phrases: missing --output FILE");
}

}  // namespace saccade::app
