#include "saccade/explain/maps/map_kind.h"

#include "saccade/io/enum_names.h"

namespace saccade {
namespace {

constexpr EnumName<MapKind> kMapKinds[] = {{MapKind::alpha, "alpha"},
                                           {MapKind::gradient, "gradient"},
                                           {MapKind::gradient_input, "gradient-input"},
                                           {MapKind::pixel_gradient, "pixel-gradient"},
                                           {MapKind::pixel_gradient_input, "pixel-gradient-input"},
                                           {MapKind::occlusion, "occlusion"},
                                           {MapKind::posterior, "posterior"}};

}  // namespace

const char* to_string(MapKind kind) { return name_of(kMapKinds, kind); }

MapKind map_kind_from_string(const std::string& name) { return value_of(kMapKinds, name, "map"); }

std::vector<std::string> map_kind_names() { return all_names(kMapKinds); }

}  // namespace saccade
