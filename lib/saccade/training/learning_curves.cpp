#include "saccade/training/learning_curves.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/image/text.h"
#include "saccade/io/durable_file.h"

namespace saccade {
namespace {

constexpr int kWidth = 1440, kHeight = 440, kPanels = 3;
constexpr Color kInk{60, 60, 60}, kGrid{226, 226, 226}, kCurve{0, 90, 170}, kFaint{176, 204, 230},
    kBest{200, 60, 20};

using Curve = std::vector<CurvePoint>;

/// The content of a panel, and the format of its numbers.
struct Panel {
  const char* title;
  const Curve& curve;  ///< the main curve
  const Curve* faint;  ///< a faint curve behind it, or null
  const char* format;  ///< printf format of a value
  double scale = 1;    ///< factor for the displayed values
  bool marks_best = false;
};

cv::Scalar scalar(const Color& color) {
  return {double(color[0]), double(color[1]), double(color[2])};
}

/// The smallest 1, 2 or 5 times a power of ten of which `range` has at most `max`.
double nice_interval(double range, int max) {
  const double min = range / max;
  const double power = std::pow(10, std::floor(std::log10(min)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= min) return factor * power;
  }
  return 10 * power;
}

std::string step_label(double step) {
  char text[32];
  if (step >= 1000) {
    std::snprintf(text, sizeof text, "%gk", step / 1000);
  } else {
    std::snprintf(text, sizeof text, "%g", step);
  }
  return text;
}

std::string number(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// A panel's frame, and the map from steps and values to its pixels.
class Axes {
 public:
  Axes(Image& image, int left, double last_step, double low, double high, double scale,
       double headroom)
      : image_(image),
        mat_(image.height, image.width, CV_8UC3, image.rgb.data()),
        frame_(left + 62, 54, kWidth / kPanels - 86, kHeight - 116),
        last_step_(std::max(last_step, 1.0)),
        scale_(scale) {
    low *= scale, high *= scale;
    const double range = std::max(high - low, 1e-9 + 0.02 * std::abs(high));
    interval_ = nice_interval((1.06 + headroom) * range, 6);
    low_ = std::floor((low - 0.02 * range) / interval_) * interval_;
    if (low >= 0) low_ = std::max(low_, 0.0);
    high_ =
        std::max(std::ceil((high + headroom * range) / interval_) * interval_, low_ + interval_);
  }

  cv::Point2d pixel(const CurvePoint& point) const {
    const double x = point.step / last_step_;
    const double y = (point.value * scale_ - low_) / (high_ - low_);
    return {frame_.x + x * frame_.width, frame_.y + (1 - y) * frame_.height};
  }

  void draw_frame(const Panel& panel) {
    write(panel.title, frame_.x, frame_.y - 42, frame_.width, 17, true, kInk, true);
    const int values = int(std::lround((high_ - low_) / interval_));
    for (int i = 0; i <= values; ++i) {
      const double value = low_ + i * interval_;
      const int y = int(std::lround(pixel({0, value / scale_}).y));
      cv::line(mat_, {frame_.x, y}, {frame_.x + frame_.width, y}, scalar(kGrid));
      const std::string label = number("%g", std::abs(value) < 1e-9 * interval_ ? 0 : value);
      const int width = measure_text(label, style(13, false, kInk, false), 60).width;
      write(label, frame_.x - 8 - width, y - 9, width + 2, 13, false, kInk, false);
    }
    const double step_interval = std::max(nice_interval(last_step_, 5), 1.0);
    for (double step = 0; step <= last_step_; step += step_interval) {
      const int x = int(std::lround(pixel({step, 0}).x));
      cv::line(mat_, {x, frame_.y}, {x, frame_.y + frame_.height}, scalar(kGrid));
      write(step_label(step), x - 40, frame_.y + frame_.height + 6, 80, 13, false, kInk, true);
    }
    cv::rectangle(mat_, frame_, scalar(kInk));
    write("steps", frame_.x, frame_.y + frame_.height + 28, frame_.width, 13, false, kInk, true);
  }

  void draw_curve(const Curve& curve, const Color& color, int thickness, bool dots) {
    constexpr int kShift = 4;  // fractional bits of the coordinates
    std::vector<cv::Point> points;
    for (const CurvePoint& point : curve) {
      cv::Point2d at = pixel(point);
      // Outliers of single batches do not set the scale, so they are clamped to the frame.
      at.y = std::clamp(at.y, double(frame_.y), double(frame_.y + frame_.height));
      points.push_back(cv::Point(at * (1 << kShift)));
    }
    cv::polylines(mat_, points, false, scalar(color), thickness, cv::LINE_AA, kShift);
    for (const cv::Point& point : points) {
      if (dots || points.size() == 1)
        cv::circle(mat_, point, 3 << kShift, scalar(color), -1, cv::LINE_AA, kShift);
    }
  }

  void mark(const CurvePoint& best, const std::string& label) {
    const cv::Point at = pixel(best);
    cv::circle(mat_, at, 5, scalar(kBest), -1, cv::LINE_AA);
    constexpr int kLabelWidth = 80;
    const int x =
        std::clamp(at.x - kLabelWidth / 2, frame_.x, frame_.x + frame_.width - kLabelWidth);
    write(label, x, at.y - 28, kLabelWidth, 14, true, kBest, true);
  }

  void write_in_the_middle(const std::string& text) {
    write(text, frame_.x, frame_.y + frame_.height / 2 - 10, frame_.width, 15, false, kInk, true);
  }

 private:
  static TextStyle style(double size, bool bold, const Color& color, bool centered) {
    TextStyle style;
    style.size = size;
    style.bold = bold;
    style.color = color;
    style.centered = centered;
    return style;
  }
  void write(const std::string& text, int x, int y, int width, double size, bool bold,
             const Color& color, bool centered) {
    draw_text(image_, text, style(size, bold, color, centered), {x, y, width, 24});
  }

  Image& image_;
  cv::Mat mat_;
  cv::Rect frame_;
  double last_step_, scale_, low_ = 0, high_ = 1, interval_ = 1;
};

void draw_panel(Image& image, int left, double last_step, const Panel& panel) {
  const Curve& range = panel.curve.empty() && panel.faint != nullptr ? *panel.faint : panel.curve;
  double low = 0, high = 1;
  const auto lower = [](const CurvePoint& a, const CurvePoint& b) { return a.value < b.value; };
  if (!range.empty()) {
    low = std::min_element(range.begin(), range.end(), lower)->value;
    high = std::max_element(range.begin(), range.end(), lower)->value;
  }
  Axes axes(image, left, last_step, low, high, panel.scale, panel.marks_best ? 0.14 : 0.02);
  axes.draw_frame(panel);
  if (panel.curve.empty()) {
    axes.write_in_the_middle("not measured yet");
    return;
  }
  if (panel.faint != nullptr) {
    axes.draw_curve(*panel.faint, kFaint, 1, false);
  }
  axes.draw_curve(panel.curve, kCurve, 2, panel.marks_best);
  if (!panel.marks_best) return;
  const CurvePoint& best = *std::max_element(panel.curve.begin(), panel.curve.end(), lower);
  axes.mark(best, number(panel.format, best.value * panel.scale));
}

Curve sorted(const std::map<std::int64_t, double>& values) {
  Curve curve;
  for (const auto& [step, value] : values) curve.push_back({double(step), value});
  return curve;
}

}  // namespace

LearningCurves read_learning_curves(const std::filesystem::path& log) {
  std::ifstream in(log);
  if (!in) throw std::runtime_error(log.string() + ": no such log of a training run");
  std::map<std::int64_t, double> loss, reward, bleu_4, cider;
  for (std::string text; std::getline(in, text);) {
    const auto line = nlohmann::json::parse(text, nullptr, false);
    if (!line.is_object() || !line.contains("step") || !line["step"].is_number_integer()) continue;
    const auto take = [&](const char* key, std::map<std::int64_t, double>& into) {
      const auto found = line.find(key);
      if (found != line.end() && found->is_number()) into[line["step"]] = found->get<double>();
    };
    take("loss", loss);
    take("reward", reward);
    take("bleu_4", bleu_4);
    take("cider", cider);
  }
  if (loss.empty() && bleu_4.empty()) {
    throw std::runtime_error(log.string() + ": contains no step of a training run");
  }
  return {sorted(loss), sorted(reward), sorted(bleu_4), sorted(cider)};
}

std::vector<CurvePoint> smoothed(const std::vector<CurvePoint>& curve, std::size_t width) {
  std::vector<double> sums{0};
  for (const CurvePoint& point : curve) sums.push_back(sums.back() + point.value);
  std::vector<CurvePoint> out = curve;
  const std::size_t reach = (std::max<std::size_t>(width, 1) - 1) / 2;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t begin = i - std::min(reach, i), end = std::min(i + reach + 1, out.size());
    out[i].value = (sums[end] - sums[begin]) / double(end - begin);
  }
  return out;
}

Image draw_learning_curves(const LearningCurves& curves) {
  Image image;
  image.width = kWidth;
  image.height = kHeight;
  image.rgb.assign(std::size_t(kWidth) * kHeight * 3, 255);
  double last_step = 0;
  for (const Curve* curve : {&curves.loss, &curves.reward, &curves.bleu_4, &curves.cider}) {
    if (!curve->empty()) last_step = std::max(last_step, curve->back().step);
  }
  const bool rewarded = !curves.reward.empty();
  const Curve& batches = rewarded ? curves.reward : curves.loss;
  const Curve smooth = smoothed(batches, batches.size() / 50);
  draw_panel(image, 0, last_step,
             {rewarded ? "Reward" : "Loss", smooth, &batches, "%.2f", 1, false});
  draw_panel(image, kWidth / kPanels, last_step,
             {"BLEU-4 (dev, free-running, %)", curves.bleu_4, nullptr, "%.1f", 100, true});
  draw_panel(image, 2 * kWidth / kPanels, last_step,
             {"CIDEr-D (dev, free-running)", curves.cider, nullptr, "%.3f", 1, true});
  return image;
}

void write_learning_curves(const std::filesystem::path& log, const std::filesystem::path& picture) {
  Image image = draw_learning_curves(read_learning_curves(log));
  cv::Mat pixels(image.height, image.width, CV_8UC3, image.rgb.data());
  cv::cvtColor(pixels, pixels, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> png;
  cv::imencode(".png", pixels, png);
  DurableFile file(picture);
  file.write(png.data(), png.size());
  file.commit();
}

}  // namespace saccade
