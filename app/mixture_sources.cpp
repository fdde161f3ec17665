#include "mixture_sources.h"

#include "dataset_options.h"

namespace saccade::app {

std::vector<MixtureSource> mixture_sources(const Arguments& arguments) {
  std::vector<MixtureSource> sources;
  for (const MixtureOption& option : mixture_options(arguments)) {
    sources.push_back({list_dataset(option.source), option.share, option.validation_weight});
  }
  return sources;
}

}  // namespace saccade::app
