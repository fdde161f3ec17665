#pragma once

#include <string>

#include "arguments.h"

namespace saccade::app {

/// The token of the server: of --token-file, else of the environment variable SACCADE_TOKEN; empty:
/// none.
/// @throws UsageError or std::runtime_error for a file that cannot be read or a token that is too
///         short.
std::string serve_token(const Arguments& arguments);

}  // namespace saccade::app
