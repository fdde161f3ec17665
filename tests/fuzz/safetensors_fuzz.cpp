// The header of a safetensors file: accepted tensors are within the file and do not overlap.
#include "saccade/model/checkpoint/safetensors_header.h"

#include "fuzz.h"

namespace saccade::fuzz {
namespace {

std::string file_of(std::string header, std::size_t data) {
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string file;
  for (int byte = 0; byte < 8; ++byte) {
    file.push_back(static_cast<char>(header.size() >> (8 * byte)));
  }
  return file + header + std::string(data, '\0');
}

}  // namespace

std::vector<std::string> seeds() {
  return {file_of("{}", 0),
          file_of(R"({"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2,3],)"
                  R"("data_offsets":[0,24]}})",
                  24),
          file_of(R"({"b":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]},)"
                  R"("e":{"dtype":"F16","shape":[0,7],"data_offsets":[4,4]},)"
                  R"("s":{"dtype":"I8","shape":[],"data_offsets":[4,5]}})",
                  5)};
}

void run(std::string_view input) {
  SafetensorsHeader header;
  if (!accepted(input.size(), {64, 1 << 20},
                [&] { header = read_safetensors_header(input, "fuzz"); })) {
    return;
  }
  std::size_t covered = 0;
  for (const auto& [name, tensor] : header.tensors) {
    std::size_t bytes = element_size(tensor.type);
    for (const std::int64_t extent : tensor.shape) bytes *= static_cast<std::size_t>(extent);
    require(bytes == tensor.bytes.size(), "the size of a tensor matches its shape");
    require(bytes == 0 || (tensor.bytes.data() >= input.data() &&
                           tensor.bytes.data() + bytes <= input.data() + input.size()),
            "a tensor is within the file");
    covered += bytes;
  }
  require(covered <= input.size(), "tensors do not overlap");
}

}  // namespace saccade::fuzz
