#include "saccade/batch/source.h"

#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tar_archive.h"
#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using test::write_file;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

TEST(ImageSource, ListsASingleImage) {
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

TEST(ImageSource, NamesASourceThatDoesNotExist) {
  const TemporaryFolder folder;
  try {
    list_images(folder / "absent");
    FAIL() << "expected an error";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr((folder / "absent").string()));
  }
}

TEST(ImageSource, AcceptsAnEmptyList) {
  std::istringstream in("\n\r\n\n");
  EXPECT_THAT(read_list(in, "list"), IsEmpty());
}

/// The paths in a list with this name and these bytes.
std::vector<std::string> listed(const std::string& bytes, const fs::path& name = "list",
                                const SourceOptions& options = {}) {
  std::istringstream in(bytes);
  return read_list(in, name, options);
}

std::string refusal(const std::string& bytes, const fs::path& name = "list",
                    const SourceOptions& options = {}) {
  try {
    listed(bytes, name, options);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

constexpr char kJpeg[] = "\xFF\xD8\xFF\xE0 and more";

TEST(ImageSource, FindsImagesByTheirContents) {
  const TemporaryFolder folder;
  for (const char* name : {"a.jfif", "b", "c.data", "d.HEIC", "e.gif"}) {
    write_file(folder / name, kJpeg);
  }
  write_file(folder / "f.txt", "no image");
  write_file(folder / "broken.jpg", "no image");
  EXPECT_THAT(list_images(folder.path()),
              ElementsAre(folder / "a.jfif", folder / "b", folder / "broken.jpg", folder / "c.data",
                          folder / "d.HEIC", folder / "e.gif"));
  EXPECT_THAT(list_images(folder / "c.data"), ElementsAre(folder / "c.data"));
}

TEST(ImageSource, SkipsHiddenFilesUnlessRequested) {
  const TemporaryFolder folder;
  for (const char* name : {".Trash-1000", "@eaDir", ".hidden", "Thumbs", "seen"}) {
    fs::create_directory(folder / name);
    write_file(folder / name / "x.jpg", kJpeg);
  }
  write_file(folder / "._a.jpg", kJpeg);
  EXPECT_THAT(list_images(folder.path()), ElementsAre(folder / "seen/x.jpg"));
  SourceOptions all;
  all.hidden = true;
  EXPECT_EQ(list_images(folder.path(), all).size(), 6u);
  // The given folder may be hidden itself.
  EXPECT_THAT(list_images(folder / ".hidden"), ElementsAre(folder / ".hidden/x.jpg"));
}

TEST(ImageSource, ReportsBrokenLinksToImages) {
  const TemporaryFolder folder;
  fs::create_symlink("gone.jpg", folder / "a");
  fs::create_symlink("gone", folder / "b.png");
  fs::create_symlink("gone", folder / "notes");
  EXPECT_THAT(list_images(folder.path()), ElementsAre(folder / "a", folder / "b.png"));
}

TEST(ImageSource, FiltersByPatterns) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "cats/small");
  fs::create_directories(folder / "dogs");
  for (const char* name : {"cats/1.jpg", "cats/small/2.png", "dogs/1.jpg", "dogs/3.jpg"}) {
    write_file(folder / name, kJpeg);
  }
  const auto with = [&](std::vector<std::string> include, std::vector<std::string> exclude) {
    SourceOptions options;
    options.include = std::move(include);
    options.exclude = std::move(exclude);
    return list_images(folder.path(), options);
  };
  EXPECT_THAT(with({"*.png"}, {}), ElementsAre(folder / "cats/small/2.png"));
  EXPECT_THAT(with({"1.*"}, {}), ElementsAre(folder / "cats/1.jpg", folder / "dogs/1.jpg"));
  EXPECT_THAT(with({"dogs/*", "*.png"}, {"3*"}),
              ElementsAre(folder / "cats/small/2.png", folder / "dogs/1.jpg"));
  EXPECT_THAT(with({}, {"cats"}), ElementsAre(folder / "dogs/1.jpg", folder / "dogs/3.jpg"));
  EXPECT_THAT(with({}, {"cats/small", "dogs/[13].jpg"}), ElementsAre(folder / "cats/1.jpg"));
  SourceOptions options;
  options.exclude = {"b/*"};
  EXPECT_THAT(listed("a/1.jpg\nb/1.jpg\n", "list", options), ElementsAre("a/1.jpg"));
}

