#include "saccade/io/tar_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tar_archive.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string read_member(TarReader& reader, const fs::path& archive, const std::string& name) {
  const auto bytes = reader.read({archive, name}, 1 << 20);
  return {bytes.begin(), bytes.end()};
}

std::string member_refusal(TarReader& reader, const fs::path& archive, const std::string& name) {
  try {
    read_member(reader, archive, name);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

/// A shard as WebDataset writes it: an image, its caption and its metadata per sample.
std::string shard() {
  return tar_file("000.jpg", jpeg_like(700)) + tar_file("000.txt", "a dog") +
         tar_file("000.json", "{}") + tar_file("001.jpg", jpeg_like(512, 'y')) +
         tar_file("001.cls", "3") + tar_file("deeper/002", jpeg_like(2000, 'z')) + tar_end();
}

TEST(TarExtension, IsThatOfPlainAndCompressedArchives) {
  for (const char* name : {"a.tar", "A.TAR", "x/a.tar.gz", "a.tgz", "a.tar.zst", "a.tar.xz"}) {
    EXPECT_TRUE(has_tar_extension(name)) << name;
  }
  for (const char* name : {".tar", "tar", "a.tar.jpg", "a.gz", "a.tarx", ""}) {
    EXPECT_FALSE(has_tar_extension(name)) << name;
  }
}

TEST(TarMemberPath, BeginsWithAnExistingArchive) {
  const TemporaryFolder folder;
  write_file(folder / "a.tar", "");
  fs::create_directory(folder / "b.tar");
  const std::string archive = folder / "a.tar";
  const auto member = tar_member(archive + "/x/y.jpg");
  ASSERT_TRUE(member);
  EXPECT_EQ(member->archive, archive);
  EXPECT_EQ(member->name, "x/y.jpg");
  EXPECT_FALSE(tar_member(archive));
  EXPECT_FALSE(tar_member(archive + "/"));
  EXPECT_FALSE(tar_member(folder / "b.tar/y.jpg"));
  EXPECT_FALSE(tar_member(folder / "c.tar/y.jpg"));
}

TEST(TarListing, HasTheImagesInTheOrderOfTheArchive) {
  const TemporaryFolder folder;
  write_file(folder / "a.tar", shard());
  const TarListing listing = list_tar(folder / "a.tar");
  EXPECT_THAT(listing.images, ElementsAre("000.jpg", "001.jpg", "deeper/002"));
  EXPECT_EQ(listing.problem, "");
}

TEST(TarListing, HasBrokenImagesByTheirName) {
  const TemporaryFolder folder;
  write_file(folder / "a.tar", tar_file("a.PNG", "no image") + tar_file("b.webp", "") + tar_end());
  EXPECT_THAT(list_tar(folder / "a.tar").images, ElementsAre("a.PNG", "b.webp"));
}

TEST(TarListing, ReadsCompressedArchives) {
  const TemporaryFolder folder;
  for (const auto& [name, filter] :
       {std::pair{"a.tar.gz", ARCHIVE_FILTER_GZIP}, std::pair{"a.tar.zst", ARCHIVE_FILTER_ZSTD}}) {
    // A raw archive of one entry is that entry, compressed.
    archive* out = ::archive_write_new();
    ::archive_write_set_format_raw(out);
    ::archive_write_add_filter(out, filter);
    ::archive_write_open_filename(out, (folder / name).c_str());
    archive_entry* entry = ::archive_entry_new();
    ::archive_entry_set_filetype(entry, AE_IFREG);
    ::archive_write_header(out, entry);
    const std::string bytes = shard();
    ::archive_write_data(out, bytes.data(), bytes.size());
    ::archive_entry_free(entry);
    ASSERT_EQ(::archive_write_free(out), ARCHIVE_OK) << name;

    EXPECT_THAT(list_tar(folder / name).images, ElementsAre("000.jpg", "001.jpg", "deeper/002"));
    TarReader reader;
    EXPECT_EQ(read_member(reader, folder / name, "001.jpg"), jpeg_like(512, 'y'));
    EXPECT_EQ(read_member(reader, folder / name, "000.jpg"), jpeg_like(700));

    const std::string whole = read_file(folder / name);
    write_file(folder / name, whole.substr(0, whole.size() / 2));
    EXPECT_THAT(list_tar(folder / name).problem,
                AllOf(HasSubstr(folder / name), HasSubstr("is truncated or damaged")));
  }
}

TEST(TarListing, KeepsNamesOfAnyBytesAndLength) {
  const TemporaryFolder folder;
  const std::string name = "line\nbreak \xFF\xC3\xA9.jpg";
  write_file(folder / "a.tar", tar_file(name, jpeg_like(10)) + tar_end());
  EXPECT_THAT(list_tar(folder / "a.tar").images, ElementsAre(name));
  TarReader reader;
  EXPECT_EQ(read_member(reader, folder / "a.tar", name), jpeg_like(10));

  // A name over 100 bytes precedes its member in a pax header.
  const std::string long_name = std::string(150, 'l') + "\xC3\xA9.jpg";
  const std::string field = "166 path=" + long_name + "\n";
  ASSERT_EQ(field.size(), 166u);
  const std::string pax =
      tar_header("pax", field.size(), 'x') + field + std::string(512 - field.size(), '\0');
  write_file(folder / "b.tar", pax + tar_file("short", jpeg_like(10)) + tar_end());
  EXPECT_THAT(list_tar(folder / "b.tar").images, ElementsAre(long_name));
}

TEST(TarListing, StopsWhereTheArchiveIsTruncated) {
  const TemporaryFolder folder;
  const std::string whole = shard();
  const std::size_t second = whole.find("001.jpg");
  write_file(folder / "a.tar", whole.substr(0, second + 512 + 100));
  TarListing listing = list_tar(folder / "a.tar");
  EXPECT_THAT(listing.images, ElementsAre("000.jpg"));
  EXPECT_THAT(listing.problem, AllOf(HasSubstr(folder / "a.tar"), HasSubstr("001.jpg"),
                                     HasSubstr(std::to_string(second))));
  // In a header, between two members, and before the mark of the end.
  for (const std::size_t size : {second + 100, second, whole.size() - 1024}) {
    write_file(folder / "a.tar", whole.substr(0, size));
    listing = list_tar(folder / "a.tar");
    EXPECT_EQ(listing.images.size(), size > second + 512 ? 3u : 1u) << size;
    EXPECT_THAT(
        listing.problem,
        AllOf(HasSubstr(folder / "a.tar"),
              HasSubstr(std::to_string(size > second && size < second + 512 ? second : size))))
        << size;
  }
}

TEST(TarListing, StopsAtADamagedHeader) {
  const TemporaryFolder folder;
  std::string bytes = shard();
  const std::size_t second = bytes.find("001.jpg");
  bytes[second + 3] ^= 1;
  write_file(folder / "a.tar", bytes);
  const TarListing listing = list_tar(folder / "a.tar");
  EXPECT_THAT(listing.images, ElementsAre("000.jpg"));
  EXPECT_THAT(listing.problem, AllOf(HasSubstr(folder / "a.tar"), HasSubstr("000.json"),
                                     HasSubstr(std::to_string(second))));
}

TEST(TarListing, NamesAFileThatIsNoArchive) {
  const TemporaryFolder folder;
  for (const char* bytes : {"", "no archive"}) {
    write_file(folder / "a.tar", bytes);
    const TarListing listing = list_tar(folder / "a.tar");
    EXPECT_THAT(listing.images, IsEmpty());
    EXPECT_THAT(listing.problem, HasSubstr(folder / "a.tar"));
  }
  EXPECT_THAT(list_tar(folder / "absent.tar").problem, HasSubstr("absent.tar"));
}

TEST(TarListing, ReportsNamesThatAreNotUnique) {
  const TemporaryFolder folder;
  write_file(folder / "a.tar", tar_file("a.jpg", jpeg_like(10)) + tar_file("b.jpg", jpeg_like(10)) +
                                   tar_file("a.jpg", jpeg_like(20)) + tar_end());
  const TarListing listing = list_tar(folder / "a.tar");
  EXPECT_THAT(listing.images, ElementsAre("a.jpg", "b.jpg"));
  EXPECT_THAT(listing.problem, HasSubstr("several members named \"a.jpg\""));
}

TEST(TarReader, ReadsMembersInAnyOrder) {
  const TemporaryFolder folder;
  std::string bytes;
  for (int i = 0; i < 20; ++i)
    bytes += tar_file(std::to_string(i) + ".jpg", jpeg_like(3 + 100 * i));
  write_file(folder / "a.tar", bytes + tar_end());
  TarReader reader;
  for (const int i : {0, 2, 1, 5, 3, 4, 19, 0, 0, 7, 19, 6}) {
    EXPECT_EQ(read_member(reader, folder / "a.tar", std::to_string(i) + ".jpg"),
              jpeg_like(3 + 100 * i))
        << i;
  }
}

TEST(TarReader, ServesThreadsOverManyArchives) {
  const TemporaryFolder folder;
  constexpr int kArchives = 12, kMembers = 30, kThreads = 4;
  const auto contents = [](int archive, int member) {
    return jpeg_like(10 + archive * 100 + member);
  };
  for (int a = 0; a < kArchives; ++a) {
    std::string bytes;
    for (int i = 0; i < kMembers; ++i) bytes += tar_file(std::to_string(i), contents(a, i));
    write_file(folder / (std::to_string(a) + ".tar"), bytes + tar_end());
  }
  TarReader reader;
  std::vector<int> wrong(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < kArchives * kMembers; i += kThreads) {
        const int a = i / kMembers, member = i % kMembers;
        wrong[t] += read_member(reader, folder / (std::to_string(a) + ".tar"),
                                std::to_string(member)) != contents(a, member);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ElementsAre(0, 0, 0, 0));
}

TEST(TarReader, NamesWhatItCannotRead) {
  const TemporaryFolder folder;
  write_file(folder / "a.tar", tar_file("a.jpg", jpeg_like(10)) +
                                   tar_header("link.jpg", 0, '2', "a.jpg") +
                                   tar_file("large.jpg", jpeg_like(2 << 20)) + tar_end());
  TarReader reader;
  EXPECT_THAT(list_tar(folder / "a.tar").images, ElementsAre("a.jpg", "link.jpg", "large.jpg"));
  EXPECT_THAT(member_refusal(reader, folder / "a.tar", "b.jpg"),
              AllOf(HasSubstr(folder / "a.tar"), HasSubstr("no member \"b.jpg\"")));
  EXPECT_THAT(member_refusal(reader, folder / "a.tar", "link.jpg"),
              AllOf(HasSubstr("link.jpg"), HasSubstr("link to \"a.jpg\"")));
  EXPECT_THAT(member_refusal(reader, folder / "a.tar", "large.jpg"),
              AllOf(HasSubstr("large.jpg"), HasSubstr("1 MiB")));
  EXPECT_EQ(read_member(reader, folder / "a.tar", "a.jpg"), jpeg_like(10)) << "after errors";
}

TEST(TarReader, ReadsTheMembersBeforeDamage) {
  const TemporaryFolder folder;
  const std::string whole = shard();
  write_file(folder / "a.tar", whole.substr(0, whole.find("deeper/002") + 600));
  TarReader reader;
  EXPECT_EQ(read_member(reader, folder / "a.tar", "001.jpg"), jpeg_like(512, 'y'));
  EXPECT_THAT(member_refusal(reader, folder / "a.tar", "deeper/002"), HasSubstr("deeper/002"));
  EXPECT_EQ(read_member(reader, folder / "a.tar", "000.jpg"), jpeg_like(700));
}

}  // namespace
}  // namespace saccade::test
