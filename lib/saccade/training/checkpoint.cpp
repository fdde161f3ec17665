#include "saccade/training/checkpoint.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include <torch/nn/module.h>
#include <torch/serialize.h>
#include <torch/utils.h>

#include "saccade/io/durable_file.h"
#include "saccade/io/error_text.h"
#include "saccade/io/staging_folder.h"
#include "saccade/model/checkpoint/tensor_file.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

constexpr char kWeights[] = "weights.safetensors";
constexpr char kAverage[] = "average.safetensors";
constexpr char kOptimizer[] = "optimizer.pt";
constexpr char kProgress[] = "progress.json";

fs::path previous_of(const fs::path& folder) { return folder.string() + ".previous"; }

/// The replaced folder is removed in the end, so it must be a checkpoint or absent.
void require_checkpoint(const fs::path& folder) {
  if (!fs::exists(folder)) return;
  if (fs::is_directory(folder)) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.insert(entry.path().filename().string());
    }
    for (const char* ours : {kWeights, kAverage, kOptimizer, kProgress}) names.erase(ours);
    if (names.empty()) return;
  }
  throw std::runtime_error(folder.string() +
                           ": contains files that are not part of a checkpoint and would be lost; "
                           "move them away");
}

/// The parameters, and the statistics of batch norms.
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
      throw std::runtime_error(path.string() + ": contains no tensor " + name +
                               " of this model's shape; the checkpoint belongs to another config");
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
  const fs::path previous = previous_of(folder);
  for (const fs::path& place : {folder, previous}) require_checkpoint(place);
  const StagingFolder fresh(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
  write_safetensors(fresh.path() / kWeights, {detached(parameters_of(module)), {}});
  write_safetensors(fresh.path() / kAverage, {average.tensors(), {}});
  torch::serialize::OutputArchive archive;
  optimizer.save(archive);
  std::ostringstream state;
  archive.save_to(state);
  write_text(fresh.path() / kOptimizer, state.str());
  write_text(fresh.path() / kProgress, progress.dump(2) + '\n');
  // The previous checkpoint is moved only when the new one is complete.
  if (fs::exists(folder)) {
    if (fs::exists(previous)) move_file(previous, fresh.discarded());
    move_file(folder, previous);
  }
  move_file(fresh.path(), folder);
  sync_folder(folder.parent_path());
}

nlohmann::json Checkpoint::progress(const fs::path& folder) {
  const fs::path previous = previous_of(folder);
  if (!fs::exists(folder) && fs::exists(previous))
    fs::rename(previous, folder);  // the run was killed between two renames
  std::ifstream in(folder / kProgress);
  if (!in) {
    throw std::runtime_error(folder.string() +
                             ": contains no checkpoint (no progress.json); start "
                             "without --resume");
  }
  return with_readable_errors(folder / kProgress, [&] { return nlohmann::json::parse(in); });
}

void Checkpoint::load(const fs::path& folder) {
  std::map<std::string, at::Tensor> parameters = parameters_of(module);
  copy_into(parameters, folder / kWeights);
  copy_into(average.tensors(), folder / kAverage);
  torch::serialize::InputArchive archive;
  const fs::path state = folder / kOptimizer;
  with_readable_errors(state, [&] {
    archive.load_from(state.string(), parameters.begin()->second.device());
    optimizer.load(archive);
  });
}

}  // namespace saccade
