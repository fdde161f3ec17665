#include "saccade/batch/decoder_process.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include "saccade/image/decode_memory.h"
#include "saccade/io/image_file.h"

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// Where the image that the library of bad_jpeg.cpp fails for has its defect, and its width.
enum class Defect { none = 200, crash, abort, endless, memory };

/// The processes that a process has started.
std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream status(entry.path() / "status");
    pid_t child = 0, parent = 0;
    for (std::string word; status >> word;) {
      if (word == "Pid:") status >> child;
      if (word == "PPid:") status >> parent;
    }
    if (child > 0 && parent == process) children.push_back(child);
  }
  return children;
}

/// Waits, for a minute at most, until a process is gone or a zombie.
bool ends(pid_t process) {
  for (int i = 0; i < 6000; ++i) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    std::string state;
    int threads = 1;
    for (std::string word; status >> word;) {
      if (word == "State:") status >> state;
      if (word == "Threads:") status >> threads;
    }
    // Its main thread may be a zombie while another still holds its files.
    if (state.empty() || (state == "Z" && threads <= 1)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

class DecoderProcesses : public ::testing::Test {
 protected:
  DecoderProcesses() {
    config_.size = 32;
    isolation_.program = SACCADE_DECODER;
    pixels_.resize(3 * 32 * 32);
  }
  ~DecoderProcesses() override { ::unsetenv("LD_PRELOAD"); }

  PrepareFunction prepare() const { return prepare_in_processes(config_, options_, isolation_); }
  /// The same, with the library of bad_jpeg.cpp.
  PrepareFunction prepare_badly() const {
    ::setenv("LD_PRELOAD", SACCADE_BAD_JPEG, 1);
    const char* options = std::getenv("ASAN_OPTIONS");
    ::setenv(
        "ASAN_OPTIONS",
        (std::string(options ? options : "") + ":verify_asan_link_order=0:handle_segv=0").c_str(),
        1);
    return prepare();
  }
  std::string image(Defect defect) const {
    const std::string path = folder_ / (std::to_string(int(defect)) + ".jpg");
    cv::imwrite(path, cv::Mat(20, int(defect), CV_8UC3, cv::Scalar(0, 80, 255)));
    return path;
  }
  /// The error of an image, empty if there is none.
  std::string error_of(const PrepareFunction& prepare, const std::string& path) {
    try {
      prepare(path, pixels_.data());
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

  const test::TemporaryFolder folder_;
  InputConfig config_;
  LoadOptions options_;
  IsolationOptions isolation_;
  std::vector<float> pixels_;
};

TEST_F(DecoderProcesses, GiveWhatThisProcessGives) {
  const PrepareFunction apart = prepare(), here = prepare_from_disk(config_, options_);
  std::vector<float> expected(pixels_.size());
  const fs::path source = SACCADE_SOURCE_DIR;
  for (const fs::path& path : {source / "assets/cat.jpg", source / "assets/lake.jpg",
                               source / "tests/fixtures/images/jpeg-all-pixels-but-no-EOI.jpg"}) {
    const Prepared one = apart(path, pixels_.data());
    const Prepared two = here(path, expected.data());
    EXPECT_EQ(pixels_, expected) << path;
    EXPECT_EQ(one.warning, two.warning);
    EXPECT_EQ(one.placement.original_width, two.placement.original_width);
    EXPECT_EQ(one.placement.scale_y, two.placement.scale_y);
  }
  EXPECT_THROW(apart(folder_ / "missing.jpg", pixels_.data()), ReadError);
  test::write_file(folder_ / "broken.jpg",
                   test::read_file(source / "assets/cat.jpg").substr(0, 500));
  EXPECT_EQ(error_of(apart, folder_ / "broken.jpg"), error_of(here, folder_ / "broken.jpg"));
  EXPECT_NE(error_of(apart, folder_ / "broken.jpg"), "");
}

TEST_F(DecoderProcesses, HaveTheLimitsOfThisProcess) {
  const std::int64_t pixels = decode_pixels();
  set_decode_pixels(100);
  const std::string here = error_of(prepare_from_disk(config_, options_), image(Defect::none));
  EXPECT_EQ(error_of(prepare(), image(Defect::none)), here);
  EXPECT_NE(here, "");
  set_decode_pixels(pixels);
}

TEST_F(DecoderProcesses, LoseOneImageToACrash) {
  const PrepareFunction prepare = prepare_badly();
  EXPECT_THAT(error_of(prepare, image(Defect::crash)),
              HasSubstr("201.jpg\" ended the process that decoded it: Segmentation fault"));
  EXPECT_EQ(error_of(prepare, image(Defect::none)), "");
  EXPECT_THAT(error_of(prepare, image(Defect::abort)), HasSubstr("Aborted"));
  EXPECT_EQ(error_of(prepare, image(Defect::none)), "");
}

TEST_F(DecoderProcesses, LoseOneImageToAnEndlessLoop) {
  isolation_.timeout = std::chrono::milliseconds(1500);
  const PrepareFunction prepare = prepare_badly();
  EXPECT_THAT(error_of(prepare, image(Defect::endless)),
              HasSubstr("could not be decoded within 2 s; --decode-timeout"));
  isolation_.timeout = std::chrono::seconds(60);
  EXPECT_EQ(error_of(prepare_badly(), image(Defect::none)), "");
}

TEST_F(DecoderProcesses, LoseOneImageToTooMuchMemory) {
  isolation_.memory = std::int64_t(256) << 20;
  const PrepareFunction prepare = prepare_badly();
  EXPECT_THAT(error_of(prepare, image(Defect::memory)), HasSubstr("204.jpg"));
  EXPECT_EQ(error_of(prepare, image(Defect::none)), "");
}

TEST_F(DecoderProcesses, AreReplacedWhenTheyAreKilled) {
  const PrepareFunction prepare = this->prepare();
  for (const pid_t child : children_of(::getpid())) {
    ::kill(child, SIGKILL);
    ASSERT_TRUE(ends(child));
  }
  EXPECT_EQ(error_of(prepare, image(Defect::none)), "");
}

TEST_F(DecoderProcesses, LeaveNothingBehind) {
  {
    const PrepareFunction prepare = prepare_badly();
    error_of(prepare, image(Defect::crash));
    error_of(prepare, image(Defect::none));
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD) << "neither a process nor a zombie";
}

TEST_F(DecoderProcesses, EndWithTheProcessThatStartedThemEvenInAnEndlessLoop) {
  const std::string path = image(Defect::endless);
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    try {
      const PrepareFunction prepare = prepare_badly();
      static_cast<void>(!::write(ready[1], "x", 1));
      prepare(path, pixels_.data());
    } catch (...) {
    }
    ::_exit(1);
  }
  ::close(ready[1]);
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1) << "the process could not start its decoders";
  const std::vector<pid_t> decoders = children_of(parent);
  EXPECT_EQ(decoders.size(), 1);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  for (const pid_t decoder : decoders) EXPECT_TRUE(ends(decoder));
  ::close(ready[0]);
}

TEST_F(DecoderProcesses, NeedTheirProgram) {
  isolation_.program = folder_ / "none";
  EXPECT_THROW(prepare(), std::runtime_error);
  isolation_.program = "/bin/true";
  EXPECT_THROW(prepare(), std::runtime_error);
}

}  // namespace
}  // namespace saccade
