#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "arguments.h"
#include "command.h"
#include "saccade/data/flickr8k.h"
#include "saccade/metrics/bleu.h"
#include "saccade/model/bundle.h"
#include "saccade/training/validation.h"

namespace saccade::app {

int run_evaluate(int argc, const char* const* argv) {
  Arguments arguments("evaluate", "evaluate --data DIR --split dev",
                      "Captions a split of a data set free-running and scores the captions.",
                      "saccade evaluate --data flickr8k --split dev --beam 3");
  arguments.add()("data", "the Flickr8k folder", cxxopts::value<std::string>())(
      "split", "train, dev or test", cxxopts::value<std::string>()->default_value("dev"))(
      "batch-size", "photographs captioned at once",
      cxxopts::value<std::int64_t>()->default_value("32"))(
      "output", "write the captions there as JSONL {image, caption}", cxxopts::value<std::string>());
  arguments.add_model_options();
  arguments.add_search_options();
  if (!arguments.parse(argc, argv)) return 0;
  if (!arguments.has("data")) throw UsageError("evaluate: --data is missing");
  const std::int64_t batch = arguments.get<std::int64_t>("batch-size");
  Arguments::require_range("batch-size", static_cast<double>(batch), 1, 4096);

  const Dataset dataset =
      read_flickr8k(arguments.get<std::string>("data"), arguments.get<std::string>("split"));
  for (const std::string& warning : dataset.warnings) std::cerr << "warning: " << warning << '\n';
  const Captioner captioner = arguments.load_captioner();
  const CaptionOptions options = arguments.caption_options(captioner.bundle());
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const std::vector<Caption> captions =
      caption_dataset(captioner, dataset, options, batch, [&](std::size_t done) {
        if (terminal) std::fprintf(stderr, "\r%zu/%zu", done, dataset.images.size());
      });
  if (terminal) std::fprintf(stderr, "\r\033[K");
  const TokenizedPairs pairs = tokenize_pairs(captions, dataset);
  const auto score = bleu(pairs.hypotheses, pairs.references);
  std::printf("BLEU-1 %.2f  BLEU-2 %.2f  BLEU-3 %.2f  BLEU-4 %.2f\n", 100 * score.bleu[0],
              100 * score.bleu[1], 100 * score.bleu[2], 100 * score.bleu[3]);
  return 0;
}

}  // namespace saccade::app
