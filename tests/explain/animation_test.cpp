#include "saccade/explain/figure/animation.h"

#include <algorithm>
#include <cstring>
#include <gif_lib.h>
#include <stdexcept>

#include <gtest/gtest.h>

#include "saccade/explain/figure/word_picture.h"

#include "explain/made_up_caption.h"

namespace saccade::test {
namespace {

struct Reading {
  const std::string& bytes;
  std::size_t at = 0;
};

int take(GifFileType* file, GifByteType* out, int count) {
  auto* reading = static_cast<Reading*>(file->UserData);
  const std::size_t left = reading->bytes.size() - reading->at;
  const std::size_t n = std::min(left, std::size_t(count));
  std::memcpy(out, reading->bytes.data() + reading->at, n);
  reading->at += n;
  return int(n);
}

/// A GIF decoded by giflib.
class Read {
 public:
  explicit Read(const std::string& bytes) : reading_{bytes} {
    int error = 0;
    file_ = DGifOpen(&reading_, take, &error);
    if (file_ == nullptr || DGifSlurp(file_) != GIF_OK) throw std::runtime_error("no GIF");
  }
  ~Read() {
    int error = 0;
    DGifCloseFile(file_, &error);
  }
  Read(const Read&) = delete;
  Read& operator=(const Read&) = delete;

  const GifFileType& file() const { return *file_; }
  int frames() const { return file_->ImageCount; }
  GifColorType color(int frame, int x, int y) const {
    const SavedImage& image = file_->SavedImages[frame];
    return image.ImageDesc.ColorMap->Colors[image.RasterBits[y * image.ImageDesc.Width + x]];
  }
  int delay(int frame) const {
    GraphicsControlBlock control;
    EXPECT_EQ(DGifSavedExtensionToGCB(file_, frame, &control), GIF_OK);
    return control.DelayTime;
  }

 private:
  Reading reading_;
  GifFileType* file_ = nullptr;
};

TEST(EncodeGif, StoresEveryFrameWithItsTimeAndColors) {
  const int levels[] = {30, 120, 250};
  const auto frame = [&](int i) {
    Image image = plain(40, 30, levels[i]);
    for (int x = 0; x < 40; ++x)
      image.rgb[std::size_t(3 * x)] = 255;  // the first row has another hue
    return image;
  };
  const std::string bytes = encode_gif(3, frame, 0.75);
  EXPECT_NE(bytes.find("NETSCAPE2.0"), std::string::npos);  // loops
  const Read gif(bytes);
  ASSERT_EQ(gif.frames(), 3);
  EXPECT_EQ(gif.file().SWidth, 40);
  EXPECT_EQ(gif.file().SHeight, 30);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(gif.delay(i), 75);
    EXPECT_NEAR(gif.color(i, 20, 15).Red, levels[i], 2);
    EXPECT_NEAR(gif.color(i, 20, 15).Blue, levels[i], 2);
    EXPECT_NEAR(gif.color(i, 20, 0).Red, 255, 2);
    EXPECT_NEAR(gif.color(i, 20, 0).Green, levels[i], 2);
  }
}

TEST(EncodeGif, RefusesFramesOfDifferentOrUnsupportedSizes) {
  const auto growing = [](int i) { return plain(10 + i, 10, 0); };
  EXPECT_THROW(encode_gif(2, growing, 1), std::invalid_argument);
  EXPECT_THROW(encode_gif(0, growing, 1), std::invalid_argument);
  EXPECT_THROW(encode_gif(1, growing, 0), std::invalid_argument);
  EXPECT_THROW(encode_gif(
                   1, [](int) { return Image{}; }, 1),
               std::invalid_argument);
}

TEST(WordFrame, HasTheSameSizeForAllWords) {
  for (const auto& [width, height] : {std::pair{300, 200}, {5, 400}, {1, 1}}) {
    const Image photograph = plain(width, height, 90);
    const Caption caption =
        caption_of(photograph, {"a", "Donaudampfschifffahrtsgesellschaftskapitän", "черепаха"});
    const Image first = draw_word_frame(photograph, caption, -1, {});
    for (int i = 0; i < 3; ++i) {
      const Image frame = draw_word_frame(photograph, caption, i, {});
      EXPECT_EQ(frame.width, first.width);
      EXPECT_EQ(frame.height, first.height);
      EXPECT_NE(frame.rgb, first.rgb);
    }
    EXPECT_THROW(draw_word_frame(photograph, caption, 3, {}), std::out_of_range);
  }
}

}  // namespace
}  // namespace saccade::test
