#include "saccade/batch/pipeline.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include "saccade/io/image_file.h"

#include "temporary_folder.h"

namespace saccade {
namespace {

constexpr std::int64_t kSize = 2;
constexpr std::int64_t kFloats = 3 * kSize * kSize;

/// Inputs named by their indices.
std::vector<std::string> numbered(std::int64_t count) {
  std::vector<std::string> paths;
  for (std::int64_t i = 0; i < count; ++i) paths.push_back(std::to_string(i));
  return paths;
}

Placement fill(const std::string& path, float* pixels) {
  const float value = std::stof(path);
  std::fill(pixels, pixels + kFloats, value);
  Placement placement;
  placement.original_width = static_cast<int>(value);
  return placement;
}

/// Captions an image by the number in its pixels, and checks that all pixels are equal.
std::vector<std::vector<Caption>> name_by_pixels(const at::Tensor& pixels,
                                                 const std::vector<Placement>& placements) {
  EXPECT_EQ(pixels.size(0), static_cast<std::int64_t>(placements.size()));
  std::vector<std::vector<Caption>> captions;
  for (std::int64_t i = 0; i < pixels.size(0); ++i) {
    const float value = pixels[i].min().item<float>();
    EXPECT_EQ(value, pixels[i].max().item<float>());
    EXPECT_EQ(static_cast<int>(value), placements[i].original_width);
    captions.emplace_back(1);
    captions.back()[0].text = std::to_string(static_cast<int>(value));
  }
  return captions;
}

PipelineOptions sizes(std::int64_t batch_size, std::int64_t loader_threads, std::int64_t ahead,
                      std::int64_t workers = 1) {
  PipelineOptions options;
  options.workers = workers;
  options.batch_size = batch_size;
  options.loader_threads = loader_threads;
  options.batches_ahead = ahead;
  return options;
}

TEST(Pipeline, KeepsInputOrderForAnySizes) {
  for (const std::int64_t count : {0, 1, 4, 37}) {
    for (const PipelineOptions& options :
         {sizes(1, 1, 1), sizes(4, 1, 2), sizes(4, 5, 1), sizes(5, 3, 3), sizes(100, 8, 2),
          sizes(1, 3, 1, 4), sizes(4, 2, 2, 3), sizes(5, 1, 1, 8)}) {
      std::vector<std::string> seen;
      const auto slow_at_times = [](const std::string& path, float* pixels) {
        std::minstd_rand random(std::stoul(path));
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 500));
        return fill(path, pixels);
      };
      const auto late_at_times = [](const at::Tensor& pixels,
                                    const std::vector<Placement>& placements) {
        std::minstd_rand random(static_cast<unsigned>(placements.front().original_width) + 1);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 2000));
        return name_by_pixels(pixels, placements);
      };
      const BatchCounts counts = caption_all(
          numbered(count), kSize, slow_at_times, late_at_times,
          [&](const BatchRecord& record) {
            EXPECT_EQ(record.index, static_cast<std::int64_t>(seen.size()));
            EXPECT_EQ(record.captions.at(0).text, record.path);
            seen.push_back(record.path);
            return true;
          },
          options);
      EXPECT_EQ(seen, numbered(count));
      EXPECT_EQ(counts.captioned, count);
      EXPECT_EQ(counts.failed, 0);
    }
  }
}