/// A tar with two images in a folder and a caption beside each.
std::string two_image_tar() {
  return test::tar_file("2.jpg", kJpeg) + test::tar_file("2.txt", "a dog") +
         test::tar_file("cats/1", kJpeg) + test::tar_file("cats/1.json", "{}");
}

TEST(ImageSource, ListsTheImagesOfATarInItsOrder) {
  const TemporaryFolder folder;
  const fs::path tar = folder / "0.tar";
  write_file(tar, two_image_tar() + test::tar_end());
  EXPECT_THAT(list_images(tar), ElementsAre(tar / "2.jpg", tar / "cats/1"));
  EXPECT_THAT(listed("z.jpg\n" + tar.string() + "\na.jpg\n"),
              ElementsAre("z.jpg", tar / "2.jpg", tar / "cats/1", "a.jpg"));
  write_file(folder / "1.jpg", kJpeg);
  write_file(folder / "-1.jpg", kJpeg);
  EXPECT_THAT(list_images(folder.path()),
              ElementsAre(folder / "-1.jpg", tar / "2.jpg", tar / "cats/1", folder / "1.jpg"));
  EXPECT_THAT(list_images(folder.path().string() + "/"), SizeIs(4));
}

TEST(ImageSource, ListsATarThatIsTruncatedAfterItsImages) {
  const TemporaryFolder folder;
  const fs::path tar = folder / "0.tar";
  write_file(tar, two_image_tar());
  EXPECT_THAT(list_images(tar), ElementsAre(tar / "2.jpg", tar / "cats/1", tar));
  write_file(tar, "");
  EXPECT_THAT(list_images(tar), ElementsAre(tar));
  fs::create_symlink("gone.tar", folder / "1.tar");
  EXPECT_THAT(list_images(folder.path()), ElementsAre(tar, folder / "1.tar"));
}

TEST(ImageSource, FiltersTheMembersOfATar) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "train");
  const fs::path tar = folder / "train/0.tar";
  write_file(tar, two_image_tar() + test::tar_file("./._a.jpg", kJpeg) +
                      test::tar_file(".Trash-1000/b.jpg", kJpeg) + test::tar_end());
  const auto with = [&](std::vector<std::string> include, std::vector<std::string> exclude) {
    SourceOptions options;
    options.include = std::move(include);
    options.exclude = std::move(exclude);
    return list_images(folder.path(), options);
  };
  EXPECT_THAT(with({"*.jpg"}, {}), ElementsAre(tar / "2.jpg"));
  EXPECT_THAT(with({}, {"cats"}), ElementsAre(tar / "2.jpg"));
  EXPECT_THAT(with({}, {"train/0.tar/cats"}), ElementsAre(tar / "2.jpg"));
  EXPECT_THAT(with({}, {"0.tar"}), IsEmpty());
  EXPECT_THAT(with({}, {"train"}), IsEmpty());
  SourceOptions all;
  all.hidden = true;
  EXPECT_THAT(list_images(tar, all), SizeIs(4));
}

TEST(ImageSource, ListsWhatAPatternMatches) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "b");
  const std::string tar = test::tar_file("x.jpg", kJpeg) + test::tar_end();
  for (const char* name : {"a1.tar", "a0.tar", "c.tar"}) write_file(folder / name, tar);
  write_file(folder / "b/1.jpg", kJpeg);
  EXPECT_THAT(list_images(folder / "a*.tar"),
              ElementsAre(folder / "a0.tar/x.jpg", folder / "a1.tar/x.jpg"));
  EXPECT_THAT(list_images(folder / "[bc]*"),
              ElementsAre(folder / "b/1.jpg", folder / "c.tar/x.jpg"));
  EXPECT_THROW(list_images(folder / "d*"), std::runtime_error);
  write_file(folder / "d*", "photo.jpg\n");
  EXPECT_THAT(list_images(folder / "d*"), ElementsAre("photo.jpg")) << "a file of this name";
}

