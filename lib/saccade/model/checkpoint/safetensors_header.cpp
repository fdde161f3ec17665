#include "saccade/model/checkpoint/safetensors_header.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "saccade/io/json.h"

namespace saccade {
namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;  // the format's own limit

/// One entry of the header. Offsets are relative to the end of the header.
struct Entry {
  std::string name;
  TensorType type = TensorType::f32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

std::string range_text(const Entry& entry) {
  return "[" + std::to_string(entry.begin) + ", " + std::to_string(entry.end) + ")";
}

/// Reads and checks one file.
class Reader {
 public:
  Reader(std::string_view file, const std::string& name) : name_(name), file_(file) {}

  SafetensorsHeader read() {
    const std::string_view header = find_header();
    const auto json = parse_strict_json(header, name_ + ": header");
    if (!json.is_object()) fail("its header is JSON but not an object");
    SafetensorsHeader result;
    std::vector<Entry> entries;
    for (const auto& item : json.items()) {
      if (item.key() == "__metadata__") {
        result.metadata = read_metadata(item.value());
      } else {
        entries.push_back(read_entry(item.key(), item.value()));
      }
    }
    check_layout(entries);
    for (Entry& entry : entries) {
      const std::string_view bytes = data_.substr(entry.begin, entry.end - entry.begin);
      if (entry.type == TensorType::boolean && holds_other_than_booleans(bytes)) {
        fail(entry.name, "it is BOOL but holds a byte that is neither 0 nor 1");
      }
      result.tensors.emplace(std::move(entry.name),
                             StoredTensor{entry.type, std::move(entry.shape), bytes});
    }
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(name_ + ": " + what +
                             "; the file is damaged or not in the safetensors format");
  }
  [[noreturn]] void fail(const std::string& tensor, const std::string& what) const {
    fail("tensor \"" + tensor + "\": " + what);
  }

  std::string_view find_header() {
    if (file_.size() < kLengthBytes) {
      fail("it has " + std::to_string(file_.size()) + " bytes, expected at least 8");
    }
    std::uint64_t length = 0;
    for (std::uint64_t i = kLengthBytes; i-- > 0;) {
      length = length << 8 | static_cast<std::uint8_t>(file_[i]);
    }
    if (length > kLongestHeader) {
      fail("its header length is " + std::to_string(length) + ", expected at most " +
           std::to_string(kLongestHeader));
    }
    if (length > file_.size() - kLengthBytes) {
      fail("its header length is " + std::to_string(length) + ", but only " +
           std::to_string(file_.size() - kLengthBytes) + " bytes follow");
    }
    data_ = file_.substr(kLengthBytes + length);
    const std::string_view header = file_.substr(kLengthBytes, length);
    if (header.empty() || header.front() != '{') fail("its header does not begin with {");
    return header;
  }

  std::map<std::string, std::string> read_metadata(const nlohmann::json& json) const {
    std::map<std::string, std::string> metadata;
    if (!json.is_object()) fail("__metadata__ is not an object");
    for (const auto& item : json.items()) {
      if (!item.value().is_string()) fail("__metadata__." + item.key() + " is not a string");
      metadata.emplace(item.key(), item.value().get<std::string>());
    }
    return metadata;
  }

  Entry read_entry(const std::string& name, const nlohmann::json& json) const {
    Entry entry;
    entry.name = name;
    try {
      JsonFields fields(json, "");
      const std::string type = fields.text("dtype");
      const auto known = tensor_type_from_name(type);
      if (!known) fields.refuse("dtype", "one of " + tensor_type_names());
      entry.type = *known;
      entry.shape = read_shape(fields);
      const auto& offsets = fields.at("data_offsets");
      if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
          !offsets[1].is_number_unsigned()) {
        fields.refuse("data_offsets", "two non-negative integers");
      }
      entry.begin = offsets[0].get<std::uint64_t>();
      entry.end = offsets[1].get<std::uint64_t>();
      fields.finish();
    } catch (const std::runtime_error& error) {
      fail(name, error.what());
    }
    check_size(entry);
    return entry;
  }

  static std::vector<std::int64_t> read_shape(JsonFields& fields) {
    const auto& json = fields.at("shape");
    const char* expected = "an array of non-negative integers";
    if (!json.is_array()) fields.refuse("shape", expected);
    std::vector<std::int64_t> shape;
    for (const auto& extent : json) {
      if (!extent.is_number_unsigned() || extent.get<std::uint64_t>() > INT64_MAX) {
        fields.refuse("shape", expected);
      }
      shape.push_back(extent.get<std::int64_t>());
    }
    return shape;
  }

  void check_size(const Entry& entry) const {
    // A size of 0 counts as 1 here, because the strides must not overflow either.
    std::int64_t bound = static_cast<std::int64_t>(element_size(entry.type));
    bool empty = false;
    for (const auto extent : entry.shape) {
      empty = empty || extent == 0;
      if (__builtin_mul_overflow(bound, std::max<std::int64_t>(extent, 1), &bound)) {
        fail(entry.name, "its size in bytes does not fit into 64 bits");
      }
    }
    const std::uint64_t expected = empty ? 0 : static_cast<std::uint64_t>(bound);
    if (entry.begin > entry.end) {
      fail(entry.name, "its bytes " + range_text(entry) + " end before they begin");
    }
    if (entry.end > data_.size()) {
      fail(entry.name, "its bytes " + range_text(entry) + " reach beyond the " +
                           std::to_string(data_.size()) + " bytes of data");
    }
    if (entry.end - entry.begin != expected) {
      fail(entry.name, "its bytes " + range_text(entry) + " are " +
                           std::to_string(entry.end - entry.begin) +
                           ", but its type and shape need " + std::to_string(expected));
    }
  }

  /// Checks that the tensors cover every byte of the data exactly once.
  void check_layout(std::vector<Entry>& entries) const {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
    });
    std::uint64_t covered = 0;
    const Entry* previous = nullptr;
    for (const auto& entry : entries) {
      if (entry.begin < covered) {
        fail(entry.name, "its bytes " + range_text(entry) + " overlap those of \"" +
                             previous->name + "\" " + range_text(*previous));
      }
      if (entry.begin > covered) {
        fail(entry.name, "its bytes " + range_text(entry) + " leave a gap after byte " +
                             std::to_string(covered));
      }
      covered = entry.end;
      previous = &entry;
    }
    if (covered != data_.size()) {
      fail(std::to_string(data_.size() - covered) + " bytes follow the last tensor");
    }
  }

  const std::string& name_;
  std::string_view file_;
  std::string_view data_;  // the bytes after the header
};

}  // namespace

SafetensorsHeader read_safetensors_header(std::string_view file, const std::string& name) {
  return Reader(file, name).read();
}

}  // namespace saccade
