#pragma once

#include <cstddef>
#include <string>

namespace saccade::app {

/// Whether standard error is a terminal.
bool is_terminal();
/// The width of the terminal, 80 if unknown.
std::size_t terminal_columns();

/// Formats a duration: "40 s", "12 min", "3:05 h".
std::string duration(double seconds);

/// A progress bar, "[=====>    ]".
/// @param share  0…1
/// @param width  in characters, ≥ 2
std::string progress_bar(double share, std::size_t width);

}  // namespace saccade::app
