#include "training_display.h"

#include <algorithm>
#include <cstdio>

#include "terminal.h"

namespace saccade::app {
namespace {

constexpr std::int64_t kBatchesPerLine = 100;

std::string of(std::int64_t done, std::int64_t all) {
  return std::to_string(done) + "/" + std::to_string(all);
}

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

}  // namespace

std::string progress_line(const TrainingProgress& now, std::size_t columns) {
  const std::string epoch = "epoch " + of(now.epoch, now.epochs);
  const std::string batch = of(now.batch, now.batches);
  const std::string parts[] = {"  loss " + number("%.3f", now.loss),
                               "  " + number("%.0f", now.words_per_second) + " tokens/s",
                               "  " + duration(now.seconds_left) + " left"};
  if (columns == 0) return epoch + "  batch " + batch + parts[0] + parts[1] + parts[2];
  constexpr std::size_t kMinBar = 12, kWidestBar = 40;
  std::string tail = " " + batch;
  for (const std::string& part : parts) {
    if (epoch.size() + 1 + tail.size() + part.size() < columns) tail += part;
  }
  const std::size_t taken = epoch.size() + 1 + tail.size() + 1;  // leaves the last column free
  const std::size_t left = columns > taken ? columns - taken : 0;
  if (left < kMinBar) return (epoch + tail).substr(0, columns - 1);
  const double share =
      now.batches > 0 ? static_cast<double>(now.batch) / static_cast<double>(now.batches) : 0;
  return epoch + " " + progress_bar(share, std::min(left, kWidestBar)) + tail;
}

TrainingDisplay::TrainingDisplay() : terminal_(is_terminal()) {}

void TrainingDisplay::show(const TrainingProgress& now) {
  const bool last = now.batch == now.batches;
  if (!terminal_ && now.batch % kBatchesPerLine != 0 && !last) return;
  const std::string line = progress_line(now, terminal_ ? terminal_columns() : 0);
  std::fprintf(stderr, "%s%s%s", terminal_ ? "\r\033[K" : "", line.c_str(),
               terminal_ && !last ? "" : "\n");
}

void TrainingDisplay::show(const ValidationResult& result) {
  const bool several = result.splits.size() > 1;
  const std::string pointing =
      result.peak_in_box ? number("  peak in box %.1f %%", 100 * *result.peak_in_box) : "";
  std::fprintf(stderr, "epoch %ld  dev, free-running%s: BLEU-4 %.2f  CIDEr %.3f%s%s\n",
               static_cast<long>(result.epoch), several ? ", mean" : "", 100 * result.bleu_4,
               result.cider, pointing.c_str(), result.best ? "  (best so far, saved)" : "");
  for (std::size_t i = 0; several && i < result.splits.size(); ++i) {
    const DevScores& split = result.splits[i];
    std::fprintf(stderr, "  %s: BLEU-4 %.2f  CIDEr %.3f\n", split.name.c_str(), 100 * split.bleu_4,
                 split.cider);
  }
  for (const std::string& sample : result.samples) std::fprintf(stderr, "  %s\n", sample.c_str());
}

}  // namespace saccade::app
