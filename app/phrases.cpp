// `saccade phrases`: makes a phrases file from captions and labelled boxes.

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "saccade/data/label_phrases.h"
#include "saccade/io/durable_file.h"
#include "saccade/io/output_check.h"

#include "commands.h"

namespace saccade::app {

int run_phrases(const Arguments& arguments) {
  LabelPhraseOptions options;
  options.min_score = arguments.get<double>("min-score");
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
