#pragma once

#include "saccade/explain/maps/map_kind.h"

#include "arguments.h"

namespace saccade::app {

/// --map: the kind of map shown for each word.
void add_map_option(Arguments& arguments);
/// @throws std::invalid_argument for an unknown kind
MapKind map_option(const Arguments& arguments);

}  // namespace saccade::app
