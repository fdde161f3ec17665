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

/// What a run's train.jsonl says of its course, by rising step.
struct LearningCurves {
  std::vector<CurvePoint> loss;    ///< of each batch
  std::vector<CurvePoint> reward;  ///< of each batch, where captions are rewarded
  std::vector<CurvePoint> bleu_4;  ///< of each validation, 0…1
  std::vector<CurvePoint> cider;   ///< of each validation
};

/// Reads train.jsonl as the trainer writes it. Of a step that stands there twice the later line
/// counts; lines that are no JSON, such as one that is being written, are passed over.
/// @throws std::runtime_error when there is no such file or it holds no step
LearningCurves read_learning_curves(const std::filesystem::path& log);

/// Each value as the mean of those around it: of `width` points, fewer at the ends.
std::vector<CurvePoint> smoothed(const std::vector<CurvePoint>& curve, std::size_t width);

/// Three panels side by side over the steps: the loss, or the reward where there is one (of which
/// the loss then says little), each batch's faint and smoothed over a fiftieth of the run; BLEU-4
/// in per cent; CIDEr. The last two mark their best. A panel without points says so.
/// @return 1440×440 pixels
Image draw_learning_curves(const LearningCurves& curves);

/// Draws the log into a PNG, written beside its place and renamed.
/// @throws std::runtime_error as read_learning_curves, or when the picture cannot be written
void write_learning_curves(const std::filesystem::path& log, const std::filesystem::path& picture);

}  // namespace saccade