TEST(ImageSource, PassesOverPipesInAFolder) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "a.jpg").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo((folder / "a.tar").c_str(), 0600), 0);
  write_file(folder / "b.jpg", kJpeg);
  EXPECT_THAT(list_images(folder.path()), ElementsAre(folder / "b.jpg"));
  EXPECT_THAT(list_images(folder / "a.jpg"), ElementsAre(folder / "a.jpg")) << "named";
}

TEST(ImageSource, ReadsListsFromWindows) {
  EXPECT_THAT(listed("\xEF\xBB\xBF"
                     "a.jpg\r\nb.jpg\r\n"),
              ElementsAre("a.jpg", "b.jpg"));
  const std::string little(
      "\xFF\xFE"
      "a\0.\0\xE9\0\r\0\n\0"
      "b\0",
      14);
  EXPECT_THAT(listed(little), ElementsAre("a.\xC3\xA9", "b"));
  const std::string big("\xFE\xFF\0a\0.\0j\0\n\0b", 12);
  EXPECT_THAT(listed(big), ElementsAre("a.j", "b"));
  EXPECT_THAT(refusal(little.substr(0, 13)), HasSubstr("invalid UTF-16"));
  EXPECT_THAT(refusal(little.substr(2)), HasSubstr("if it is UTF-16 or UTF-32, save it as UTF-8"));
}

TEST(ImageSource, RefusesNulUnlessRequested) {
  const std::string nul("a\nb.jpg\0c.jpg\0", 14);
  EXPECT_THAT(refusal(nul, "my list"), AllOf(HasSubstr("my list"), HasSubstr("-0")));
  SourceOptions options;
  options.nul_separated = true;
  EXPECT_THAT(listed(nul, "list", options), ElementsAre("a\nb.jpg", "c.jpg"));
}

TEST(ImageSource, ReadsTheColumnOfATable) {
  const TemporaryFolder folder;
  write_file(folder / "here.jpg", kJpeg);
  const std::string csv = "id,path,caption\r\n1,\"a, b.jpg\",x\r\n2,here.jpg,y\r\n";
  EXPECT_THAT(listed(csv, folder / "list.CSV"), ElementsAre("a, b.jpg", folder / "here.jpg"));
  const std::string json =
      "{\"file_name\":\"a\\nb.jpg\",\"text\":\"x\"}\n{\"file_name\":\"here.jpg\"}\n";
  EXPECT_THAT(listed(json, folder / "metadata.jsonl"),
              ElementsAre("a\nb.jpg", folder / "here.jpg"));
  EXPECT_THAT(listed(json), ElementsAre("a\nb.jpg", "here.jpg"));
  SourceOptions options;
  options.column = "text";
  EXPECT_THAT(listed("{\"text\":\"x\",\"path\":\"y\"}\n", "list", options), ElementsAre("x"));
  options.column = "id";
  EXPECT_THAT(listed(csv, "list", options), ElementsAre("1", "2"));
  // A plain list of names is not a table.
  EXPECT_THAT(listed("path,caption\na, b.jpg\n"), ElementsAre("path,caption", "a, b.jpg"));
}

TEST(ImageSource, NamesTheLineOfATableWithoutAPath) {
  EXPECT_THAT(refusal("{\"path\":\"a\"}\n{\"pth\":\"b\"}\n"), HasSubstr("line 2"));
  EXPECT_THAT(refusal("{\"path\":\"a\"}\nno object\n"), HasSubstr("line 2"));
  EXPECT_THAT(refusal("id,name\n1,2\n", "x.csv"), AllOf(HasSubstr("x.csv"), HasSubstr("--column")));
  EXPECT_THAT(refusal("path,x\na,b\nc\n", "x.csv"), HasSubstr("line 3"));
  EXPECT_THAT(refusal("\"\"", "x.csv"), HasSubstr("no row"));
}

