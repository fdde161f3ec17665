#include "saccade/training/batch_gradient.h"

#include <algorithm>
#include <cmath>
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
  return static_cast<std::int64_t>(batch.image_indices.size());
}

/// Divides all images of a batch: those with captions as even_parts does, then those with labels
/// such that the parts have about equally many images.
std::vector<std::vector<std::int64_t>> image_parts(const TrainingBatch& batch, std::int64_t parts) {
  std::vector<std::vector<std::int64_t>> dealt(static_cast<std::size_t>(parts));
  if (batch.images > 0) dealt = even_parts(batch, parts);
  for (std::int64_t image = batch.images; image < images_of(batch); ++image) {
    std::min_element(dealt.begin(), dealt.end(), [](const auto& a, const auto& b) {
      return a.size() < b.size();
    })->push_back(image);
  }
  return dealt;
}

/// @param images  the images with captions first
TrainingBatch part_of(const TrainingBatch& batch, const std::vector<std::int64_t>& images) {
  if (images.size() == batch.image_indices.size())
    return batch;  // all images: do not copy the pixels
  TrainingBatch own;
  const auto labelled = std::find_if(images.begin(), images.end(),
                                     [&](std::int64_t image) { return image >= batch.images; });
  if (labelled != images.begin()) {
    static_cast<WordBatch&>(own) = of_images(batch, {images.begin(), labelled});
  }
  for (auto image = labelled; image != images.end(); ++image) {
    own.labelled.push_back(batch.labelled[static_cast<std::size_t>(*image - batch.images)]);
  }
  if (batch.pixels.defined()) {
    own.pixels = batch.pixels.index_select(0, at::tensor(images, at::kLong));
  }
  for (const std::int64_t image : images) {
    own.image_indices.push_back(batch.image_indices[static_cast<std::size_t>(image)]);
  }
  own.supervised = batch.supervised;  // indexed by caption number, which stays the same
  return own;
}

/// Scales the mean over a part, so that the sum over the parts, averaged over the processes, is the
/// mean over all.
struct Shares {
  double words = 0, captions = 0, supervised = 0, labels = 0;  ///< the mean per process

  /// The loss of a part, scaled; undefined if it has none.
  at::Tensor scaled(const BatchLoss& part) const {
    at::Tensor sum;
    const auto add = [&](const at::Tensor& loss, double items, double of_all) {
      if (!loss.defined()) return;
      const at::Tensor term = loss * (items / of_all);
      sum = sum.defined() ? sum + term : term;
    };
    add(part.loss, static_cast<double>(part.words), words);
    add(part.loss_of_captions, static_cast<double>(part.captions), captions);
    add(part.supervised.loss, part.supervised.items, supervised);
    add(part.phrases.loss, part.phrases.items, words);
    add(part.labels.loss, part.labels.items, labels);
    return sum;
  }
};

Shares shares_of(const std::vector<BatchLoss>& losses, ProcessGroup& processes) {
  Shares shares;
  for (const BatchLoss& loss : losses) {
    shares.words += static_cast<double>(loss.words) + loss.phrases.items;
    shares.captions += static_cast<double>(loss.captions);
    shares.supervised += loss.supervised.items;
    shares.labels += loss.labels.items;
  }
  const double size = static_cast<double>(processes.size());
  for (double* all : {&shares.words, &shares.captions, &shares.supervised, &shares.labels}) {
    *all = processes.sum(*all) / size;
  }
  return shares;
}

/// Averages the statistics of a term over the items of all parts.
void add_parts(const std::vector<BatchLoss>& losses, LossTerm BatchLoss::*term,
               nlohmann::json& parts) {
  double items = 0;
  for (const BatchLoss& loss : losses) items += (loss.*term).items;
  for (const BatchLoss& loss : losses) {
    for (const auto& [name, value] : (loss.*term).parts.items()) {
      parts[name] =
          parts.value(name, 0.0) + (loss.*term).items / items * value.template get<double>();
    }
  }
}

/// Averages the parts' statistics over their words, and over the items of the other terms.
BatchFigures figures_of(const std::vector<BatchLoss>& losses) {
  BatchFigures figures;
  for (const BatchLoss& loss : losses) {
    figures.words += loss.words;
    figures.phrase_words += std::llround(loss.phrases.items);
  }
  for (const BatchLoss& loss : losses) {
    if (loss.words == 0) continue;
    const double share = static_cast<double>(loss.words) / static_cast<double>(figures.words);
    figures.shown += share * loss.shown;
    for (const auto& [name, value] : loss.parts.items()) {
      figures.parts[name] = figures.parts.value(name, 0.0) + share * value.get<double>();
    }
  }
  for (const auto term : {&BatchLoss::supervised, &BatchLoss::phrases, &BatchLoss::labels}) {
    add_parts(losses, term, figures.parts);
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
  const auto images = image_parts(batch, parts);
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
    const at::Tensor sum = shares.scaled(own);
    gradients[index].resize(learned.size());
    if (!sum.defined()) return;  // no label of these images has a target
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
