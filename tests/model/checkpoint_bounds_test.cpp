// The limits on what a hostile checkpoint can do.
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/model/checkpoint/checkpoint_contents.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kFlood = 1'000'000;  // bytes

std::string refused_bytes(const std::string& bytes) {
  try {
    read_checkpoint_contents(bytes, "hostile.pth");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

std::string little(std::uint64_t value, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

/// A file in the old format, up to the pickle of its state dict.
std::string legacy_start() {
  return std::string("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.",
                     21) +
         std::string("\x80\x02}X\x0d\0\0\0little_endian\x88s.\x80\x02", 26);
}

/// Pushes the function that makes tensors.
const std::string kMaker = "ctorch._utils\n_rebuild_tensor_v2\n";

/// A number, pushed by opcode BININT1.
std::string small(int number) { return std::string("K") + static_cast<char>(number); }

/// Pushes the arguments of a tensor: `elements` values of a type in storage "k".
std::string arguments(const std::string& storage, int elements, const std::string& shape,
                      const std::string& strides) {
  return "((U\x07storagectorch\n" + storage + "\nU\x01kU\x03" + "cpu" + small(elements) + "NtQ" +
         small(0) + shape + strides + "\x89" + "ccollections\nOrderedDict\n)Rt";
}

const std::string kOne = small(1) + "\x85";
const std::string kSixteenOnes = "(" + repeated(small(1), 16) + "t";

struct Flood {
  const char* kind;
  std::string begin, unit;
};

class CheckpointFlood : public ::testing::TestWithParam<Flood> {};

TEST_P(CheckpointFlood, IsRefusedBeforeItUsesManyTimesItsSize) {
  const std::string start = legacy_start() + GetParam().begin;
  const std::string& unit = GetParam().unit;
  const std::string message =
      refused_bytes(start + repeated(unit, (kFlood - start.size()) / unit.size()));
  EXPECT_THAT(message, HasSubstr("describes far more than a file of its size can hold"));
}

INSTANTIATE_TEST_SUITE_P(
    Opcodes, CheckpointFlood,
    ::testing::Values(Flood{"None", "", "N"}, Flood{"Memoize", "N", "\x94"},
                      Flood{"Dictionary", "", "}"}, Flood{"Tuple", "", ")"},
                      Flood{"Duplicate", "]", "2"}, Flood{"Append", "]", "Na"},
                      Flood{"TensorOfRecalledArguments",
                            kMaker + std::string("q\0", 2) +
                                arguments("FloatStorage", 4, kSixteenOnes, kSixteenOnes) + "q\x01",
                            std::string("h\0h\1R0", 6)},
                      Flood{"DictionaryOfRecalledPairs",
                            "](" + repeated("NN\x86", kFlood / 8) + "e\x85q\1" +
                                "ccollections\nOrderedDict\n" + std::string("q\0", 2),
                            std::string("h\0h\1R0", 6)}),
    [](const auto& info) { return info.param.kind; });

/// A whole file: the opcodes of a state dict, and storage "k".
std::string legacy_file(const std::string& items, const std::string& storage,
                        std::int64_t elements) {
  return legacy_start() + items + ".\x80\x02]U\x01ka." + little(std::uint64_t(elements), 8) +
         storage;
}

TEST(CheckpointBounds, ManyNamesOfOneTensorAreRefused) {
  const auto names_of_one = [](int count) {
    std::string items = "}" + kMaker + arguments("FloatStorage", 4, kSixteenOnes, kSixteenOnes) +
                        "R" + std::string("q\0", 2) + "0(";
    for (int i = 0; i < count; ++i) {
      items += "U\x04" + std::to_string(1000 + i) + std::string("h\0", 2);
    }
    return legacy_file(items + "u", std::string(16, '\0'), 4);
  };
  EXPECT_EQ(refused_bytes(names_of_one(1000)), "");
  EXPECT_THAT(refused_bytes(names_of_one(2000)), HasSubstr("names more tensors than it can hold"));
}

TEST(CheckpointBounds, BooleansAreZeroOrOne) {
  const auto file = [](char byte) {
    return legacy_file("}U\x01w" + kMaker + arguments("BoolStorage", 1, kOne, kOne) + "Rs",
                       std::string(1, byte), 1);
  };
  EXPECT_EQ(refused_bytes(file(0)), "");
  EXPECT_EQ(refused_bytes(file(1)), "");
  EXPECT_THAT(refused_bytes(file(2)), HasSubstr("tensor w is boolean but holds a byte"));
}

TEST(CheckpointBounds, ADuplicateStorageIsRefused) {
  const std::string file = legacy_start() + "}U\x01w" + kMaker +
                           arguments("ByteStorage", 1, kOne, kOne) + "Rs.\x80\x02](U\x01kU\x01ke." +
                           repeated(little(1, 8) + "\x05", 2);
  EXPECT_THAT(refused_bytes(file), HasSubstr("has storage k twice"));
}

TEST(CheckpointBounds, TheSizesOfAnEmptyTensorStillCountIn64Bits) {
  const auto file = [](const std::string& size) {
    const std::string shape = small(0) + size + size + "\x87";
    return legacy_file("}U\x01w" + kMaker + arguments("ByteStorage", 0, shape, shape) + "Rs", "",
                       0);
  };
  EXPECT_EQ(refused_bytes(file("J" + little(INT32_MAX, 4))), "");
  EXPECT_THAT(refused_bytes(file("\x8a\x08" + little(INT64_MAX, 8))),
              HasSubstr("tensor w reaches beyond its storage"));
}

/// One entry of a ZIP archive: the offset of its local header, and the size of its contents.
struct ZipEntry {
  std::string name;
  std::size_t offset, size;
};

std::string zip_local_header(const std::string& name, std::size_t size) {
  return "PK\x03\x04" + std::string(14, '\0') + little(size, 4) + little(size, 4) +
         little(name.size(), 2) + little(0, 2) + name;
}

std::string zip_directory(const std::vector<ZipEntry>& entries, std::size_t offset) {
  std::string directory;
  for (const ZipEntry& entry : entries) {
    directory += "PK\x01\x02" + std::string(16, '\0') + little(entry.size, 4) +
                 little(entry.size, 4) + little(entry.name.size(), 2) + std::string(12, '\0') +
                 little(entry.offset, 4) + entry.name;
  }
  return directory + "PK\x05\x06" + std::string(4, '\0') + little(entries.size(), 2) +
         little(entries.size(), 2) + little(directory.size(), 4) + little(offset, 4) + little(0, 2);
}

/// An archive with two storages of 64 bytes, whose headers are `distance` bytes apart.
std::string archive_of_two(std::size_t distance) {
  const std::string shape = small(64) + "\x85";
  std::string second = arguments("ByteStorage", 64, shape, kOne);
  second.replace(second.find("U\x01k"), 3, "U\x01l");
  const std::string pickle = "\x80\x02}U\x01v" + kMaker +
                             arguments("ByteStorage", 64, shape, kOne) + "RsU\x01w" + kMaker +
                             second + "Rs.";
  const std::string name = "a/data.pkl", key = "a/data/k", other = "a/data/l";
  std::string file = zip_local_header(name, pickle.size()) + pickle;
  const std::size_t first = file.size();
  file += zip_local_header(key, 64) + std::string(200, '\1');
  const std::string header = zip_local_header(other, 64);
  file.replace(first + distance, header.size(), header);
  return file +
         zip_directory({{name, 0, pickle.size()}, {key, first, 64}, {other, first + distance, 64}},
                       file.size());
}

TEST(CheckpointBounds, EntriesOfAnArchiveDoNotOverlap) {
  const std::size_t whole = zip_local_header("a/data/k", 64).size() + 64;
  EXPECT_EQ(refused_bytes(archive_of_two(whole)), "");
  EXPECT_THAT(refused_bytes(archive_of_two(whole - 1)), HasSubstr("two of its entries overlap"));
}

}  // namespace
}  // namespace saccade::test