TEST(Pipeline, RecordsABrokenImageAndCaptionsTheOthers) {
  // 3 and 4 are in one batch, 8…11 fill a batch, 12 is the first and 19 the last of a batch.
  const auto broken = [](int i) { return i == 3 || i == 4 || (i >= 8 && i <= 12) || i == 19; };
  const auto prepare = [&](const std::string& path, float* pixels) {
    std::fill(pixels, pixels + kFloats, -1.f);
    if (broken(std::stoi(path))) throw std::runtime_error(path + " is broken");
    return fill(path, pixels);
  };
  std::int64_t next = 0;
  const BatchCounts counts = caption_all(
      numbered(22), kSize, prepare, name_by_pixels,
      [&](const BatchRecord& record) {
        EXPECT_EQ(record.path, std::to_string(next));
        if (broken(static_cast<int>(next))) {
          EXPECT_EQ(record.error, record.path + " is broken");
          EXPECT_TRUE(record.captions.empty());
        } else {
          EXPECT_EQ(record.error, "");
          EXPECT_EQ(record.captions.at(0).text, record.path);
        }
        ++next;
        return true;
      },
      sizes(4, 2, 2));
  EXPECT_EQ(next, 22);
  EXPECT_EQ(counts.captioned, 14);
  EXPECT_EQ(counts.failed, 8);
}

TEST(Pipeline, RecordsAnyExceptionAsAnError) {
  const auto prepare = [](const std::string& path, float* pixels) -> Placement {
    if (path == "0") throw 42;
    if (path == "1") throw std::runtime_error("");
    return fill(path, pixels);
  };
  std::vector<std::string> errors;
  caption_all(
      numbered(3), kSize, prepare, name_by_pixels,
      [&](const BatchRecord& record) {
        errors.push_back(record.error);
        return true;
      },
      sizes(3, 1, 1));
  EXPECT_THAT(errors,
              ::testing::ElementsAre(::testing::HasSubstr("0"), ::testing::HasSubstr("1"), ""));
}

TEST(Pipeline, PreparesNoFurtherAheadThanAllowed) {
  const PipelineOptions options = sizes(4, 3, 2);
  std::atomic<std::int64_t> prepared{0};
  std::int64_t released = 0;  // images that the model has captioned
  std::int64_t furthest = 0;
  const auto prepare = [&](const std::string& path, float* pixels) {
    ++prepared;
    return fill(path, pixels);
  };
  const auto caption = [&](const at::Tensor& pixels, const std::vector<Placement>& placements) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // time to run ahead
    furthest = std::max(furthest, prepared.load() - released);
    released += pixels.size(0);
    return name_by_pixels(pixels, placements);
  };
  caption_all(
      numbered(80), kSize, prepare, caption, [](const BatchRecord&) { return true; }, options);
  EXPECT_EQ(prepared, 80);
  EXPECT_LE(furthest, (options.batches_ahead + 1) * options.batch_size);
}

TEST(Pipeline, PreparesWhileTheModelIsRunning) {
  std::mutex mutex;
  std::condition_variable changed;
  int prepared = 0;
  const auto prepare = [&](const std::string& path, float* pixels) {
    std::lock_guard<std::mutex> lock(mutex);
    ++prepared;
    changed.notify_all();
    return fill(path, pixels);
  };
  bool first = true;
  const auto caption = [&](const at::Tensor& pixels, const std::vector<Placement>& placements) {
    if (first) {  // returns only when the next batch is prepared
      std::unique_lock<std::mutex> lock(mutex);
      changed.wait(lock, [&] { return prepared >= 4; });
      first = false;
    }
    return name_by_pixels(pixels, placements);
  };
  const BatchCounts counts = caption_all(
      numbered(6), kSize, prepare, caption, [](const BatchRecord&) { return true; },
      sizes(2, 1, 1));
  EXPECT_EQ(counts.captioned, 6);
}

TEST(Pipeline, CaptionsOneBatchPerWorkerConcurrently) {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  bool together = false;
  const auto caption = [&](const at::Tensor& pixels, const std::vector<Placement>& placements) {
    EXPECT_EQ(at::get_num_threads(), 1);
    std::unique_lock<std::mutex> lock(mutex);  // each waits until all three have arrived
    together = together || ++inside == 3;
    changed.notify_all();
    changed.wait(lock, [&] { return together; });
    return name_by_pixels(pixels, placements);
  };
  const int threads_before = at::get_num_threads();
  const BatchCounts counts = caption_all(
      numbered(12), kSize, fill, caption, [](const BatchRecord&) { return true; },
      sizes(2, 2, 1, 3));
  EXPECT_EQ(counts.captioned, 12);
  EXPECT_EQ(at::get_num_threads(), threads_before);
}

