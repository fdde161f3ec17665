#include <cstdint>
#include <ostream>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/model/checkpoint/tensor_file.h"

#include "temporary_folder.h"

namespace saccade {
namespace {

using test::TemporaryFolder;
using test::write_file;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string length_bytes(std::uint64_t length) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(length >> (8 * i) & 0xff));
  return bytes;
}

std::string file_of(const std::string& header, std::size_t data_size) {
  return length_bytes(header.size()) + header + std::string(data_size, '\0');
}

/// The header entry of one tensor.
std::string tensor(const std::string& name, const std::string& fields) {
  return "\"" + name + "\": {" + fields + "}";
}

const std::string kFour = R"("dtype": "F32", "shape": [4], "data_offsets": [0, 16])";
const std::string kNext = R"("dtype": "F32", "shape": [2], "data_offsets": [16, 24])";

struct Damage {
  std::string kind;
  std::string bytes;
  std::string message;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.kind; }

Damage header(const std::string& kind, const std::string& text, std::size_t data_size,
              const std::string& message) {
  return {kind, file_of(text, data_size), message};
}

/// A file of one tensor "w" with these fields and 16 bytes of data.
Damage fields(const std::string& kind, const std::string& text, const std::string& message) {
  return header(kind, "{" + tensor("w", text) + "}", 16, message);
}

std::vector<Damage> damages() {
  const std::string one = "{" + tensor("w", kFour) + "}";
  const std::string two = "{" + tensor("v", kFour) + "," + tensor("w", kNext) + "}";
  return {
      {"EmptyFile", "", "0 bytes"},
      {"ShortLength", std::string(7, '\0'), "7 bytes"},
      {"NoHeader", length_bytes(0), "begin with {"},
      {"LengthBeyondTheFile", length_bytes(100) + one, "header length is 100"},
      {"LengthOverTheLimit", length_bytes(100'000'001) + one, "100000001"},
      {"LengthOf64Bits", length_bytes(UINT64_MAX) + one, "18446744073709551615"},
      header("NotJson", "{\"w\": nonsense}", 0, "JSON"),
      header("TruncatedHeader", one.substr(0, one.size() - 1), 16, "JSON"),
      header("NotUtf8", "{\"\xff\": {}}", 0, "JSON"),
      header("NotAnObject", "[1, 2]", 0, "begin with {"),
      header("SpaceFirst", " " + one, 16, "begin with {"),
      header("TwoObjects", one + one, 16, "JSON"),
      header("EntryNotAnObject", "{\"w\": 3}", 0, "\"w\""),
      header("SameNameTwice", "{" + tensor("w", kFour) + "," + tensor("w", kFour) + "}", 16,
             "twice"),
      header("SameFieldTwice", "{" + tensor("w", "\"dtype\": \"F16\"," + kFour) + "}", 16, "twice"),
      header("MetadataTwice", R"({"__metadata__": {}, "__metadata__": {}})", 0, "twice"),
      header("MetadataNotAnObject", R"({"__metadata__": []})", 0, "__metadata__"),
      header("MetadataNotText", R"({"__metadata__": {"a": 1}})", 0, "__metadata__.a"),
      fields("UnknownType", R"("dtype": "F33", "shape": [4], "data_offsets": [0, 16])", "\"F33\""),
      fields("UnsupportedType", R"("dtype": "U32", "shape": [4], "data_offsets": [0, 16])",
             "\"U32\""),
      fields("TypeNotText", R"("dtype": 5, "shape": [4], "data_offsets": [0, 16])", "dtype is 5"),
      fields("NoType", R"("shape": [4], "data_offsets": [0, 16])", "dtype is missing"),
      fields("NoShape", R"("dtype": "F32", "data_offsets": [0, 16])", "shape is missing"),
      fields("NoOffsets", R"("dtype": "F32", "shape": [4])", "data_offsets is missing"),
      fields("UnknownField", kFour + ", \"stride\": [1]", "stride is unknown"),
      fields("NegativeShape", R"("dtype": "F32", "shape": [-4], "data_offsets": [0, 16])",
             "non-negative"),
      fields("TwoNegativeExtents", R"("dtype": "F32", "shape": [-2, -2], "data_offsets": [0, 16])",
             "non-negative"),
      fields("FractionalShape", R"("dtype": "F32", "shape": [4.0], "data_offsets": [0, 16])",
             "shape is"),
      fields("ShapeNotAnArray", R"("dtype": "F32", "shape": 4, "data_offsets": [0, 16])",
             "shape is 4"),
      fields("ExtentOf64Bits",
             R"("dtype": "F32", "shape": [18446744073709551615], "data_offsets": [0, 16])",
             "non-negative"),
      fields("OverflowToZero",
             R"("dtype": "F32", "shape": [4294967296, 4294967296], "data_offsets": [0, 0])",
             "64 bits"),
      fields("OverflowToSixteen",
             R"("dtype": "F32", "shape": [4611686018427387908], "data_offsets": [0, 16])",
             "64 bits"),
      fields("OverflowHiddenByZero",
             R"("dtype": "F32", "shape": [0, 4294967296, 4294967296], "data_offsets": [0, 0])",
             "64 bits"),
      fields("NegativeOffset", R"("dtype": "F32", "shape": [4], "data_offsets": [-16, 0])",
             "data_offsets is"),
      fields("OneOffset", R"("dtype": "F32", "shape": [4], "data_offsets": [16])",
             "data_offsets is"),
      fields("ThreeOffsets", R"("dtype": "F32", "shape": [4], "data_offsets": [0, 16, 32])",
             "data_offsets is"),
      fields("EndBeforeBegin", R"("dtype": "F32", "shape": [4], "data_offsets": [16, 0])",
             "end before they begin"),
      fields("TooFewBytes", R"("dtype": "F32", "shape": [4], "data_offsets": [0, 12])", "need 16"),
      fields("TooManyBytes", R"("dtype": "F32", "shape": [3], "data_offsets": [0, 16])", "need 12"),
      fields("BytesOfAnEmptyTensor", R"("dtype": "F32", "shape": [0], "data_offsets": [0, 16])",
             "need 0"),
      header("BeyondTheData", one, 15, "beyond the 15 bytes"),
      fields("FarBeyondTheData",
             R"("dtype": "U8", "shape": [16],)"
             R"("data_offsets": [18446744073709551599, 18446744073709551615])",
             "beyond the 16 bytes"),
      header("Overlap",
             "{" + tensor("v", kFour) + "," +
                 tensor("w", R"("dtype": "F32", "shape": [2], "data_offsets": [12, 20])") + "}",
             20, "overlap those of \"v\""),
      header("SameBytesTwice", "{" + tensor("v", kFour) + "," + tensor("w", kFour) + "}", 16,
             "overlap"),
      header("GapBetween",
             "{" + tensor("v", kFour) + "," +
                 tensor("w", R"("dtype": "F32", "shape": [2], "data_offsets": [20, 28])") + "}",
             28, "gap after byte 16"),
      header("GapBefore",
             "{" + tensor("w", R"("dtype": "F32", "shape": [4], "data_offsets": [4, 20])") + "}",
             20, "gap after byte 0"),
      header("TrailingBytes", two, 25, "1 bytes follow"),
      header("DataOfNoTensor", "{}", 3, "3 bytes follow"),
      {"BoolNeitherTrueNorFalse",
       file_of("{" + tensor("w", R"("dtype": "BOOL", "shape": [1], "data_offsets": [0, 1])") + "}",
               0) +
           "\2",
       "neither 0 nor 1"},
  };
}

