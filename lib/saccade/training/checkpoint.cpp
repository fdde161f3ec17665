#include "saccade/training/checkpoint.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <torch/nn/module.h>
#include <torch/serialize.h>
#include <torch/utils.h>

#include "saccade/model/durable_file.h"
#include "saccade/model/safetensors.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

/// Parameters and, where there are batch norms, their statistics.
std::map<std::string, at::Tensor> parameters_of(const torch::nn::Module& module) {
  std::map<std::string, at::Tensor> parameters;
  for (const auto& item : module.named_parameters()) parameters[item.key()] = item.value();
  for (const auto& item : module.named_buffers()) parameters[item.key()] = item.value();
  return parameters;
}

std::map<std::string, at::Tensor> detached(const std::map<std::string, at::Tensor>& tensors) {
  std::map<std::string, at::Tensor> out;
  for (const auto& [name, tensor] : tensors) out[name] = tensor.detach();
  return out;
}

void copy_into(std::map<std::string, at::Tensor>& to, const fs::path& path) {
  torch::NoGradGuard no_gradient;
  const TensorFile file = read_safetensors(path);
  for (auto& [name, tensor] : to) {
    const auto found = file.tensors.find(name);
    if (found == file.tensors.end() || found->second.sizes() != tensor.sizes()) {
      throw std::runtime_error(path.string() + ": holds no tensor " + name +
                               " of this model's shape; the checkpoint is of another config");
    }
    tensor.copy_(found->second);
  }
}

void write_text(const fs::path& file, const std::string& text) {
  DurableFile out(file);
  out.write(text);
  out.commit();
}

}  // namespace

AveragedWeights::AveragedWeights(torch::nn::Module& module, double decay)
    : parameters_(parameters_of(module)), decay_(decay) {
  if (decay_ <= 0) return;
  for (const auto& [name, tensor] : parameters_) averaged_[name] = tensor.detach().clone();
}

void AveragedWeights::update(std::int64_t step) {
  if (decay_ <= 0) return;
  torch::NoGradGuard no_gradient;
  const double n = static_cast<double>(step);
  const double decay = std::min(decay_, (1 + n) / (10 + n));
  for (auto& [name, average] : averaged_) average.lerp_(parameters_.at(name), 1 - decay);
}

void AveragedWeights::swap() {
  torch::NoGradGuard no_gradient;
  for (auto& [name, average] : averaged_) {
    at::Tensor& current = parameters_.at(name);
    const at::Tensor kept = current.detach().clone();
    current.copy_(average);
    average.copy_(kept);
  }
}

void Checkpoint::save(const fs::path& folder, const nlohmann::json& progress) const {
  const fs::path fresh = folder.string() + ".new";
  const fs::path previous = folder.string() + ".previous";
  fs::remove_all(fresh);
  fs::create_directories(fresh);
  write_safetensors(fresh / "weights.safetensors", {detached(parameters_of(module)), {}});
  write_safetensors(fresh / "average.safetensors", {average.tensors(), {}});
  torch::serialize::OutputArchive archive;
  optimizer.save(archive);
  std::ostringstream state;
  archive.save_to(state);
  write_text(fresh / "optimizer.pt", state.str());
  write_text(fresh / "progress.json", progress.dump(2) + '\n');
  // The last checkpoint steps aside only when the new one is whole.
  if (fs::exists(folder)) {
    fs::remove_all(previous);
    fs::rename(folder, previous);
  }
  fs::rename(fresh, folder);
  sync_folder(folder.parent_path());
}

nlohmann::json Checkpoint::progress(const fs::path& folder) {
  const fs::path previous = folder.string() + ".previous";
  if (!fs::exists(folder) && fs::exists(previous))
    fs::rename(previous, folder);  // killed between two renames
  std::ifstream in(folder / "progress.json");
  if (!in) {
    throw std::runtime_error(folder.string() +
                             ": holds no checkpoint (no progress.json); start "
                             "without --resume");
  }
  return nlohmann::json::parse(in);
}

void Checkpoint::load(const fs::path& folder) {
  std::map<std::string, at::Tensor> parameters = parameters_of(module);
  copy_into(parameters, folder / "weights.safetensors");
  copy_into(average.tensors(), folder / "average.safetensors");
  torch::serialize::InputArchive archive;
  archive.load_from((folder / "optimizer.pt").string(), parameters.begin()->second.device());
  optimizer.load(archive);
}

}  // namespace saccade
