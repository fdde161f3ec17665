#include "saccade/batch/result_file.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/io/unicode.h"

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

const Names kInputs{"a/1.jpg", "a/2.jpg", "b \"quoted\" ü.png"};

/// The row of an image whose caption is its path and `round`; with an error for a round of "!".
std::string row_of(const std::string& path, const std::string& round = "") {
  BatchRecord record;
  record.path = path;
  if (round == "!") {
    record.error = path + ": not an image";
  } else {
    record.captions.resize(1);
    record.captions[0].text = path_text(path) + round;
  }
  return to_json_line(record);
}

std::string file_of(const Names& rows) {
  std::string text;
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

/// Writes the rows of everything that is missing.
void process(ResultFile& file, const Names& inputs, const std::string& round = "") {
  for (const std::int64_t input : file.missing()) {
    file.write(input, row_of(inputs[input], round), round == "!");
  }
  file.finish();
}

std::string error_of_resume(const fs::path& path, const Names& inputs) {
  try {
    ResultFile::resume(path, json_lines(), inputs);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(ResultFile, ReplacesAnOlderFile) {
  const TemporaryFolder folder;
  write_file(folder / "out.jsonl", "something much longer than what is written after it\n\n\n");
  const Names inputs{"x"};
  ResultFile file = ResultFile::create(folder / "out.jsonl", json_lines(), inputs);
  process(file, inputs);
  EXPECT_EQ(read_file(folder / "out.jsonl"), row_of("x") + "\n");
}

// Resuming a run that was interrupted at any byte gives the file of an uninterrupted run.
TEST(ResultFile, ResumesFromEveryByte) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  const std::string whole = file_of({row_of(kInputs[0]), row_of(kInputs[1]), row_of(kInputs[2])});
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string torn = whole.substr(0, size);
    write_file(path, torn);
    ResultFile file = ResultFile::resume(path, json_lines(), kInputs);
    ASSERT_EQ(file.missing().size(), 3 - std::count(torn.begin(), torn.end(), '\n')) << size;
    process(file, kInputs);
    ASSERT_EQ(read_file(path), whole) << "interrupted after " << size << " bytes";
  }
}

TEST(ResultFile, CreatesAMissingFileOnResume) {
  const TemporaryFolder folder;
  ResultFile file = ResultFile::resume(folder / "out.jsonl", json_lines(), kInputs);
  EXPECT_THAT(file.missing(), ElementsAre(0, 1, 2));
}

TEST(ResultFile, TriesErrorsAgainAfterTheMissingImages) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  write_file(path, file_of({row_of(kInputs[0], "!"), row_of(kInputs[1])}));
  ResultFile file = ResultFile::resume(path, json_lines(), kInputs);
  EXPECT_THAT(file.missing(), ElementsAre(2, 0));
  process(file, kInputs);
  EXPECT_EQ(read_file(path), file_of({row_of(kInputs[0]), row_of(kInputs[1]), row_of(kInputs[2])}));
}

TEST(ResultFile, KeepsOneRowOfAnImageThatFailsAgain) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  const Names inputs{"a", "b"};
  write_file(path, file_of({row_of("a", "!"), row_of("b")}));
  for (int run = 0; run < 3; ++run) {
    ResultFile file = ResultFile::resume(path, json_lines(), inputs);
    EXPECT_THAT(file.missing(), ElementsAre(0));
    process(file, inputs, "!");
    EXPECT_EQ(read_file(path), file_of({row_of("a", "!"), row_of("b")}));
  }
}

TEST(ResultFile, CompletesAFileOfEveryStateOfARetry) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  const Names inputs{"a", "b", "c"};
  const std::string before = file_of({row_of("a", "!"), row_of("b", "!"), row_of("c")});
  const std::string after = before + file_of({row_of("a"), row_of("b")});
  for (std::size_t size = before.size(); size <= after.size(); ++size) {
    write_file(path, after.substr(0, size));
    ResultFile file = ResultFile::resume(path, json_lines(), inputs);
    process(file, inputs);
    EXPECT_EQ(read_file(path), file_of({row_of("a"), row_of("b"), row_of("c")})) << size;
  }
}

TEST(ResultFile, PutsImagesThatWereAddedIntoTheirPlaces) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  write_file(path, file_of({row_of("b", " before"), row_of("d", " before")}));
  const Names inputs{"a", "b", "c", "d", "e"};
  ResultFile file = ResultFile::resume(path, json_lines(), inputs);
  EXPECT_THAT(file.missing(), ElementsAre(0, 2, 4));
  process(file, inputs);
  EXPECT_EQ(read_file(path), file_of({row_of("a"), row_of("b", " before"), row_of("c"),
                                      row_of("d", " before"), row_of("e")}));
}

TEST(ResultFile, MovesTheRowsOfImagesThatAreGoneToAnotherFile) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  const Names inputs{"b"};
  for (const std::string gone : {"a", "c"}) {
    write_file(path, file_of({row_of(gone), row_of("b"), row_of("d", "!")}));
    ResultFile file = ResultFile::resume(path, json_lines(), inputs);
    EXPECT_EQ(file.gone(), 1) << "an error is nothing to keep";
    EXPECT_THAT(file.missing(), ElementsAre());
    file.finish();
    EXPECT_EQ(read_file(path), row_of("b") + "\n");
  }
  EXPECT_EQ(read_file(path.string() + ".removed"), file_of({row_of("a"), row_of("c")}));
}

