#pragma once

namespace saccade::app {

/// `saccade phrases`, see command.h.
int run_phrases(int argc, const char* const* argv);

}  // namespace saccade::app
