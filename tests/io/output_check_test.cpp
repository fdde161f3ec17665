#include "saccade/io/output_check.h"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;
using ::testing::HasSubstr;

constexpr char kPng[] = "\x89PNG\r\n\x1A\n and more";

/// The message that rejects an output; "" if it is accepted.
std::string refusal(const fs::path& output, const std::vector<fs::path>& inputs = {}) {
  try {
    require_output_file(output, inputs);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST(OutputFile, MayBeNewOrAnEarlierResult) {
  const TemporaryFolder folder;
  write_file(folder / "in.jpg", "a photograph");
  write_file(folder / "old.jsonl", "{}\n");
  EXPECT_EQ(refusal(folder / "new.jsonl", {folder / "in.jpg", folder / "absent.jpg"}), "");
  EXPECT_EQ(refusal(folder / "old.jsonl", {folder / "in.jpg"}), "");
}

TEST(OutputFile, MustNotBeAnInputUnderAnyName) {
  const TemporaryFolder folder;
  write_file(folder / "in.txt", "a list");
  fs::create_symlink("in.txt", folder / "link.txt");
  fs::create_hard_link(folder / "in.txt", folder / "twin.txt");
  fs::create_directory_symlink(folder.path(), folder / "here");
  for (const char* name :
       {"in.txt", "link.txt", "twin.txt", "here/in.txt", "./here/./here/in.txt"}) {
    EXPECT_THAT(refusal(folder / name, {folder / "other", folder / "in.txt"}), HasSubstr("input"))
        << name;
    EXPECT_THAT(refusal(folder / "in.txt", {folder / name}), HasSubstr("input")) << name;
  }
  EXPECT_THROW(require_output_file(folder / "in.txt", {folder / "in.txt"}), std::invalid_argument);
  EXPECT_EQ(read_file(folder / "in.txt"), "a list");
}

TEST(OutputFile, MustNotBeAnExistingImage) {
  const TemporaryFolder folder;
  write_file(folder / "photo.jsonl", kPng);
  fs::create_symlink("photo.jsonl", folder / "link");
  EXPECT_THAT(refusal(folder / "photo.jsonl"), HasSubstr("PNG image"));
  EXPECT_THAT(refusal(folder / "link"), HasSubstr("PNG image"));
  write_file(folder / "result.jpg", "{}\n");
  EXPECT_EQ(refusal(folder / "result.jpg"), "");
}

TEST(OutputFile, MustNotBeAFolderAndNeedsAnExistingOne) {
  const TemporaryFolder folder;
  EXPECT_THAT(refusal(folder.path()), HasSubstr("is a folder"));
  EXPECT_THAT(refusal(folder / "new/"), HasSubstr("folder"));
  EXPECT_THAT(refusal(""), HasSubstr("no name"));
  EXPECT_THAT(refusal(folder / "absent/out.jsonl"), HasSubstr((folder / "absent").string()));
  write_file(folder / "file", "");
  EXPECT_THAT(refusal(folder / "file/out.jsonl"), HasSubstr((folder / "file").string()));
}

TEST(OutputFile, MustNotBeABlockDevice) {
  const TemporaryFolder folder;
  if (::mknod((folder / "disk").c_str(), S_IFBLK | 0600, makedev(7, 200)) != 0) {
    SUCCEED() << "only root can create block devices";
    return;
  }
  EXPECT_THAT(refusal(folder / "disk"), HasSubstr("block device"));
}

TEST(OutputFile, MayBeAPipeOrACharacterDevice) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal(folder / "pipe"), "");
  EXPECT_EQ(refusal("/dev/null", {"/dev/null"}), "");
  EXPECT_EQ(refusal("/dev/stdout"), "");
}

TEST(OutputFolder, MustNotBeAFileOrAnInput) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "model");
  fs::create_directory_symlink("model", folder / "link");
  write_file(folder / "file", "");
  EXPECT_NO_THROW(require_output_folder(folder / "new/deep", {folder / "model"}));
  EXPECT_NO_THROW(require_output_folder(folder / "model", {}));
  EXPECT_NO_THROW(require_output_folder("new", {}));
  EXPECT_THROW(require_output_folder(folder / "link", {folder / "model"}), std::invalid_argument);
  EXPECT_THROW(require_output_folder(folder / "file", {}), std::invalid_argument);
  EXPECT_THROW(require_output_folder(folder / "file/below", {}), std::runtime_error);
}

TEST(DescriptorOf, RecognizesTheProcesssOwnDescriptors) {
  const TemporaryFolder folder;
  EXPECT_EQ(descriptor_of("/dev/stdout"), 1);
  EXPECT_EQ(descriptor_of("/dev/stderr"), 2);
  EXPECT_EQ(descriptor_of("/dev/fd/7"), 7);
  EXPECT_EQ(descriptor_of("/proc/self/fd/12"), 12);
  fs::create_symlink("/dev/stdout", folder / "out");
  EXPECT_EQ(descriptor_of(folder / "out"), 1);
  EXPECT_EQ(descriptor_of("/dev/null"), std::nullopt);
  EXPECT_EQ(descriptor_of(folder / "absent"), std::nullopt);
  fs::create_symlink("loop", folder / "loop");
  EXPECT_EQ(descriptor_of(folder / "loop"), std::nullopt);
}

}  // namespace
}  // namespace saccade
