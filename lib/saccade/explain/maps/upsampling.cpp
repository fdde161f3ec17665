#include "saccade/explain/maps/upsampling.h"

#include <stdexcept>

namespace saccade {

const char* to_string(Upsampling upsampling) {
  switch (upsampling) {
    case Upsampling::gaussian:
      return "gaussian";
    case Upsampling::bilinear:
      return "bilinear";
    case Upsampling::nearest:
      return "nearest";
  }
  throw std::invalid_argument("unknown Upsampling");
}

Upsampling upsampling_from_string(const std::string& name) {
  for (const auto upsampling : {Upsampling::gaussian, Upsampling::bilinear, Upsampling::nearest}) {
    if (name == to_string(upsampling)) return upsampling;
  }
  throw std::invalid_argument("unknown upsampling \"" + name +
                              "\": expected gaussian, bilinear or nearest");
}

}  // namespace saccade