TEST(ResultFile, GivesEveryOccurrenceOfAPathARow) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  const Names inputs{"c", "a", "c", "c"};
  write_file(path, file_of({row_of("c"), row_of("a"), row_of("c", "!")}));
  ResultFile file = ResultFile::resume(path, json_lines(), inputs);
  EXPECT_THAT(file.missing(), ElementsAre(3, 2));
  process(file, inputs);
  EXPECT_EQ(read_file(path), file_of({row_of("c"), row_of("a"), row_of("c"), row_of("c")}));
}

TEST(ResultFile, FindsPathsThatAreNotUtf8) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  const Names inputs{"caf\xe8.jpg", "caf\xe9\n.jpg"};  // both are written as "caf" and U+FFFD
  write_file(path, file_of({row_of(inputs[1])}));
  const ResultFile file = ResultFile::resume(path, json_lines(), inputs);
  EXPECT_THAT(file.missing(), ElementsAre(0));
}

// A file system may leave zeros at the end of a file that was being written at a power cut.
TEST(ResultFile, DiscardsWhatAPowerCutLeft) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  const std::string whole = file_of({row_of(kInputs[0]), row_of(kInputs[1]), row_of(kInputs[2])});
  write_file(path, row_of(kInputs[0]) + "\n" + std::string(100, '\0') + "\n" + row_of("x") + "\n");
  ResultFile file = ResultFile::resume(path, json_lines(), kInputs);
  process(file, kInputs);
  EXPECT_EQ(read_file(path), whole);
}

TEST(ResultFile, RefusesAFileThatIsNotTheOutputOfABatch) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  for (const char* line : {"not json", "[]", "{}", "{\"image\":\"a/1.jpg\"}", "", "\"image\"",
                           "{\"image\":1,\"caption\":\"a\"}"}) {
    write_file(path, row_of("x") + "\n" + line + "\n");
    EXPECT_THAT(error_of_resume(path, kInputs), HasSubstr("line 2")) << line;
    EXPECT_EQ(read_file(path), row_of("x") + "\n" + line + "\n");
  }
}

TEST(ResultFile, ResumesCsvFromEveryByte) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.csv";
  const Names inputs{"a\n\"b\".jpg", "c,d.jpg", "e"};
  std::string whole = std::string(csv_header) + "\n";
  const auto csv_of = [](const std::string& input) {
    BatchRecord record;
    record.path = input;
    record.captions.resize(1);
    record.captions[0].text = "two\nlines";
    return to_csv_row(record);
  };
  for (const std::string& input : inputs) whole += csv_of(input) + "\n";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write_file(path, whole.substr(0, size));
    ResultFile file = ResultFile::resume(path, csv_rows(), inputs);
    for (const std::int64_t input : file.missing()) {
      file.write(input, csv_of(inputs[input]), false);
    }
    file.finish();
    ASSERT_EQ(read_file(path), whole) << "interrupted after " << size << " bytes";
  }
}

TEST(ResultFile, RefusesCsvWithOtherColumns) {
  const TemporaryFolder folder;
  write_file(folder / "out.csv", "image,caption\na,b\n");
  EXPECT_THROW(ResultFile::resume(folder / "out.csv", csv_rows(), kInputs), std::runtime_error);
}

TEST(ResultFile, GivesTheRowsOfCaptionedImages) {
  const TemporaryFolder folder;
  write_file(folder / "out", file_of({row_of(kInputs[0]), row_of(kInputs[1], "!")}));
  const ResultFile file = ResultFile::resume(folder / "out", json_lines(), kInputs);
  EXPECT_EQ(file.row_of(0), row_of(kInputs[0]));
  EXPECT_EQ(file.row_of(1), "");
  EXPECT_EQ(file.row_of(2), "");
}

TEST(ResultFile, RefusesASecondWriterOfTheSameFile) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  ResultFile first = ResultFile::create(path, json_lines(), kInputs);
  first.write(0, row_of(kInputs[0]), false);
  EXPECT_THROW(ResultFile::create(path, json_lines(), kInputs), std::runtime_error);
  EXPECT_THAT(error_of_resume(path, kInputs), HasSubstr("another run"));
  EXPECT_EQ(read_file(path), row_of(kInputs[0]) + "\n");
}

TEST(ResultFile, NamesAPathThatCannotBeWritten) {
  const TemporaryFolder folder;
  try {
    ResultFile::create(folder / "absent/out.jsonl", json_lines(), kInputs);
    FAIL() << "expected an error";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr((folder / "absent/out.jsonl").string()));
  }
}

TEST(ResultFile, SaysThatItWasRemoved) {
  const TemporaryFolder folder;
  ResultFile file = ResultFile::create(folder / "out.jsonl", json_lines(), kInputs);
  file.write(0, row_of(kInputs[0]), false);
  fs::remove(folder / "out.jsonl");
  try {
    file.finish();
    FAIL() << "expected an error";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("was removed"));
  }
}

TEST(ResultFile, WritesToAPipeWithoutTruncatingIt) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::string read;
  std::thread reader([&] { read = read_file(folder / "pipe"); });
  {
    ResultFile file = ResultFile::create(folder / "pipe", json_lines(), kInputs);
    process(file, kInputs);
  }
  reader.join();
  EXPECT_EQ(read, file_of({row_of(kInputs[0]), row_of(kInputs[1]), row_of(kInputs[2])}));
}

TEST(ResultFile, ReportsAFullDisk) {
  ASSERT_TRUE(fs::exists("/dev/full")) << "create it with: mknod -m 666 /dev/full c 1 7";
  ResultFile file = ResultFile::create("/dev/full", json_lines(), kInputs);
  EXPECT_THROW(file.write(0, row_of(kInputs[0]), false), std::runtime_error);
}

}  // namespace
}  // namespace saccade
