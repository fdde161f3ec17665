#pragma once

#include <filesystem>
#include <vector>

#include "saccade/image/image.h"

namespace saccade {

/// A value at a step.
struct CurvePoint {
  double step = 0;
  double value = 0;
};

/// The learning curves in a run's train.jsonl, by ascending step.
struct LearningCurves {
  std::vector<CurvePoint> loss;    ///< of each batch
  std::vector<CurvePoint> reward;  ///< of each batch, in self-critical training
  std::vector<CurvePoint> bleu_4;  ///< of each validation, 0…1
  std::vector<CurvePoint> cider;   ///< of each validation
};

/// Reads the trainer's train.jsonl. If a step occurs twice, the later line counts. Lines that are
/// not JSON, such as an incomplete last line, are skipped.
/// @throws std::runtime_error when the file does not exist or contains no step
LearningCurves read_learning_curves(const std::filesystem::path& log);

/// A centered moving average over `width` points, fewer at the ends.
std::vector<CurvePoint> smoothed(const std::vector<CurvePoint>& curve, std::size_t width);

/// Draws three panels over the steps. The first shows the loss, or the reward in self-critical
/// training, where the loss is not informative: per batch (faint) and averaged over 1/50 of the
/// run. The others show BLEU-4 in per cent and CIDEr-D, with the best value marked. A panel without
/// points says so.
/// @return 1440×440 pixels
Image draw_learning_curves(const LearningCurves& curves);

/// Draws the curves of a log into a PNG file, written atomically.
/// @throws std::runtime_error as read_learning_curves, or when the file cannot be written
void write_learning_curves(const std::filesystem::path& log, const std::filesystem::path& picture);

}  // namespace saccade