class DamagedSafetensors : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedSafetensors, IsRefusedWithFileNameAndReason) {
  const TemporaryFolder folder;
  const auto path = folder / "x.safetensors";
  write_file(path, GetParam().bytes);
  try {
    read_safetensors(path);
    ADD_FAILURE() << "was read";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr(path.string()), HasSubstr(GetParam().message)));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, DamagedSafetensors, ::testing::ValuesIn(damages()),
                         [](const auto& info) { return info.param.kind; });

TEST(Safetensors, ReadsTheValidFilesThatTheDamagedOnesDeriveFrom) {
  const TemporaryFolder folder;
  write_file(folder / "one", file_of("{" + tensor("w", kFour) + "}  ", 16));
  write_file(folder / "two",
             file_of("{" + tensor("v", kFour) + "," + tensor("w", kNext) + "}", 24));
  write_file(folder / "none", file_of("{}", 0));
  EXPECT_EQ(read_safetensors(folder / "one").tensors.size(), 1u);
  EXPECT_EQ(read_safetensors(folder / "two").tensors.size(), 2u);
  EXPECT_TRUE(read_safetensors(folder / "none").tensors.empty());
}

TEST(Safetensors, RefusesAFolderAndAMissingFile) {
  const TemporaryFolder folder;
  EXPECT_THROW(read_safetensors(folder.path()), std::runtime_error);
  EXPECT_THROW(read_safetensors(folder / "absent"), std::runtime_error);
}

TEST(Safetensors, RefusesEveryTruncationOfAValidFile) {
  const TemporaryFolder folder;
  const std::string valid = test::read_file(SACCADE_FIXTURES "/safetensors/small.safetensors");
  for (std::size_t size = 0; size < valid.size(); size += 7) {
    write_file(folder / "x", valid.substr(0, size));
    EXPECT_THROW(read_safetensors(folder / "x"), std::runtime_error) << size;
  }
}

}  // namespace
}  // namespace saccade
