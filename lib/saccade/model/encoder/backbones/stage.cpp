#include "saccade/model/encoder/backbones/stage.h"

#include <functional>
#include <map>
#include <stdexcept>

namespace saccade {

Backbone backbone_of(const EncoderConfig& config) {
  static const std::map<std::string, std::function<Backbone(bool)>> kBackbones = {
      {"efficientnet_lite0", efficientnet_lite0},
      {"mobilenet_v2", mobilenet_v2},
      {"resnet18", [](bool dilated) { return resnet(18, dilated); }},
      {"resnet34", [](bool dilated) { return resnet(34, dilated); }},
      {"resnet50", [](bool dilated) { return resnet(50, dilated); }},
      {"resnet101", [](bool dilated) { return resnet(101, dilated); }},
      {"vgg16", [](bool) { return vgg(16, false); }},
      {"vgg16_bn", [](bool) { return vgg(16, true); }},
      {"vgg19", [](bool) { return vgg(19, false); }},
      {"vgg19_bn", [](bool) { return vgg(19, true); }},
  };
  const auto found = kBackbones.find(config.architecture);
  if (found == kBackbones.end()) {
    std::string known;
    for (const auto& [name, make] : kBackbones) known += (known.empty() ? "" : ", ") + name;
    throw std::invalid_argument("unknown encoder architecture \"" + config.architecture +
                                "\"; expected one of " + known);
  }
  if (config.dilated && config.architecture.rfind("vgg", 0) == 0) {
    throw std::invalid_argument(config.architecture +
                                " cannot be dilated: choose its layer instead, e.g. conv5_3");
  }
  return found->second(config.dilated);
}

}  // namespace saccade
