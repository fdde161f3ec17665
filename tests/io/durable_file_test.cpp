#include "saccade/io/durable_file.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <thread>
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(DurableFile, AppearsOnlyAfterCommit) {
  const TemporaryFolder folder;
  write_file(folder / "out", "earlier");
  {
    DurableFile file(folder / "out");
    file.write("new");
    EXPECT_EQ(read_file(folder / "out"), "earlier");
  }
  EXPECT_EQ(read_file(folder / "out"), "earlier");
  {
    DurableFile file(folder / "out");
    file.write("new");
    file.commit();
  }
  EXPECT_EQ(read_file(folder / "out"), "new");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("out"));
}

TEST(DurableFile, KeepsThePermissionsOfTheReplacedFile) {
  const TemporaryFolder folder;
  write_file(folder / "out", "earlier");
  fs::permissions(folder / "out", fs::perms(0640));
  DurableFile file(folder / "out");
  file.commit();
  EXPECT_EQ(fs::status(folder / "out").permissions(), fs::perms(0640));
}

TEST(DurableFile, ReplacesTheTargetOfALinkAndKeepsTheLink) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "elsewhere");
  write_file(folder / "elsewhere/out", "earlier");
  fs::create_symlink("elsewhere/out", folder / "link");
  DurableFile file(folder / "link");
  file.write("new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "elsewhere/out"), "new");
}

TEST(DurableFile, WritesAPipeAndADeviceDirectly) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::string read;
  std::thread reader([&] { read = read_file(folder / "pipe"); });
  {
    DurableFile file(folder / "pipe");
    file.write("through the pipe");
    file.commit();
  }
  reader.join();
  EXPECT_EQ(read, "through the pipe");
  EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
  DurableFile null("/dev/null");
  null.write("nothing");
  null.commit();
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(DurableFile, AcceptsTheLongestPossibleName) {
  const TemporaryFolder folder;
  const fs::path path = folder / std::string(255, 'x');
  DurableFile file(path);
  file.write("text");
  file.commit();
  EXPECT_EQ(read_file(path), "text");
}

TEST(DurableFile, NamesTheFileThatCannotBeWritten) {
  const TemporaryFolder folder;
  for (const fs::path& path : {folder / "absent/out", folder.path()}) {
    try {
      DurableFile file(path);
      ADD_FAILURE() << "nothing was thrown for " << path;
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), HasSubstr(path.string()));
    }
  }
}

}  // namespace
}  // namespace saccade