TEST(Pipeline, DistributesFewImagesEvenly) {
  EXPECT_EQ(shared_batch_size(1000, 2, 16), 16);
  EXPECT_EQ(shared_batch_size(20, 2, 16), 10);
  EXPECT_EQ(shared_batch_size(7, 3, 16), 3);
  EXPECT_EQ(shared_batch_size(0, 4, 16), 1);
}

TEST(Pipeline, StopsWhenTheCallbackReturnsFalse) {
  for (const std::int64_t workers : {1, 3}) {
    std::int64_t records = 0;
    const BatchCounts counts = caption_all(
        numbered(1000), kSize, fill, name_by_pixels,
        [&](const BatchRecord&) { return ++records < 7; }, sizes(4, 3, 2, workers));
    EXPECT_EQ(records, 7);
    EXPECT_EQ(counts.captioned, 7);
  }
}

TEST(Pipeline, PropagatesExceptionsOfTheModelAndTheCallback) {
  const auto on_record = [](const BatchRecord&) { return true; };
  const auto broken_model = [](const at::Tensor&,
                               const std::vector<Placement>&) -> std::vector<std::vector<Caption>> {
    throw std::domain_error("out of memory");
  };
  for (const std::int64_t workers : {1, 3}) {
    EXPECT_THROW(
        caption_all(numbered(50), kSize, fill, broken_model, on_record, sizes(4, 3, 2, workers)),
        std::domain_error);
  }
  const auto full_disk = [](const BatchRecord&) -> bool { throw std::length_error("disk full"); };
  EXPECT_THROW(caption_all(numbered(50), kSize, fill, name_by_pixels, full_disk, sizes(4, 3, 2)),
               std::length_error);
  const auto forgetful = [](const at::Tensor&, const std::vector<Placement>&) {
    return std::vector<std::vector<Caption>>();
  };
  EXPECT_THROW(caption_all(numbered(5), kSize, fill, forgetful, on_record, sizes(4, 3, 2)),
               std::invalid_argument);
}

TEST(Pipeline, CaptionsTheOtherImagesWhenOneFailsInTheModel) {
  const auto caption = [](const at::Tensor& pixels, const std::vector<Placement>& placements) {
    for (const Placement& placement : placements) {
      if (placement.original_width % 5 == 2) throw std::bad_alloc();
    }
    return name_by_pixels(pixels, placements);
  };
  std::int64_t next = 0;
  const auto on_record = [&](const BatchRecord& record) {
    if (next % 5 == 2) {
      EXPECT_THAT(record.error, ::testing::AllOf(::testing::StartsWith(record.path + ":"),
                                                 ::testing::HasSubstr("memory")));
    } else {
      EXPECT_EQ(record.error, "");
      EXPECT_EQ(record.captions.at(0).text, std::to_string(next));
    }
    ++next;
    return true;
  };
  for (const std::int64_t workers : {1, 3}) {
    next = 0;
    const BatchCounts counts =
        caption_all(numbered(23), kSize, fill, caption, on_record, sizes(4, 3, 2, workers));
    EXPECT_EQ(next, 23);
    EXPECT_EQ(counts.failed, 5);
    EXPECT_EQ(counts.captioned, 18);
  }
}

TEST(Pipeline, PassesOnTheWarningsOfImages) {
  const auto prepare = [](const std::string& path, float* pixels) {
    return Prepared(fill(path, pixels), path == "1" ? "1 is damaged" : "");
  };
  std::vector<std::string> warnings;
  caption_all(
      numbered(3), kSize, prepare, name_by_pixels,
      [&](const BatchRecord& record) {
        warnings.push_back(record.warning);
        return true;
      },
      sizes(2, 1, 1));
  EXPECT_THAT(warnings, ::testing::ElementsAre("", "1 is damaged", ""));
}

