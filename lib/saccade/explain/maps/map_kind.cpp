#include "saccade/explain/maps/map_kind.h"

#include <stdexcept>
#include <utility>

namespace saccade {
namespace {

constexpr std::pair<MapKind, const char*> kMapKinds[] = {
    {MapKind::alpha, "alpha"},
    {MapKind::gradient, "gradient"},
    {MapKind::gradient_input, "gradient-input"},
    {MapKind::pixel_gradient, "pixel-gradient"},
    {MapKind::pixel_gradient_input, "pixel-gradient-input"},
    {MapKind::occlusion, "occlusion"},
    {MapKind::posterior, "posterior"}};

}  // namespace

const char* to_string(MapKind kind) {
  for (const auto& [one, name] : kMapKinds) {
    if (one == kind) return name;
  }
  throw std::invalid_argument("unknown MapKind");
}

std::vector<std::string> map_kind_names() {
  std::vector<std::string> names;
  for (const auto& [kind, name] : kMapKinds) names.emplace_back(name);
  return names;
}

MapKind map_kind_from_string(const std::string& name) {
  std::string known;
  for (const auto& [kind, own] : kMapKinds) {
    if (name == own) return kind;
    known += (known.empty() ? "" : ", ") + std::string(own);
  }
  throw std::invalid_argument("unknown map \"" + name + "\": expected one of " + known);
}

}  // namespace saccade
