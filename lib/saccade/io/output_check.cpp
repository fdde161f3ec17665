#include "saccade/io/output_check.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "saccade/io/file_format.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_output(const fs::path& output, const std::string& what) {
  throw std::invalid_argument("the output \"" + output.string() + "\" " + what);
}

void require_no_input(const fs::path& output, const std::vector<fs::path>& inputs) {
  const FileSet files(inputs);
  const fs::path* input = files.find(output);
  if (!input) return;
  refuse_output(output,
                (*input == output ? "is one of the inputs"
                                  : "is the same file as the input \"" + input->string() + "\"") +
                    std::string("; give another name"));
}

/// The folder that contains `path`.
fs::path folder_around(const fs::path& path) {
  const fs::path folder = path.parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

}  // namespace

std::optional<int> descriptor_of(const fs::path& path) {
  fs::path at = path;
  std::error_code error;
  for (int links = 0; links < 40; ++links) {
    if (at == "/dev/stdin") return 0;
    if (at == "/dev/stdout") return 1;
    if (at == "/dev/stderr") return 2;
    const std::string folder = at.parent_path().string();
    const std::string name = at.filename().string();
    if (folder == "/dev/fd" || folder == "/proc/self/fd" ||
        folder == "/proc/" + std::to_string(::getpid()) + "/fd") {
      int number = -1;
      const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
      if (read.ec == std::errc() && read.ptr == name.data() + name.size()) return number;
    }
    const fs::path target = fs::read_symlink(at, error);
    if (error) return std::nullopt;
    at = (at.parent_path() / target).lexically_normal();
  }
  return std::nullopt;
}

FileSet::FileSet(const std::vector<fs::path>& paths) {
  for (const fs::path& path : paths) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0)
      files_.try_emplace({status.st_dev, status.st_ino}, path);
  }
}

const fs::path* FileSet::find(const fs::path& path) const {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return nullptr;
  const auto found = files_.find({status.st_dev, status.st_ino});
  return found == files_.end() ? nullptr : &found->second;
}

void require_output_file(const fs::path& output, const std::vector<fs::path>& inputs) {
  if (output.empty()) refuse_output(output, "has no name; give the name of a file");
  if (descriptor_of(output)) return;
  struct stat status {};
  if (::stat(output.c_str(), &status) != 0) {
    if (!output.has_filename())
      refuse_output(output, "is named like a folder; give the name of a file");
    const fs::path folder = folder_around(output);
    if (!fs::is_directory(folder)) {
      throw std::runtime_error("the output \"" + output.string() +
                               "\" cannot be written: the folder \"" + folder.string() +
                               "\" does not exist; create it first");
    }
    if (::access(folder.c_str(), W_OK) != 0) {
      throw std::runtime_error("the output \"" + output.string() +
                               "\" cannot be written into its folder: " + std::strerror(errno));
    }
    return;
  }
  if (S_ISDIR(status.st_mode)) refuse_output(output, "is a folder; give the name of a file");
  if (S_ISBLK(status.st_mode)) refuse_output(output, "is a block device; give the name of a file");
  if (S_ISSOCK(status.st_mode)) refuse_output(output, "is a socket; give the name of a file");
  if (!S_ISREG(status.st_mode)) return;  // pipes and character devices are written directly
  require_no_input(output, inputs);
  if (const char* format = image_format_of_file(output)) {
    refuse_output(output, "is a " + std::string(format) +
                              " image that would be lost; give another name, or remove it first");
  }
  if (::access(output.c_str(), W_OK) != 0) {
    throw std::runtime_error("the output \"" + output.string() +
                             "\" cannot be written: " + std::strerror(errno));
  }
}

void require_output_folder(const fs::path& output, const std::vector<fs::path>& inputs) {
  if (output.empty()) refuse_output(output, "has no name; give the name of a folder");
  for (fs::path at = output; !at.empty(); at = at.parent_path()) {
    struct stat status {};
    if (::stat(at.c_str(), &status) == 0) {
      if (!S_ISDIR(status.st_mode) && at != output) {
        throw std::runtime_error("the output \"" + output.string() + "\" cannot be created: \"" +
                                 at.string() + "\" is a file, not a folder");
      }
      if (!S_ISDIR(status.st_mode)) refuse_output(output, "is a file; give the name of a folder");
      if (at == output) require_no_input(output, inputs);
      return;
    }
    if (at == at.parent_path()) return;
  }
}

}  // namespace saccade
