#include "batch_progress.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "terminal.h"

namespace saccade::app {
namespace {

std::string rate_of(const BatchStatus& status) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f images/s",
                static_cast<double>(status.done) / std::max(status.seconds, 1e-9));
  return text;
}

double seconds_left(const BatchStatus& status) {
  if (status.done == 0) return 1e9;  // unknown
  return status.seconds / static_cast<double>(status.done) *
         static_cast<double>(status.total - status.done);
}

}  // namespace

std::string batch_line(const BatchStatus& status, std::size_t columns) {
  const std::string text = std::to_string(status.done) + " of " + std::to_string(status.total) +
                           ", " + std::to_string(status.failed) + " failed, " + rate_of(status) +
                           ", " + duration(seconds_left(status)) + " left";
  if (columns == 0) return text;
  constexpr std::size_t kMinBar = 12, kWidestBar = 40;
  const std::size_t left = columns > text.size() + 2 ? columns - text.size() - 2 : 0;
  if (left < kMinBar) return text.substr(0, columns - 1);
  const double share = static_cast<double>(status.done) /
                       static_cast<double>(std::max<std::int64_t>(status.total, 1));
  return progress_bar(share, std::min(left, kWidestBar)) + " " + text;
}

BatchProgress::BatchProgress(std::int64_t total, bool quiet)
    : quiet_(quiet), terminal_(is_terminal()) {
  status_.total = total;
}

void BatchProgress::clear() const {
  if (terminal_ && !quiet_) std::cerr << "\r\033[K" << std::flush;
}

void BatchProgress::add(const std::string& path, const std::string& error) {
  ++status_.done;
  if (!error.empty()) {
    ++status_.failed;
    failures_.add(path, error);
  }
  const auto now = Clock::now();
  const auto interval = terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(30);
  if (quiet_ || now - shown_ < interval) return;
  shown_ = now;
  status_.seconds = std::chrono::duration<double>(now - begin_).count();
  if (terminal_) {
    std::cerr << "\r\033[K" + batch_line(status_, terminal_columns()) << std::flush;
  } else {
    std::cerr << "saccade: " + batch_line(status_, 0) + "\n";
  }
}

void BatchProgress::finish(std::int64_t found, bool resumable) {
  if (quiet_) return;
  status_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  std::string text = terminal_ ? "\r\033[K" : "";
  text += std::to_string(status_.done - status_.failed) + " captioned, " +
          std::to_string(status_.failed) + " failed, " + rate_of(status_);
  if (found > 0) text += "; " + std::to_string(found) + " were in the output already";
  text += "\n";
  for (const auto& [kind, count] : failures_.by_count()) {
    const std::string number = std::to_string(count);
    text +=
        std::string(number.size() < 7 ? 7 - number.size() : 0, ' ') + number + "  " + kind + "\n";
  }
  if (!complete()) {
    text += "Interrupted with " + std::to_string(status_.total - status_.done) + " images left" +
            (resumable ? "; run the same command again to continue.\n" : ".\n");
  }
  std::cerr << text;
}

}  // namespace saccade::app
