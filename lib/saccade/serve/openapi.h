#pragma once

#include <string_view>

namespace saccade {

/// The OpenAPI 3.1 document of the server's requests, with the schemas of docs/schemas.
extern const std::string_view kOpenApi;

}  // namespace saccade