TEST(Pipeline, TriesAgainWhenAFileCannotBeRead) {
  int attempts = 0;
  const auto comes_back = [&](const std::string& path, float* pixels) {
    if (++attempts < 3) throw ReadError("the drive is away");
    return Prepared(fill(path, pixels));
  };
  std::vector<float> pixels(kFloats);
  const auto pause = std::chrono::milliseconds(1);
  EXPECT_THROW(with_retries(comes_back, 1, pause)("7", pixels.data()), ReadError);
  attempts = 0;
  EXPECT_EQ(with_retries(comes_back, 2, pause)("7", pixels.data()).placement.original_width, 7);
  EXPECT_EQ(attempts, 3);

  attempts = 0;
  const auto broken = [&](const std::string&, float*) -> Prepared {
    ++attempts;
    throw std::runtime_error("is truncated");
  };
  EXPECT_THROW(with_retries(broken, 5, pause)("7", pixels.data()), std::runtime_error);
  EXPECT_EQ(attempts, 1) << "its contents stay as they are";
}

TEST(Pipeline, RefusesSizesBelowOne) {
  for (const PipelineOptions& options :
       {sizes(0, 1, 1), sizes(1, 0, 1), sizes(1, 1, 0), sizes(1, 1, 1, 0)}) {
    EXPECT_THROW(caption_all(
                     numbered(1), kSize, fill, name_by_pixels,
                     [](const BatchRecord&) { return true; }, options),
                 std::invalid_argument);
  }
}

TEST(Pipeline, ExplainsEachCaptionAndRecordsWhereThatFails) {
  PipelineOptions options = sizes(4, 3, 2);
  options.explain = [](const at::Tensor& pixels, const Placement&, const Caption& caption) {
    EXPECT_EQ(pixels.sizes(), at::IntArrayRef({3, kSize, kSize}));
    if (caption.text == "7") throw std::runtime_error("no reason for 7");
    return std::vector<WordVerdict>{{"about " + caption.text, 0.5}};
  };
  std::vector<std::string> found;
  caption_all(
      numbered(10), kSize, fill, name_by_pixels,
      [&](const BatchRecord& record) {
        found.push_back(record.error +
                        (record.error.empty() ? record.verdicts.at(0).verdict : std::string()));
        return true;
      },
      options);
  ASSERT_EQ(found.size(), 10);
  EXPECT_EQ(found[6], "about 6");
  EXPECT_THAT(found[7], ::testing::HasSubstr("no reason for 7"));
}

TEST(Pipeline, ReadsImagesFromTheDisk) {
  const test::TemporaryFolder folder;
  const std::string red = folder / "red.png";
  const std::string broken = folder / "broken.png";
  cv::imwrite(red, cv::Mat(5, 7, CV_8UC3, cv::Scalar(0, 0, 255)));
  test::write_file(broken, "no image");
  InputConfig config;
  config.size = 4;
  config.mean = {0, 0, 0};
  config.std = {1, 1, 1};
  const auto caption = [](const at::Tensor& pixels, const std::vector<Placement>& placements) {
    EXPECT_EQ(pixels.sizes(), at::IntArrayRef({1, 3, 4, 4}));
    EXPECT_TRUE(at::allclose(pixels[0][0], at::ones({4, 4})));
    EXPECT_TRUE(at::allclose(pixels[0][1], at::zeros({4, 4})));
    EXPECT_EQ(placements[0].original_width, 7);
    EXPECT_EQ(placements[0].original_height, 5);
    return std::vector<std::vector<Caption>>(1, std::vector<Caption>(1));
  };
  std::vector<std::string> errors;
  caption_all({broken, red}, config.size, prepare_from_disk(config), caption,
              [&](const BatchRecord& record) {
                errors.push_back(record.error);
                return true;
              },
              {});
  EXPECT_THAT(errors, ::testing::ElementsAre(::testing::HasSubstr("broken.png"), ""));
}

}  // namespace
}  // namespace saccade
