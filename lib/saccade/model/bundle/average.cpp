#include "saccade/model/bundle/average.h"

#include <cmath>
#include <numeric>
#include <stdexcept>

#include <ATen/ATen.h>

namespace saccade {
namespace {

namespace fs = std::filesystem;

void require_like(const Bundle& first, const Bundle& other, const fs::path& first_folder,
                  const fs::path& folder) {
  const char* differs = nullptr;
  ModelConfig config = other.config;
  config.input.size = first.config.input.size;  // no weight depends on it
  if (to_json(first.config) != to_json(config)) differs = "config";
  if (first.vocabulary.words() != other.vocabulary.words()) differs = "vocabulary";
  if (differs == nullptr) return;
  throw std::runtime_error(folder.string() + ": its " + differs + " differs from that of " +
                           first_folder.string() +
                           "; only models fine-tuned from a common model can be averaged");
}

}  // namespace

Bundle average_bundles(const std::vector<fs::path>& folders, const std::vector<double>& shares) {
  if (folders.empty() || folders.size() != shares.size()) {
    throw std::invalid_argument("average_bundles needs at least one bundle and one share for each");
  }
  for (const double share : shares) {
    if (!(share > 0) || !std::isfinite(share)) {
      throw std::invalid_argument("a share must be a number above 0, not " + std::to_string(share));
    }
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  Bundle mean = load_bundle(folders.front());
  const auto tensors = bundle_tensors(mean.encoder, mean.decoder);
  nlohmann::json parts = nlohmann::json::array();
  const auto note = [&](const Bundle& part, double share) {
    parts.push_back({{"share", share / sum},
                     {"input_size", part.config.input.size},
                     {"provenance", part.provenance}});
  };
  note(mean, shares[0]);
  for (const auto& [name, tensor] : tensors) at::Tensor(tensor).mul_(shares[0] / sum);
  for (std::size_t i = 1; i < folders.size(); ++i) {
    const Bundle other = load_bundle(folders[i]);
    require_like(mean, other, folders.front(), folders[i]);
    const auto others = bundle_tensors(other.encoder, other.decoder);
    for (const auto& [name, tensor] : tensors) {
      at::Tensor(tensor).add_(others.at(name), shares[i] / sum);
    }
    note(other, shares[i]);
  }
  mean.provenance = {{"average", std::move(parts)}};
  return mean;
}

}  // namespace saccade
