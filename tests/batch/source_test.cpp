#include "saccade/batch/source.h"

#include <filesystem>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using test::write_file;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ImageSource, ListsEveryImageUnderAFolderSortedByPath) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "b/deeper");
  for (const char* name :
       {"z.jpg", "a.PNG", "b/2.webp", "b/deeper/1.TIFF", "notes.txt", "c.jpg.bak"}) {
    write_file(folder / name, "");
  }
  EXPECT_THAT(list_images(folder.path()),
              ElementsAre(folder / "a.PNG", folder / "b/2.webp", folder / "b/deeper/1.TIFF",
                          folder / "z.jpg"));
}

TEST(ImageSource, BeginsPathsWithTheFolderAsGiven) {
  const TemporaryFolder folder;
  write_file(folder / "a.jpg", "");
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  const auto dot = list_images(".");
  fs::create_directory("inner");
  write_file("inner/b.jpg", "");
  const auto slash = list_images("inner/");
  fs::current_path(before);
  EXPECT_THAT(dot, ElementsAre("./a.jpg"));
  EXPECT_THAT(slash, ElementsAre("inner/b.jpg"));
}

TEST(ImageSource, FollowsLinksToFilesButNotToFolders) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "real");
  write_file(folder / "real/a.jpg", "");
  fs::create_directory_symlink(folder.path(), folder / "real/loop");
  fs::create_symlink(folder / "real/a.jpg", folder / "link.jpg");
  EXPECT_THAT(list_images(folder.path()), ElementsAre(folder / "link.jpg", folder / "real/a.jpg"));
}

TEST(ImageSource, FindsNothingInAnEmptyFolder) {
  const TemporaryFolder folder;
  EXPECT_THAT(list_images(folder.path()), IsEmpty());
}

TEST(ImageSource, TakesAnImageAsItself) {
  const TemporaryFolder folder;
  write_file(folder / "one.JPEG", "");
  EXPECT_THAT(list_images(folder / "one.JPEG"), ElementsAre(folder / "one.JPEG"));
}

TEST(ImageSource, ReadsAListAsWritten) {
  const TemporaryFolder folder;
  write_file(folder / "list.txt", "b.jpg\r\n\n/a path/with spaces.png\nb.jpg\nlast");
  EXPECT_THAT(list_images(folder / "list.txt"),
              ElementsAre("b.jpg", "/a path/with spaces.png", "b.jpg", "last"));
}

TEST(ImageSource, NamesASourceThatIsNotThere) {
  const TemporaryFolder folder;
  try {
    list_images(folder / "absent");
    FAIL() << "expected an error";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr((folder / "absent").string()));
  }
}

TEST(ImageSource, ReadsAnEmptyListAsNothing) {
  std::istringstream in("\n\r\n\n");
  EXPECT_THAT(read_list(in), IsEmpty());
}

}  // namespace
}  // namespace saccade
