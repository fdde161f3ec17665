#pragma once

#include "saccade/explain/maps/map_kind.h"

#include "arguments.h"

namespace saccade::app {

/// --map: which light the words' maps are drawn in.
void add_map_option(Arguments& arguments);
/// @throws std::invalid_argument for a map that there is none of
MapKind map_option(const Arguments& arguments);

}  // namespace saccade::app
