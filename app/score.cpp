#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>

#include "saccade/caption/forced_decoding.h"
#include "saccade/explain/heatmap_files.h"
#include "saccade/image/image.h"
#include "saccade/model/bundle/bundle.h"

#include "commands.h"
#include "engine_options.h"
#include "map_options.h"
#include "result_json.h"

namespace saccade::app {
namespace {

void print_table(const TokenizedSentence& sentence, const Caption& caption) {
  double end = caption.log_prob;
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    const CaptionWord& word = caption.words[t];
    end -= word.log_p;
    std::printf("%8.3f  %6.2f %%  %s%s\n", word.log_p, 100 * std::exp(word.log_p),
                word.word.c_str(),
                sentence.known(t) ? "" : "   (not in the vocabulary: scored as <unk>)");
  }
  std::printf("%8.3f  %6.2f %%  end of sentence\n", end, 100 * std::exp(end));
  std::printf("%8.3f            log p of the sentence\n", caption.log_prob);
}

}  // namespace

int run_score(const Arguments& arguments) {
  const auto path = arguments.get<std::string>("image");
  const MapKind kind = map_option(arguments);

  HeatmapOptions options;
  options.page = true;
  if (kind != MapKind::alpha) options.figure.map_name = to_string(kind);
  if (arguments.has("output")) {
    require_heatmap_folder(arguments.get<std::string>("output"), path, options);
  }
  const Image photograph = load_photograph(path, load_options(arguments));
  const Captioner captioner = load_captioner(arguments);
  const TokenizedSentence sentence =
      read_sentence(arguments.get<std::string>("caption"), captioner.bundle().vocabulary);
  Caption caption = score_sentence(captioner, photograph, sentence);
  std::vector<double> correlations;
  if (kind != MapKind::alpha) correlations = show_maps(captioner, photograph, caption, kind);
  if (arguments.has("output")) {
    write_heatmap(photograph, caption, path, arguments.get<std::string>("output"), options);
  }
  if (arguments.has("json")) {
    std::cout << json_line(score_json(path, sentence, caption, kind, correlations));
  } else {
    print_table(sentence, caption);
  }
  return 0;
}

}  // namespace saccade::app
