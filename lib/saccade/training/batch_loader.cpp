#include "saccade/training/batch_loader.h"

#include <algorithm>
#include <future>

#include <ATen/ATen.h>

#include "saccade/image/file_header.h"
#include "saccade/image/image.h"
#include "saccade/image/prepare.h"
#include "saccade/io/mapped_file.h"
#include "saccade/text/ptb_tokenizer.h"
#include "saccade/training/augment.h"
#include "saccade/training/seeded_random.h"

namespace saccade {
namespace {

/// The position of the encoder's input in an image, without decoding the image.
Placement undecoded_placement(const std::filesystem::path& file, const InputConfig& input) {
  if (input.fit == Fit::squash) return placement_of(1, 1, input);  // same fractions for all sizes
  const MappedFile bytes(file);
  const FileHeader header =
      read_file_header({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  int width = static_cast<int>(header.width), height = static_cast<int>(header.height);
  if (header.orientation >= 5) std::swap(width, height);
  if (width < 1 || height < 1) {
    const Image image = load_image(file);
    width = image.width;
    height = image.height;
  }
  return placement_of(width, height, input);
}

/// How an image was mapped to the encoder's input.
struct Way {
  Cut cut;
  Placement placement;  ///< of the cropped part
};

SupervisedCaption moved(const SupervisedCaption& words, const Way& way) {
  SupervisedCaption seen;
  for (const SupervisedWord& word : words) {
    SupervisedWord own{word.position, word.weight, {}};
    for (const Box& box : word.boxes) {
      const std::optional<Box> cut = way.cut.moved(box);
      const std::optional<Box> there = cut ? on_input(*cut, way.placement) : cut;
      if (there) own.boxes.push_back(*there);
    }
    if (!own.boxes.empty()) seen.push_back(std::move(own));
  }
  return seen;
}

}  // namespace

struct BatchLoader::Impl {
  Dataset dataset;
  InputConfig input;
  TrainingConfig config;
  bool with_pixels = true;
  ProcessShare own_share;
  std::vector<ImageShare> shares;
  Targets captions;                                        // per image: its captions' targets
  std::vector<std::vector<SupervisedCaption>> supervised;  // indexed like captions; empty: none
  LabelWordings wordings;
  std::vector<std::vector<WordedLabel>> labels;  // per image; empty for one with captions
  std::int64_t conjunction = Vocabulary::kUnknown;
  std::vector<std::size_t> order;  // the images of the epoch
  std::int64_t epoch = 0;
  std::int64_t following = 0;  // number of the next batch to read
  std::future<TrainingBatch> ahead;

  using Ids = std::vector<std::int64_t>;

  /// Up to K distinct captions of an image in random order.
  std::vector<std::size_t> choose_captions(std::size_t image, Random& random) const {
    std::vector<std::size_t> chosen(captions[image].size());
    std::iota(chosen.begin(), chosen.end(), std::size_t{0});
    shuffle(chosen, random);
    const auto max = static_cast<std::size_t>(config.captions_per_image);
    if (chosen.size() > max) chosen.resize(max);
    return chosen;
  }

  at::Tensor read_pixels(const std::vector<std::int64_t>& indices, Random& random,
                         std::vector<Way>& ways) const {
    const std::int64_t S = input.size;
    at::Tensor pixels = at::empty({static_cast<std::int64_t>(indices.size()), 3, S, S});
    float* out = pixels.data_ptr<float>();
    InputConfig finer = input;  // twice the resolution, because a crop is enlarged
    finer.size = std::min(2 * input.size, kLargestInput);
    LoadOptions reading;
    reading.for_input = &finer;
    for (const std::int64_t index : indices) {
      const CaptionedImage& image = dataset.images[static_cast<std::size_t>(index)];
      Image photograph = load_image(image.file, reading);
      photograph.original.reset();  // the decoded image counts as the original from here on
      const AugmentedImage changed = augment(photograph, image.captions, config.augment, random);
      ways.push_back({changed.cut, prepare_into(changed.image, input, out)});
      out += 3 * S * S;
    }
    return pixels;
  }

  TrainingBatch read(std::int64_t number) const {
    Random random = seeded(config.seed, epoch, number * own_share.processes + own_share.rank);
    const std::int64_t P = own_share.processes;
    const std::int64_t first = number * config.batch_images * P;
    const std::int64_t images = std::min(static_cast<std::int64_t>(order.size()) - first,
                                         config.batch_images * P);  // of all processes
    const std::int64_t begin = first + images * own_share.rank / P;
    const std::int64_t end = first + images * (own_share.rank + 1) / P;
    std::vector<std::size_t> indices(order.begin() + begin, order.begin() + end);
    const auto labelled = std::stable_partition(indices.begin(), indices.end(),
                                                [&](std::size_t i) { return labels[i].empty(); });
    const std::vector<std::size_t> captioned(indices.begin(), labelled);
    Targets targets;
    std::vector<std::vector<std::size_t>> chosen;
    for (const std::size_t image : captioned) {
      chosen.push_back(choose_captions(image, random));
      auto& of_image = targets.emplace_back();
      for (const std::size_t k : chosen.back()) of_image.push_back(captions[image][k]);
    }
    TrainingBatch batch;
    if (!captioned.empty()) static_cast<WordBatch&>(batch) = make_word_batch(targets);
    for (auto image = labelled; image != indices.end(); ++image) {
      batch.labelled.push_back(label_targets(labels[*image], random));
    }
    batch.image_indices.assign(indices.begin(), indices.end());
    std::vector<Way> ways;
    if (with_pixels) batch.pixels = read_pixels(batch.image_indices, random, ways);
    if (!supervised.empty()) batch.supervised = supervised_captions(captioned, chosen, ways);
    return batch;
  }

  LabelTargets label_targets(const std::vector<WordedLabel>& of_image, Random& random) const {
    LabelTargets targets;
    if (config.labels.phrases) {
      targets.phrase = label_phrase(of_image, conjunction, config.max_words, random);
    }
    for (const WordedLabel& label : of_image) {
      if (!label.words->names.empty()) targets.names.push_back(label.words->names);
    }
    return targets;
  }

  /// @param chosen  per image, the captions of the batch
  /// @param ways    per image; empty if the images were not decoded
  SupervisedCaptions supervised_captions(const std::vector<std::size_t>& images,
                                         const std::vector<std::vector<std::size_t>>& chosen,
                                         const std::vector<Way>& ways) const {
    auto of_batch = std::make_shared<std::vector<SupervisedCaption>>();
    for (std::size_t b = 0; b < images.size(); ++b) {
      const auto& of_image = supervised[images[b]];
      const bool any = std::any_of(of_image.begin(), of_image.end(),
                                   [](const SupervisedCaption& words) { return !words.empty(); });
      Way way;
      if (any) {
        way = ways.empty() ? Way{{}, undecoded_placement(dataset.images[images[b]].file, input)}
                           : ways[b];
      }
      for (const std::size_t k : chosen[b]) of_batch->push_back(moved(of_image[k], way));
    }
    return of_batch;
  }

  void read_ahead(std::int64_t batches) {
    if (following >= batches) return;
    ahead = std::async(std::launch::async, [this, number = following] { return read(number); });
    ++following;
  }
};

BatchLoader::BatchLoader(Dataset dataset, const Vocabulary& vocabulary, const InputConfig& input,
                         const TrainingConfig& config, bool with_pixels,
                         const ProcessShare& own_share, std::vector<ImageShare> shares,
                         const std::optional<DatasetPhrases>& phrases, LabelWordings labels)
    : impl_(new Impl) {
  impl_->dataset = std::move(dataset);
  impl_->input = input;
  impl_->config = config;
  impl_->with_pixels = with_pixels;
  impl_->own_share = own_share;
  impl_->shares = std::move(shares);
  impl_->wordings = std::move(labels);
  impl_->conjunction = vocabulary.id("and");
  if (impl_->shares.empty()) impl_->shares = {{impl_->dataset.images.size(), 1}};
  for (std::size_t i = 0; i < impl_->dataset.images.size(); ++i) {
    const CaptionedImage& image = impl_->dataset.images[i];
    auto& captions = impl_->captions.emplace_back();
    auto& own_labels = impl_->labels.emplace_back();
    for (const CountedLabel& label : image.labels) {
      const auto words = impl_->wordings.find(label.label);
      if (words != impl_->wordings.end()) own_labels.push_back({&words->second, label.count});
    }
    if (phrases) impl_->supervised.emplace_back();
    for (std::size_t k = 0; k < image.captions.size(); ++k) {
      auto ids = vocabulary.encode(ptb_tokenize(image.captions[k]));
      if (ids.empty()) continue;
      ids.resize(std::min(ids.size(), static_cast<std::size_t>(config.max_words)));
      ids.push_back(Vocabulary::kEnd);
      captions.push_back(std::move(ids));
      if (!phrases) continue;
      impl_->supervised.back().push_back(supervised_words(
          phrases->of.at(i).at(k), config.attention_supervision.other_words, config.max_words));
    }
    if (captions.empty() && own_labels.empty()) {
      throw std::runtime_error(image.file.string() + ": none of its " +
                               (image.labels.empty() ? "captions contains a word"
                                                     : "labels has a word in the vocabulary"));
    }
  }
}

BatchLoader::~BatchLoader() = default;

std::int64_t BatchLoader::batches_per_epoch() const {
  const auto images = static_cast<std::int64_t>(draws_per_epoch(impl_->shares));
  const std::int64_t P = impl_->own_share.processes;
  const std::int64_t whole = impl_->config.batch_images * P;
  return images / whole + (images % whole >= P ? 1 : 0);
}

void BatchLoader::begin(std::int64_t epoch, std::int64_t first) {
  if (impl_->ahead.valid()) impl_->ahead.wait();
  impl_->epoch = epoch;
  impl_->following = first;
  impl_->order = epoch_order(impl_->shares, impl_->config.seed, epoch);
  impl_->read_ahead(batches_per_epoch());
}

TrainingBatch BatchLoader::next() {
  TrainingBatch batch = impl_->ahead.get();
  impl_->read_ahead(batches_per_epoch());
  return batch;
}

}  // namespace saccade
