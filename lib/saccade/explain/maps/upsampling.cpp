#include "saccade/explain/maps/upsampling.h"

#include "saccade/io/enum_names.h"

namespace saccade {
namespace {

constexpr EnumName<Upsampling> kUpsamplings[] = {{Upsampling::gaussian, "gaussian"},
                                                 {Upsampling::bilinear, "bilinear"},
                                                 {Upsampling::nearest, "nearest"}};

}  // namespace

const char* to_string(Upsampling upsampling) { return name_of(kUpsamplings, upsampling); }

Upsampling upsampling_from_string(const std::string& name) {
  return value_of(kUpsamplings, name, "upsampling");
}

}  // namespace saccade
