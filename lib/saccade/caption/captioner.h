#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "saccade/caption/calibration.h"
#include "saccade/caption/caption.h"
#include "saccade/image/image.h"
#include "saccade/model/decoder/decoder.h"
#include "saccade/search/beam_search.h"
#include "saccade/search/sampling.h"

namespace saccade {

struct Bundle;

/// How a caption is decoded.
struct CaptionOptions {
  BeamSearchOptions search;
  /// Empty: the bundle's own kind (expected for soft models, argmax for hard ones).
  std::optional<AttentionMode> mode;
  std::uint64_t seed = 0;  ///< of the cells that a `sampled` glimpse draws
};

/// The one door: photographs in, captions out. Const after loading and safe to share between
/// threads.
class Captioner {
 public:
  /// @param directory  a bundle, see bundle.h; its calibration is used where it brings one.
  /// @param device     "cpu", "cuda" or "cuda:N".
  /// @throws std::runtime_error for a bundle that is absent or damaged, or a device that is not
  /// there.
  static Captioner load(const std::filesystem::path& directory, const std::string& device = "cpu");
  /// @param bundle       computes where it is, see Bundle::to.
  /// @param calibration  fitted to it; without one captions have no confidence.
  explicit Captioner(Bundle bundle, std::optional<Calibration> calibration = std::nullopt);
  ~Captioner();
  Captioner(Captioner&&) noexcept;
  Captioner& operator=(Captioner&&) noexcept;

  /// @return the n best captions of each image, the best first.
  std::vector<std::vector<Caption>> caption(const std::vector<Image>& images,
                                            const CaptionOptions& options) const;
  /// The same for inputs that `prepare` made ready: what a pipeline calls, whose threads prepare.
  /// @param pixels B×3×S×S; @param placements B.
  std::vector<std::vector<Caption>> caption(const at::Tensor& pixels,
                                            const std::vector<Placement>& placements,
                                            const CaptionOptions& options) const;

  const Bundle& bundle() const;
  const std::optional<Calibration>& calibration() const;
  /// Batches that are best captioned at once, each by a thread of its own: on processors as many as
  /// LibTorch has threads, on a GPU one. `caption` may be called so.
  std::int64_t workers() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saccade
