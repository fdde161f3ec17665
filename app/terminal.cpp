#include "terminal.h"

#include <algorithm>
#include <cmath>
#include <sys/ioctl.h>
#include <unistd.h>

namespace saccade::app {

bool is_terminal() { return ::isatty(STDERR_FILENO) != 0; }

std::size_t terminal_columns() {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

std::string duration(double seconds) {
  if (!(seconds < 1e8)) return "?";
  const long whole = std::lround(std::max(seconds, 0.0));
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string((whole + 30) / 60) + " min";
  const long minutes = whole % 3600 / 60;
  return std::to_string(whole / 3600) + (minutes < 10 ? ":0" : ":") + std::to_string(minutes) +
         " h";
}

std::string progress_bar(double share, std::size_t width) {
  const std::size_t inner = width - 2;
  const auto filled = static_cast<std::size_t>(std::floor(share * static_cast<double>(inner)));
  std::string text(std::min(filled, inner), '=');
  if (text.size() < inner) text += '>';
  text.resize(inner, ' ');
  return "[" + text + "]";
}

}  // namespace saccade::app