TEST(PlacedImages, AreNamedBelowTheFolderOfAll) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "one/deep");
  fs::create_directories(folder / "two");
  for (const char* name : {"one/a.jpg", "one/deep/b.jpg", "two/a.jpg"}) {
    write_file(folder / name, "");
  }
  const PlacedImages single = place_images({folder / "one/"});
  EXPECT_EQ(single.folder, folder / "one");
  EXPECT_THAT(single.places, ElementsAre("a.jpg", "deep/b.jpg"));
  const PlacedImages several = place_images({folder / "one", folder / "two/a.jpg"});
  EXPECT_EQ(several.folder, folder.path());
  EXPECT_THAT(several.places, ElementsAre("one/a.jpg", "one/deep/b.jpg", "two/a.jpg"));
  EXPECT_THAT(place_images({folder / "*/a.jpg"}).places, ElementsAre("one/a.jpg", "two/a.jpg"));
}

TEST(PlacedImages, ListEveryImageOnceAndMissingOnesToo) {
  const TemporaryFolder folder;
  write_file(folder / "a.jpg", "");
  const PlacedImages images =
      place_images({folder / "a.jpg", folder.path(), folder / "." / "a.jpg", folder / "none.txt"});
  EXPECT_THAT(images.places, ElementsAre("a.jpg", "none.txt"));
  EXPECT_THAT(images.paths, ElementsAre(folder / "a.jpg", folder / "none.txt"));
}

/// The write end of a pipe whose read end a ListStream reads.
class ListPipe {
 public:
  ListPipe() {
    if (::pipe(ends_) != 0) throw std::runtime_error("cannot make a pipe");
  }
  ~ListPipe() {
    end();
    ::close(ends_[0]);
  }
  ListPipe(const ListPipe&) = delete;
  ListPipe& operator=(const ListPipe&) = delete;
  int out() const { return ends_[0]; }
  void write(const std::string& text) const {
    ASSERT_EQ(::write(ends_[1], text.data(), text.size()), ssize_t(text.size()));
  }
  void end() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }

 private:
  int ends_[2];
};

TEST(ListStream, GivesALineBeforeTheNextIsWritten) {
  ListPipe pipe;
  ListStream list(pipe.out(), {});
  pipe.write("a\n");
  EXPECT_THAT(list.next(8), ElementsAre("a"));
  pipe.write("b.jpg\r\n\n{\"image\": \"c.jpg\"}\n{\"x\": 1}\nd.j");
  EXPECT_THAT(list.next(3), ElementsAre("b.jpg", "", "c.jpg"));
  EXPECT_THAT(list.next(8), ElementsAre("{\"x\": 1}"));
  pipe.write("pg");
  pipe.end();
  EXPECT_THAT(list.next(8), ElementsAre("d.jpg"));
  EXPECT_THAT(list.next(8), IsEmpty());
}

TEST(ListStream, PassesOverExcludedLinesAndReadsNulAndMarks) {
  ListPipe pipe;
  SourceOptions options;
  options.exclude = {"*.gif"};
  ListStream list(pipe.out(), options);
  pipe.write(
      "\xEF\xBB\xBF"
      "a.gif\nb.jpg\n");
  EXPECT_THAT(list.next(8), ElementsAre("b.jpg"));
  pipe.write(std::string("c\0d\n", 4));
  EXPECT_THROW(list.next(8), std::runtime_error);

  ListPipe wide;
  ListStream utf16(wide.out(), {});
  wide.write(
      std::string("\xFF\xFE"
                  "a\0\n\0b\0",
                  8));
  wide.end();
  EXPECT_THAT(utf16.next(8), ElementsAre("a", "b"));

  ListPipe nul;
  options.nul_separated = true;
  ListStream names(nul.out(), options);
  nul.write(std::string("a\nb\0c\0", 6));
  EXPECT_THAT(names.next(8), ElementsAre("a\nb", "c"));
}

}  // namespace
}  // namespace saccade
