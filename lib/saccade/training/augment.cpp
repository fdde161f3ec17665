#include "saccade/training/augment.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace saccade {
namespace {

double uniform(std::mt19937_64& random, double low, double high) {
  return low + (high - low) * (static_cast<double>(random() >> 11) * 0x1.0p-53);
}

Image crop(const Image& image, int left, int top, int width, int height) {
  Image out;
  out.width = width;
  out.height = height;
  out.rgb.reserve(std::size_t(width) * height * 3);
  for (int y = top; y < top + height; ++y) {
    const std::uint8_t* row = image.row(y) + std::size_t(left) * 3;
    out.rgb.insert(out.rgb.end(), row, row + std::size_t(width) * 3);
  }
  return out;
}

/// A crop with a random share of the area and 3/4…4/3 of the image's aspect ratio.
AugmentedImage random_crop(const Image& image, double smallest_area, std::mt19937_64& random) {
  const double area = uniform(random, smallest_area, 1);
  const double aspect = std::exp(uniform(random, -std::log(4.0 / 3), std::log(4.0 / 3)));
  const double share_x = std::min(1.0, std::sqrt(area * aspect));
  const double share_y = std::min(1.0, std::sqrt(area / aspect));
  const int width = std::max(1, static_cast<int>(std::lround(image.width * share_x)));
  const int height = std::max(1, static_cast<int>(std::lround(image.height * share_y)));
  const int left = static_cast<int>(uniform(random, 0, image.width - width + 1));
  const int top = static_cast<int>(uniform(random, 0, image.height - height + 1));
  const double across = image.width, down = image.height;
  const Box part{left / across, top / down, (left + width) / across, (top + height) / down};
  return {crop(image, left, top, width, height), {part}};
}

void flip(Image& image) {
  for (int y = 0; y < image.height; ++y) {
    std::uint8_t* row = image.rgb.data() + std::size_t(y) * image.width * 3;
    for (int left = 0, right = image.width - 1; left < right; ++left, --right) {
      std::swap_ranges(row + left * 3, row + left * 3 + 3, row + right * 3);
    }
  }
}

/// Changes saturation around each pixel's luma, then contrast around mid-grey, then brightness. The
/// three are combined into one linear map.
void jitter_color(Image& image, double amount, std::mt19937_64& random) {
  const float saturation = static_cast<float>(uniform(random, 1 - amount, 1 + amount));
  const float contrast = static_cast<float>(uniform(random, 1 - amount, 1 + amount));
  const float brightness = static_cast<float>(uniform(random, 1 - amount, 1 + amount));
  const float offset = 128 * (1 - contrast) * brightness;
  const float gain = contrast * brightness;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    std::uint8_t* pixel = image.rgb.data() + i;
    const float luma = 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
    for (int channel = 0; channel < 3; ++channel) {
      const float value = luma + saturation * (pixel[channel] - luma);
      pixel[channel] =
          static_cast<std::uint8_t>(std::clamp(gain * value + offset + 0.5f, 0.0f, 255.0f));
    }
  }
}

bool says_left_or_right(const std::vector<std::string>& captions) {
  return std::any_of(captions.begin(), captions.end(), [](std::string text) {
    for (char& c : text) c = std::isalpha(static_cast<unsigned char>(c)) ? std::tolower(c) : ' ';
    text = " " + text + " ";
    for (const char* word : {" left ", " right ", " lefthand ", " righthand "}) {
      if (text.find(word) != std::string::npos) return true;
    }
    return false;
  });
}

}  // namespace

std::optional<Box> Cut::moved(const Box& box) const {
  const std::optional<Box> cut = within(box, part);
  return cut && mirrored ? saccade::mirrored(*cut) : cut;
}

AugmentedImage augment(const Image& image, const std::vector<std::string>& captions,
                       const AugmentConfig& config, std::mt19937_64& random) {
  AugmentedImage out;
  if (config.crop_area < 1) {
    out = random_crop(image, config.crop_area, random);
  } else {
    out.image = image;
  }
  if (config.color > 0) jitter_color(out.image, config.color, random);
  if (config.flip && (random() & 1) != 0 && !says_left_or_right(captions)) {
    flip(out.image);
    out.cut.mirrored = true;
  }
  return out;
}

}  // namespace saccade
