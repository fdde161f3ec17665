#include "saccade/training/batch_gradient.h"

#include <algorithm>
#include <future>
#include <memory>

#include <ATen/Parallel.h>
#include <torch/autograd.h>
#include <torch/utils.h>

#include "saccade/model/device.h"

namespace saccade {
namespace {

constexpr std::int64_t kImagesPerPart = 8;

/// Calls function(0) … function(n − 1) concurrently: the first on this thread, the others on
/// LibTorch's inter-op threads. These threads persist, which matters because oneDNN caches much per
/// thread. The intra-op threads are divided among the calls.
template <typename Function>
void at_once(std::int64_t n, const Function& function) {
  const int threads = std::max(1, at::get_num_threads() / static_cast<int>(n));
  std::vector<std::future<void>> done;
  std::vector<std::shared_ptr<std::packaged_task<void()>>> tasks;
  for (std::int64_t i = 0; i < n; ++i) {
    tasks.push_back(std::make_shared<std::packaged_task<void()>>([&function, threads, i] {
      const OperatorThreads own(threads);
      function(i);
    }));
    done.push_back(tasks.back()->get_future());
    if (i > 0) at::launch([task = tasks.back()] { (*task)(); });
  }
  (*tasks.front())();
  for (std::future<void>& each : done) each.wait();  // wait for all before an exception can leave
  for (std::future<void>& each : done) each.get();
}

std::int64_t images_of(const TrainingBatch& batch) {
  return static_cast<std::int64_t>(batch.places.size());
}

TrainingBatch part_of(const TrainingBatch& batch, const std::vector<std::int64_t>& images) {
  if (images.size() == batch.places.size()) return batch;  // all images: do not copy the pixels
  TrainingBatch own;
  static_cast<WordBatch&>(own) = of_images(batch, images);
  if (batch.pixels.defined()) {
    own.pixels = batch.pixels.index_select(0, at::tensor(images, at::kLong));
  }
  for (const std::int64_t image : images) {
    own.places.push_back(batch.places[static_cast<std::size_t>(image)]);
  }
  own.supervised = batch.supervised;  // indexed by caption number, which stays the same
  return own;
}

/// Scales the mean over a part, so that the sum over the parts, averaged over the processes, is the
/// mean over all.
struct Shares {
  double words = 0, captions = 0, supervised = 0;  ///< the mean per process
  double of(const BatchLoss& loss) const { return static_cast<double>(loss.words) / words; }
  double of_captions(const BatchLoss& loss) const {
    return static_cast<double>(loss.captions) / captions;
  }
  double of_supervised(const BatchLoss& loss) const { return loss.supervised / supervised; }
};

Shares shares_of(const std::vector<BatchLoss>& losses, ProcessGroup& processes) {
  Shares shares;
  for (const BatchLoss& loss : losses) {
    shares.words += static_cast<double>(loss.words);
    shares.captions += static_cast<double>(loss.captions);
    shares.supervised += loss.supervised;
  }
  const double size = static_cast<double>(processes.size());
  return {processes.sum(shares.words) / size, processes.sum(shares.captions) / size,
          processes.sum(shares.supervised) / size};
}

/// Averages the parts' statistics over their words, and over their supervised words.
BatchFigures figures_of(const std::vector<BatchLoss>& losses) {
  BatchFigures figures;
  for (const BatchLoss& loss : losses) figures.words += loss.words;
  for (const BatchLoss& loss : losses) {
    const double share = static_cast<double>(loss.words) / static_cast<double>(figures.words);
    figures.shown += share * loss.shown;
    for (const auto& [name, value] : loss.parts.items()) {
      figures.parts[name] = figures.parts.value(name, 0.0) + share * value.get<double>();
    }
  }
  double supervised = 0;
  for (const BatchLoss& loss : losses) supervised += loss.supervised;
  for (const BatchLoss& loss : losses) {
    for (const auto& [name, value] : loss.parts_of_supervised.items()) {
      figures.parts[name] =
          figures.parts.value(name, 0.0) + loss.supervised / supervised * value.get<double>();
    }
  }
  return figures;
}

void add_to(const std::vector<at::Tensor>& parameters,
            const torch::autograd::variable_list& gradients) {
  torch::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!gradients[i].defined()) continue;
    at::Tensor& sum = parameters[i].mutable_grad();
    sum = sum.defined() ? sum.add_(gradients[i]) : gradients[i].clone();  // may share memory
  }
}

}  // namespace

std::int64_t parts_of(const TrainingBatch& batch) {
  return std::clamp<std::int64_t>(images_of(batch) / kImagesPerPart, 1, at::get_num_threads());
}

BatchFigures add_gradient(const TrainingBatch& batch, std::int64_t parts, const PartLoss& loss,
                          const std::vector<at::Tensor>& parameters, double weight,
                          ProcessGroup& processes) {
  const auto count = static_cast<std::size_t>(parts);
  std::vector<at::Tensor> learned;
  for (const at::Tensor& parameter : parameters) {
    if (parameter.requires_grad()) learned.push_back(parameter);
  }
  std::vector<BatchLoss> losses(count);
  const auto images = even_parts(batch, parts);
  at_once(parts, [&](std::int64_t part) {
    const auto index = static_cast<std::size_t>(part);
    losses[index] = loss(part_of(batch, images[index]), part);
  });
  BatchFigures figures = figures_of(losses);
  const Shares shares = shares_of(losses, processes);

  std::vector<double> values(count);
  std::vector<torch::autograd::variable_list> gradients(count);
  at_once(parts, [&](std::int64_t part) {
    const auto index = static_cast<std::size_t>(part);
    BatchLoss& own = losses[index];
    at::Tensor sum = own.loss * shares.of(own);
    if (own.loss_of_captions.defined()) {
      sum = sum + own.loss_of_captions * shares.of_captions(own);
    }
    if (own.loss_of_supervised.defined()) {
      sum = sum + own.loss_of_supervised * shares.of_supervised(own);
    }
    values[index] = sum.item<double>();
    gradients[index] = torch::autograd::grad({sum * weight}, learned, {}, /*retain_graph=*/false,
                                             /*create_graph=*/false, /*allow_unused=*/true);
    own = {};
  });
  for (std::size_t part = 0; part < count; ++part) {
    figures.loss += values[part];
    add_to(learned, gradients[part]);
  }
  return figures;
}

}  // namespace saccade
