#pragma once

namespace saccade::app {

/// `saccade model health`, see command.h.
int run_model_health(int argc, const char* const* argv);

}  // namespace saccade::app
