#include "saccade/explain/output_folder.h"

#include <atomic>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unistd.h>

namespace saccade {

namespace fs = std::filesystem;

void make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw std::runtime_error("cannot make the output folder \"" + path.string() +
                             "\": " + error.message());
  }
  if (!fs::is_directory(path)) {
    throw std::runtime_error("cannot write into \"" + path.string() +
                             "\": it is a file, not a folder");
  }
}

void write_bytes(const fs::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), std::streamsize(bytes.size()));
  out.close();
  if (!out) throw std::runtime_error("cannot write \"" + path.string() + "\": is the disk full?");
}

void move_into_place(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    throw std::runtime_error("cannot write \"" + to.string() + "\": " + error.message());
  }
}

Stage::Stage(const fs::path& directory) {
  static std::atomic<int> count{0};
  path_ = directory / (".saccade-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
  make_folder(directory);
  make_folder(path_);
}

Stage::~Stage() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace saccade
