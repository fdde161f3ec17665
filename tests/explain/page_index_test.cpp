#include "saccade/explain/page/page_index.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "saccade/explain/page/page_contents.h"

#include "explain/made_up_caption.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Page page_with(const Image& photograph, const std::string& name, double suspicion) {
  Page page = page_of(caption_of(photograph, {"a", "dog"}), name, {});
  page.words[1].verdict = PageVerdict{"seen", PageVerdict::Tone::good, "It was."};
  page.words[1].suspicion = suspicion;
  return page;
}

/// The files without the manifest, which tests/io covers.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name != kManifest) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

nlohmann::json entries_of(const fs::path& index) {
  const std::string html = read_file(index), open = "id=\"data\">";
  const std::size_t first = html.find(open) + open.size();
  return nlohmann::json::parse(html.substr(first, html.find("</script>", first) - first));
}

TEST(PageIndex, ListsEveryImageWithItsPageAndThumbnail) {
  TemporaryFolder folder;
  const Image photograph = plain(900, 600, 90);
  PageIndex index(folder.path(), "holiday");
  index.add(page_with(photograph, "one.jpg", 0.2), photograph);
  index.add_failure("two.jpg", "it is cut off");
  index.add(page_with(photograph, "three.jpg", 0.9), photograph);
  EXPECT_EQ(index.finish(), folder / "index.html");

  EXPECT_THAT(names_in(folder.path()), ElementsAre("index.html", "pages", "thumbnails"));
  EXPECT_THAT(names_in(folder / "pages"), ElementsAre("000001.html", "000003.html"));
  const auto entries = entries_of(folder / "index.html");
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0]["name"], "one.jpg");
  EXPECT_EQ(entries[0]["suspicion"], 0.2);
  EXPECT_EQ(entries[0]["words"][1]["verdict"], "seen");
  EXPECT_EQ(entries[1]["failed"], "it is cut off");
  EXPECT_EQ(entries[2]["page"], "pages/000003.html");
  const Image thumbnail = load_image(folder / "thumbnails" / "000003.jpg");
  EXPECT_EQ(thumbnail.width, 320);
  EXPECT_THAT(read_file(folder / "pages" / "000003.html"), HasSubstr("../index.html"));
}

TEST(WritePage, WritesASingleFile) {
  TemporaryFolder folder;
  const Image photograph = plain(30, 20, 90);
  Page page = page_with(photograph, "one.jpg", 0.2);
  const std::vector<std::vector<float>> maps{page.words[0].maps[0], page.words[1].maps[0]};
  add_map_layer(page, "occlusion", maps);
  EXPECT_EQ(write_page(page, photograph, folder / "deep"), folder / "deep" / "index.html");
  EXPECT_THAT(names_in(folder / "deep"), ElementsAre("index.html"));
  EXPECT_THAT(read_file(folder / "deep" / "index.html"), HasSubstr("of the word’s occlusion"));
  EXPECT_THROW(add_map_layer(page, "gradient", {}), std::invalid_argument);
}

TEST(PageIndex, LeavesNoFilesWithoutFinish) {
  TemporaryFolder folder;
  PageIndex(folder.path(), "earlier").finish();
  const std::string before = read_file(folder / "index.html");
  {
    const Image photograph = plain(30, 20, 90);
    PageIndex index(folder.path(), "holiday");
    index.add(page_with(photograph, "one.jpg", 0.2), photograph);
  }
  EXPECT_THAT(names_in(folder.path()), ElementsAre("index.html"));
  EXPECT_EQ(read_file(folder / "index.html"), before);
}

TEST(PageIndex, ReplacesAnEarlierLongerListAndKeepsOtherFiles) {
  TemporaryFolder folder;
  const Image photograph = plain(30, 20, 90);
  for (const int count : {3, 1}) {
    PageIndex index(folder.path(), "holiday");
    for (int i = 0; i < count; ++i) index.add(page_with(photograph, "x.jpg", 0), photograph);
    index.finish();
    if (count == 3) {
      write_file(folder / "pages" / "mine.html", "mine");
      write_file(folder / "pages" / "20240101.pdf", "mine");
      write_file(folder / "thumbnails" / "20240101.jpg", "mine");
    }
  }
  EXPECT_THAT(names_in(folder / "pages"), ElementsAre("000001.html", "20240101.pdf", "mine.html"));
  EXPECT_THAT(names_in(folder / "thumbnails"), ElementsAre("000001.jpg", "20240101.jpg"));
}

TEST(PageIndex, RefusesInAdvanceToReplaceAFileOfTheUser) {
  TemporaryFolder folder;
  fs::create_directory(folder / "pages");
  write_file(folder / "pages" / "000002.html", "mine");
  EXPECT_NO_THROW(PageIndex(folder.path(), "holiday", {"a.jpg"}));
  EXPECT_THROW(PageIndex(folder.path(), "holiday", {"a.jpg", "b.jpg"}), std::invalid_argument);
  write_file(folder / "index.html", "mine");
  EXPECT_THROW(PageIndex(folder.path(), "holiday", {"a.jpg"}), std::invalid_argument);
  EXPECT_EQ(read_file(folder / "index.html"), "mine");
}

TEST(PageIndex, RefusesToReplaceAnImage) {
  TemporaryFolder folder;
  const Image photograph = plain(30, 20, 90);
  {
    PageIndex index(folder.path(), "holiday");
    index.add(page_with(photograph, "x.jpg", 0), photograph);
    index.finish();
  }
  EXPECT_THROW(PageIndex(folder.path(), "again", {folder / "thumbnails" / "000001.jpg"}),
               std::invalid_argument);
}

TEST(PageIndex, EscapesTitleNamesAndReasons) {
  TemporaryFolder folder;
  const std::string evil = "~entries~</script><img src=x onerror=alert(1)>";
  const Image photograph = plain(30, 20, 90);
  PageIndex index(folder.path(), evil);
  index.add(page_with(photograph, evil, 0), photograph);
  index.add_failure(evil, evil);
  index.finish();
  EXPECT_THAT(read_file(folder / "index.html"), Not(HasSubstr("<img src=x")));
  EXPECT_EQ(entries_of(folder / "index.html")[0]["name"], evil);
}

TEST(PageIndex, SupportsAnEmptyList) {
  TemporaryFolder folder;
  PageIndex index(folder.path(), "nothing");
  index.finish();
  EXPECT_EQ(entries_of(folder / "index.html").size(), 0u);
}

TEST(PageIndex, NamesTheFolderThatCannotBeCreated) {
  TemporaryFolder folder;
  write_file(folder / "taken", "a file");
  EXPECT_THROW(PageIndex(folder / "taken", "x"), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
