#include "saccade/io/image_file.h"

#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/io/tar_file.h"
#include "saccade/io/time_limit.h"

#include "tar_archive.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

ImageFileOptions time_limit(std::chrono::milliseconds timeout) {
  ImageFileOptions options;
  options.timeout = timeout;
  return options;
}

std::string read_image(const fs::path& path, const ImageFileOptions& options = {}) {
  const auto bytes = read_image_file(path, options);
  return {bytes.begin(), bytes.end()};
}

std::string image_refusal(const fs::path& path, const ImageFileOptions& options = {}) {
  try {
    read_image(path, options);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

/// A thread that writes to a pipe, in two parts.
std::thread pipe_writer(const fs::path& pipe, const std::string& bytes) {
  return std::thread([=] {
    const int file = ::open(pipe.c_str(), O_WRONLY);
    EXPECT_EQ(::write(file, bytes.data(), 100), 100);
    std::this_thread::sleep_for(5ms);
    for (std::size_t done = 100; done < bytes.size();) {
      const ssize_t part = ::write(file, bytes.data() + done, bytes.size() - done);
      if (part <= 0) break;
      done += std::size_t(part);
    }
    ::close(file);
  });
}

TEST(ImageFile, IsReadWholeWithAndWithoutALimit) {
  const TemporaryFolder folder;
  for (const std::size_t size : {3, 511, 512, 513, 100'000, 3'000'000}) {
    write_file(folder / "a.jpg", jpeg_like(size));
    EXPECT_EQ(read_image(folder / "a.jpg"), jpeg_like(size));
    EXPECT_EQ(read_image(folder / "a.jpg", time_limit(10s)), jpeg_like(size));
  }
  write_file(folder / "empty.jpg", "");
  EXPECT_EQ(read_image(folder / "empty.jpg"), "");
}

TEST(ImageFile, IsReadFromAPipe) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const auto timeout : {0s, 30s}) {
    std::thread thread = pipe_writer(folder / "pipe", jpeg_like(3'000'000));
    EXPECT_EQ(read_image(folder / "pipe", time_limit(timeout)), jpeg_like(3'000'000));
    thread.join();
  }
}

TEST(ImageFile, IsReadFromAPipeThatIsClosedAlready) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string bytes = jpeg_like(1000);
  ASSERT_EQ(::write(ends[1], bytes.data(), bytes.size()), 1000);
  ::close(ends[1]);
  EXPECT_EQ(read_image("/dev/fd/" + std::to_string(ends[0]), time_limit(30s)), bytes);
  ::close(ends[0]);
}

TEST(ImageFile, OfAPipeThatIsNotWrittenEndsWithTheLimit) {
  const TemporaryFolder folder;
  const fs::path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(image_refusal(pipe, time_limit(20ms)),
              AllOf(HasSubstr(pipe), HasSubstr("within 0.02 s"), HasSubstr("--timeout")));
  // A writer that stops in the middle.
  const int file = ::open(pipe.c_str(), O_RDWR);
  ASSERT_EQ(::write(file, jpeg_like(1000).data(), 1000), 1000);
  EXPECT_THAT(image_refusal(pipe, time_limit(20ms)), HasSubstr("within 0.02 s"));
  ::close(file);
}

TEST(ImageFile, IsReadFromATarArchive) {
  const TemporaryFolder folder;
  write_file(folder / "a.tar", tar_file("x/1.jpg", jpeg_like(1000)) + tar_end());
  ImageFileOptions options;
  EXPECT_EQ(read_image(folder / "a.tar/x/1.jpg", options), jpeg_like(1000));
  options.tars = std::make_shared<TarReader>();
  options.timeout = 30s;
  EXPECT_EQ(read_image(folder / "a.tar/x/1.jpg", options), jpeg_like(1000));
  EXPECT_THAT(image_refusal(folder / "a.tar/2.jpg", options), HasSubstr("no member \"2.jpg\""));
  EXPECT_THAT(image_refusal(folder / "a.tar"), HasSubstr("a.tar/x/1.jpg"));
  write_file(folder / "a.tar", tar_file("x/1.jpg", jpeg_like(1000)));
  EXPECT_THAT(image_refusal(folder / "a.tar"), HasSubstr("has no end mark"));
}

TEST(ImageFile, ErrorsNameTheFile) {
  const TemporaryFolder folder;
  write_file(folder / "a.jpg", "no image");
  fs::create_symlink("gone", folder / "link.jpg");
  EXPECT_THAT(image_refusal(folder / "a.jpg"),
              AllOf(HasSubstr("a.jpg"), HasSubstr("not an image")));
  EXPECT_THAT(image_refusal(folder / "b.jpg"),
              AllOf(HasSubstr("b.jpg"), HasSubstr("does not exist")));
  EXPECT_THAT(image_refusal(folder / "a.jpg/c"), HasSubstr("does not exist"));
  EXPECT_THAT(image_refusal(folder.path()), HasSubstr("is a folder"));
  EXPECT_THAT(image_refusal(folder / "link.jpg"), HasSubstr("link to \"gone\""));
  EXPECT_THAT(image_refusal(folder / "two\nlines\x1B.jpg"), HasSubstr("two\\nlines\\x1B.jpg"));
}

TEST(TimeLimit, WaitsForAnActionThatEnds) {
  bool done = false;
  EXPECT_TRUE(run_within(60s, [&] { done = true; }));
  EXPECT_TRUE(done);
}

TEST(TimeLimit, LeavesABoundedNumberOfActionsBehind) {
  auto released = std::make_shared<std::promise<void>>();
  const std::shared_future<void> release = released->get_future().share();
  for (int i = 0; i < kMaxLeftBehind; ++i) {
    EXPECT_FALSE(run_within(0ms, [release] { release.wait(); }));
  }
  EXPECT_THROW(run_within(60s, [] {}), std::runtime_error);
  const TemporaryFolder folder;
  write_file(folder / "a.jpg", jpeg_like(10));
  EXPECT_THAT(image_refusal(folder / "a.jpg", time_limit(60s)),
              AllOf(HasSubstr("a.jpg"), HasSubstr("64")));
  released->set_value();
  // The threads end soon, and files are read again.
  const auto runs = [] {
    try {
      return run_within(60s, [] {});
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  while (!runs()) std::this_thread::yield();
  EXPECT_TRUE(runs());
}

}  // namespace
}  // namespace saccade::test
