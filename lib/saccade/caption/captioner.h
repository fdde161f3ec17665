#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "saccade/caption/calibration.h"
#include "saccade/caption/caption.h"
#include "saccade/image/image.h"
#include "saccade/model/decoder/decoder.h"
#include "saccade/search/beam_search.h"
#include "saccade/search/sampling.h"

namespace saccade {

struct Bundle;

/// Options of captioning.
struct CaptionOptions {
  BeamSearchOptions search;
  /// The attention mode; nothing: expected for soft models, argmax for hard models.
  std::optional<AttentionMode> mode;
  std::uint64_t seed = 0;  ///< for AttentionMode::sampled
};

/// The options in a bundle (Bundle::decoding), with the defaults for missing ones.
CaptionOptions options_of(const nlohmann::json& decoding);

/// The search options in the format of Bundle::decoding. Always has beam and length_penalty; omits
/// the other options where they have their defaults.
nlohmann::json decoding_of(const CaptionOptions& options);

/// The main entry point: captions images. Const after loading and safe to share between threads.
class Captioner {
 public:
  /// Loads a model.
  /// @param directory  a bundle, see bundle.h; its calibration is loaded too, if it has one
  /// @param device     "cpu", "cuda" or "cuda:N"
  /// @throws std::runtime_error for a bundle that is missing or damaged, or an unavailable device;
  ///         std::invalid_argument for another device name.
  static Captioner load(const std::filesystem::path& directory, const std::string& device = "cpu");
  /// @param bundle       the model; computes on its device, see Bundle::to
  /// @param calibration  fitted to the bundle; without one captions have no confidence
  explicit Captioner(Bundle bundle, std::optional<Calibration> calibration = std::nullopt);
  ~Captioner();
  Captioner(Captioner&&) noexcept;
  Captioner& operator=(Captioner&&) noexcept;

  /// Captions a batch of images.
  /// @return per image 1 to options.search.n_best captions, the best first
  /// @throws std::invalid_argument for options out of range, std::runtime_error if the model's
  ///         probabilities are NaN.
  std::vector<std::vector<Caption>> caption(const std::vector<Image>& images,
                                            const CaptionOptions& options) const;
  /// The same for images that are already prepared, e.g. by other threads (see prepare.h).
  /// @param pixels      B×3×S×S
  /// @param placements  B
  /// @throws std::invalid_argument also for another number of placements.
  std::vector<std::vector<Caption>> caption(const at::Tensor& pixels,
                                            const std::vector<Placement>& placements,
                                            const CaptionOptions& options) const;

  const Bundle& bundle() const;
  const std::optional<Calibration>& calibration() const;
  /// The recommended number of threads that each call `caption` for a batch: the number of
  /// LibTorch's threads on the CPU, 1 on a GPU.
  std::int64_t workers() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saccade
