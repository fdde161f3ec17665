// Measures the time of the metrics: metrics_bench [IMAGES…], by default 5000, 20000 and 100000
// images with five synthetic references each, with word frequencies as in English. One thread.
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "saccade/metrics/bleu.h"
#include "saccade/metrics/cider.h"
#include "saccade/metrics/diversity.h"
#include "saccade/metrics/meteor.h"
#include "saccade/metrics/rouge.h"
#include "saccade/text/ptb_tokenizer.h"

namespace {

using namespace saccade;

/// Writes sentences of 6 to 16 words. The frequency of the k-th word is about 1/k of the first.
class Writer {
 public:
  std::string sentence() {
    std::string text;
    const std::size_t length = 6 + random_() % 11;
    for (std::size_t i = 0; i < length; ++i) {
      const double share = static_cast<double>(random_()) / 4294967296.0;
      const auto rank = static_cast<std::size_t>(std::pow(8000.0, share));
      text += (text.empty() ? "" : " ") + word(rank);
    }
    return text + " .";
  }

 private:
  static std::string word(std::size_t rank) {
    std::string text;
    for (; rank > 0; rank /= 12) text += "etaoinshrdlu"[rank % 12];
    return text;
  }
  std::mt19937 random_{1};
};

/// Measures CPU seconds, so that other load on the machine does not count.
class Clock {
 public:
  double lap() {
    const std::clock_t now = std::clock();
    const double passed = static_cast<double>(now - last_) / CLOCKS_PER_SEC;
    last_ = now;
    return passed;
  }

 private:
  std::clock_t last_ = std::clock();
};

/// Memory in use, in MiB.
double resident() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * 4096 / (1 << 20);
}

void measure(std::size_t images) {
  Writer writer;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 6 * images; ++i) texts.push_back(writer.sentence());
  Clock clock;
  std::vector<Tokens> hypotheses(images);
  std::vector<References> references(images, References(5));
  for (std::size_t i = 0; i < images; ++i) {
    hypotheses[i] = ptb_tokenize(texts[6 * i]);
    for (std::size_t k = 0; k < 5; ++k) references[i][k] = ptb_tokenize(texts[6 * i + 1 + k]);
  }
  const double tokenize_seconds = clock.lap();
  const double text_memory = resident();
  bleu(hypotheses, references);
  const double bleu_seconds = clock.lap();
  rouge_l(hypotheses, references);
  const double rouge_seconds = clock.lap();
  CiderScorer scorer(references);
  const double read_seconds = clock.lap();
  const double memory = resident() - text_memory;
  for (std::size_t i = 0; i < images; ++i) scorer.score(hypotheses[i], i);
  const double cider_seconds = clock.lap();
  measure_diversity(hypotheses);
  const double diversity_seconds = clock.lap();
  MeteorScorer meteor(nullptr);
  MeteorCounts counts;
  for (std::size_t i = 0; i < images; ++i) counts += meteor.count(hypotheses[i], references[i]);
  const double meteor_seconds = clock.lap();
  std::printf("%8zu %8.3f %8.3f %8.3f %8.3f %8.3f %8.3f %8.3f %8.3f %8.0f\n", images,
              tokenize_seconds, bleu_seconds, rouge_seconds, read_seconds, cider_seconds,
              diversity_seconds,
              tokenize_seconds + bleu_seconds + rouge_seconds + read_seconds + cider_seconds +
                  diversity_seconds,
              meteor_seconds, memory);
}

}  // namespace

int main(int argc, char** argv) {
  std::printf("%8s %8s %8s %8s %8s %8s %8s %8s %8s %8s\n", "images", "tokenize", "BLEU", "ROUGE-L",
              "CIDEr df", "CIDEr", "divers.", "sum", "METEOR*", "MiB");
  if (argc < 2) {
    for (const std::size_t images : {5000, 20000, 100000}) measure(images);
  }
  for (int i = 1; i < argc; ++i) measure(std::strtoul(argv[i], nullptr, 10));
  std::puts("CPU seconds; sum: all but METEOR; *: exact and stem stages; MiB: CIDEr's tables");
}
