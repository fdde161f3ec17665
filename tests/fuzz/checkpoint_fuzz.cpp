// PyTorch checkpoints in both formats: accepted tensors are within the file.
#include "saccade/model/checkpoint/checkpoint_contents.h"

#include "fuzz.h"

namespace saccade::fuzz {
namespace {

using namespace std::string_literals;

std::string little(std::size_t value, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

/// A state dict with one tensor of 2×2 floats in storage "0", as pickled by PyTorch.
const std::string kPickle =
    "\x80\x02"s
    "ccollections\nOrderedDict\nq\x00)Rq\x01X\x01\x00\x00\x00wq\x02"s
    "ctorch._utils\n_rebuild_tensor_v2\nq\x03((X\x07\x00\x00\x00storageq\x04"s
    "ctorch\nFloatStorage\nq\x05X\x01\x00\x00\x000q\x06X\x03\x00\x00\x00"
    "cpuq\x07K\x04tq\x08QK\x00K\x02K\x02\x86q\x09K\x02K\x01\x86q\x0a\x89h\x00)Rq\x0btq\x0cRq\x0d"
    "s."s;
const std::string kNumbers(16, '\x3f');

std::string legacy() {
  return "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s
         "\x80\x02M\xe9\x03."s
         "\x80\x02}q\x00(X\x10\x00\x00\x00protocol_versionq\x01M\xe9\x03X\x0d\x00\x00\x00"s
         "little_endianq\x02\x88u."s +
         kPickle +
         "\x80\x02]q\x00X\x01\x00\x00\x00"
         "0q\x01"
         "a."s +
         little(4, 8) + kNumbers;
}

std::string archive(bool wide) {
  const std::pair<std::string, std::string> entries[] = {
      {"a/data.pkl", kPickle}, {"a/byteorder", "little"}, {"a/data/0", kNumbers}};
  std::string file, directory;
  for (const auto& [name, contents] : entries) {
    const std::string sizes = little(contents.size(), 4) + little(contents.size(), 4);
    const std::string extra = wide ? little(1, 2) + little(24, 2) + little(contents.size(), 8) +
                                         little(contents.size(), 8) + little(file.size(), 8)
                                   : "";
    directory += "PK\x01\x02" + std::string(16, '\0') + (wide ? std::string(8, '\xff') : sizes) +
                 little(name.size(), 2) + little(extra.size(), 2) + std::string(10, '\0') +
                 (wide ? std::string(4, '\xff') : little(file.size(), 4)) + name + extra;
    file += "PK\x03\x04" + std::string(14, '\0') + sizes + little(name.size(), 2) + little(0, 2) +
            name + contents;
  }
  const std::size_t offset = file.size(), end = offset + directory.size();
  file += directory;
  if (wide) {
    file += "PK\x06\x06" + little(44, 8) + std::string(20, '\0') + little(3, 8) +
            little(directory.size(), 8) + little(offset, 8);
    file += "PK\x06\x07" + little(0, 4) + little(end, 8) + little(1, 4);
  }
  return file + "PK\x05\x06" + std::string(4, '\0') +
         (wide ? std::string(4, '\xff') : little(3, 2) + little(3, 2)) +
         little(directory.size(), 4) + (wide ? std::string(4, '\xff') : little(offset, 4)) +
         little(0, 2);
}

}  // namespace

std::vector<std::string> seeds() { return {legacy(), archive(false), archive(true)}; }

void run(std::string_view input) {
  CheckpointContents tensors;
  if (!accepted(input.size(), {16, 4 << 20},
                [&] { tensors = read_checkpoint_contents(input, "fuzz"); })) {
    return;
  }
  require(!tensors.empty(), "an accepted checkpoint has a tensor");
  for (const auto& [name, tensor] : tensors) {
    require(tensor.storage.data() >= input.data() &&
                tensor.storage.data() + tensor.storage.size() <= input.data() + input.size(),
            "a storage is within the file");
    unsigned __int128 last = static_cast<unsigned __int128>(tensor.offset);
    bool empty = false;
    for (std::size_t i = 0; i < tensor.sizes.size(); ++i) {
      empty = empty || tensor.sizes[i] == 0;
      if (!empty) {
        last += static_cast<unsigned __int128>(tensor.sizes[i] - 1) *
                static_cast<unsigned __int128>(tensor.strides[i]);
      }
    }
    require(empty || (last + 1) * element_size(tensor.type) <= tensor.storage.size(),
            "a tensor is within its storage");
  }
}

}  // namespace saccade::fuzz
