#include "saccade/training/batch_loader.h"

#include <algorithm>
#include <future>
#include <numeric>
#include <random>

#include <torch/torch.h>

#include "saccade/image/image.h"
#include "saccade/text/ptb_tokenizer.h"
#include "saccade/training/augment.h"

namespace saccade {
namespace {

using Random = std::mt19937_64;

/// The batch's own generator: independent of how many batches were drawn before.
Random seeded(std::uint64_t seed, std::int64_t epoch, std::int64_t batch) {
  std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                         static_cast<std::uint32_t>(epoch), static_cast<std::uint32_t>(batch)};
  return Random(sequence);
}

template <typename T>
void shuffle(std::vector<T>& items, Random& random) {  // std::shuffle differs between libraries
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random() % i]);
}

}  // namespace

struct BatchLoader::Impl {
  Dataset dataset;
  InputConfig input;
  TrainingConfig config;
  std::vector<std::vector<std::vector<std::int64_t>>> captions;  // per image, per caption: word ids
  std::vector<std::size_t> order;                                // of the epoch
  std::int64_t epoch = 0;
  std::int64_t following = 0;  // number of the batch being read
  std::future<TrainingBatch> ahead;

  using Ids = std::vector<std::int64_t>;

  /// K captions of an image: all of them in random order, some twice where there are too few.
  std::vector<Ids> choose_captions(std::size_t image, Random& random) const {
    std::vector<Ids> all = captions[image];
    shuffle(all, random);
    std::vector<Ids> chosen;
    for (std::int64_t k = 0; k < config.captions_per_image; ++k) {
      chosen.push_back(all[static_cast<std::size_t>(k) % all.size()]);
    }
    return chosen;
  }

  TrainingBatch read(std::int64_t number) const {
    Random random = seeded(config.seed, epoch, number);
    const std::size_t begin = static_cast<std::size_t>(number * config.batch_images);
    const std::size_t end =
        std::min(order.size(), begin + static_cast<std::size_t>(config.batch_images));
    struct Row {
      std::size_t image;
      std::vector<Ids> captions;
      std::size_t longest;
    };
    std::vector<Row> rows;
    for (std::size_t i = begin; i < end; ++i) {
      Row row{order[i], choose_captions(order[i], random), 0};
      for (const Ids& ids : row.captions) row.longest = std::max(row.longest, ids.size() + 1);
      rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.longest > b.longest; });

    const std::int64_t B = static_cast<std::int64_t>(rows.size());
    const std::int64_t K = config.captions_per_image;
    const std::int64_t T = static_cast<std::int64_t>(rows.front().longest);
    const std::int64_t S = input.size;
    TrainingBatch batch;
    batch.pixels = at::empty({B, 3, S, S});
    batch.inputs = at::full({B, K, T}, Vocabulary::kPad, at::kLong);
    batch.targets = at::full({B, K, T}, Vocabulary::kPad, at::kLong);
    batch.lengths = at::empty({B, K}, at::kLong);
    auto inputs = batch.inputs.accessor<std::int64_t, 3>();
    auto targets = batch.targets.accessor<std::int64_t, 3>();
    auto lengths = batch.lengths.accessor<std::int64_t, 2>();
    batch.images.assign(static_cast<std::size_t>(T), 0);
    for (std::int64_t b = 0; b < B; ++b) {
      const Row& row = rows[static_cast<std::size_t>(b)];
      const CaptionedImage& image = dataset.images[row.image];
      const Image changed = augment(load_image(image.file), image.captions, config.augment, random);
      prepare_into(changed, input, batch.pixels.data_ptr<float>() + b * 3 * S * S);
      for (std::int64_t k = 0; k < K; ++k) {
        const Ids& ids = row.captions[static_cast<std::size_t>(k)];
        const std::int64_t n = static_cast<std::int64_t>(ids.size());
        inputs[b][k][0] = Vocabulary::kStart;
        for (std::int64_t t = 0; t < n; ++t) {
          targets[b][k][t] = ids[static_cast<std::size_t>(t)];
          inputs[b][k][t + 1] = ids[static_cast<std::size_t>(t)];
        }
        targets[b][k][n] = Vocabulary::kEnd;
        lengths[b][k] = n + 1;
      }
      for (std::size_t t = 0; t < row.longest; ++t) ++batch.images[t];
    }
    return batch;
  }

  void read_ahead(std::int64_t batches) {
    if (following >= batches) return;
    ahead = std::async(std::launch::async, [this, number = following] { return read(number); });
    ++following;
  }
};

BatchLoader::BatchLoader(Dataset dataset, const Vocabulary& vocabulary, const InputConfig& input,
                         const TrainingConfig& config)
    : impl_(new Impl) {
  impl_->dataset = std::move(dataset);
  impl_->input = input;
  impl_->config = config;
  for (const CaptionedImage& image : impl_->dataset.images) {
    auto& captions = impl_->captions.emplace_back();
    for (const std::string& text : image.captions) {
      auto ids = vocabulary.encode(ptb_tokenize(text));
      if (ids.empty()) continue;
      ids.resize(std::min(ids.size(), static_cast<std::size_t>(config.max_words)));
      captions.push_back(std::move(ids));
    }
    if (captions.empty()) {
      throw std::runtime_error(image.file.string() + ": none of its captions holds a word");
    }
  }
}

BatchLoader::~BatchLoader() = default;

std::int64_t BatchLoader::batches_per_epoch() const {
  const std::int64_t images = static_cast<std::int64_t>(impl_->dataset.images.size());
  return (images + impl_->config.batch_images - 1) / impl_->config.batch_images;
}

void BatchLoader::begin(std::int64_t epoch, std::int64_t first) {
  if (impl_->ahead.valid()) impl_->ahead.wait();
  impl_->epoch = epoch;
  impl_->following = first;
  impl_->order.resize(impl_->dataset.images.size());
  std::iota(impl_->order.begin(), impl_->order.end(), std::size_t{0});
  Random random = seeded(impl_->config.seed, epoch, -1);
  shuffle(impl_->order, random);
  impl_->read_ahead(batches_per_epoch());
}

TrainingBatch BatchLoader::next() {
  TrainingBatch batch = impl_->ahead.get();
  impl_->read_ahead(batches_per_epoch());
  return batch;
}

}  // namespace saccade
