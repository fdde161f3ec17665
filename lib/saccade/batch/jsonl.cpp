#include "saccade/batch/jsonl.h"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "saccade/io/output_check.h"
#include "saccade/io/unicode.h"

namespace saccade {

namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
  throw std::runtime_error(what + " " + path.string() + ": " +
                           std::generic_category().message(errno));
}

/// The contents of a resumed file.
struct Found {
  std::int64_t lines = 0;
  std::int64_t bytes = 0;  // up to the end of the last complete line
};

[[noreturn]] void mismatch(const std::filesystem::path& path, std::int64_t line,
                           const std::string& expected, const std::string& actual) {
  throw std::runtime_error("cannot resume " + path.string() + ": line " + std::to_string(line) +
                           " should be about " + expected + " but " + actual +
                           "; use the inputs of the interrupted run, or another output file");
}

/// Checks that the complete lines of `path` are records of the first `inputs`.
Found check_lines(const std::filesystem::path& path, const std::vector<std::string>& inputs) {
  std::ifstream in(path, std::ios::binary);
  if (!in) fail("cannot read", path);
  Found found;
  std::string line;
  while (std::getline(in, line) && !in.eof()) {  // at eof: an incomplete last line
    const std::int64_t number = found.lines + 1;
    if (number > static_cast<std::int64_t>(inputs.size())) {
      throw std::runtime_error(
          "cannot resume " + path.string() + ": it has more lines than the " +
          std::to_string(inputs.size()) +
          " inputs; use the inputs of the interrupted run, or another output file");
    }
    const std::string expected = nlohmann::json(path_text(inputs[found.lines])).dump();
    const auto json = nlohmann::ordered_json::parse(line, nullptr, false);
    const bool record = json.is_object() && json.contains("image") &&
                        (json.contains("caption") || json.contains("error"));
    if (!record) mismatch(path, number, expected, "is not a batch record");
    const std::string actual = json["image"].dump();
    if (actual != expected) mismatch(path, number, expected, "is about " + actual);
    ++found.lines;
    found.bytes += static_cast<std::int64_t>(line.size()) + 1;
  }
  if (in.bad()) fail("cannot read", path);
  return found;
}

}  // namespace

bool is_unsure(const Caption& caption, double min_confidence) {
  return caption.confidence && *caption.confidence < min_confidence;
}

nlohmann::ordered_json confidence_json(const Caption& caption) {
  return caption.confidence ? nlohmann::ordered_json(*caption.confidence)
                            : nlohmann::ordered_json();
}

std::string to_json_line(const BatchRecord& record, double min_confidence) {
  nlohmann::ordered_json json;
  json["image"] = path_text(record.path);
  if (!record.error.empty()) {
    json["error"] = valid_utf8(record.error);
  } else {
    const Caption& best = record.captions.at(0);
    if (is_unsure(best, min_confidence)) {
      json["caption"] = nullptr;
      json["unsure"] = true;
    } else {
      json["caption"] = best.text;
      json["log_prob"] = best.log_prob;
    }
    json["confidence"] = confidence_json(best);
    if (!record.warning.empty()) json["warning"] = valid_utf8(record.warning);
  }
  return json.dump();
}

JsonlWriter::JsonlWriter(const std::filesystem::path& path) : path_(path) {
  struct stat status {};
  if (const auto descriptor = descriptor_of(path)) {
    file_ = ::fcntl(*descriptor, F_DUPFD_CLOEXEC, 0);
    if (file_ < 0) fail("cannot write", path);
    return;
  }
  if (::stat(path.c_str(), &status) == 0 && S_ISBLK(status.st_mode)) {
    throw std::runtime_error("cannot write " + path.string() + ": it is a block device");
  }
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0 || ::fstat(file_, &status) != 0) fail("cannot write", path);
  regular_ = S_ISREG(status.st_mode);
  if (regular_ && ::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(std::exchange(file_, -1));
    throw std::runtime_error("another run is writing " + path.string());
  }
}

JsonlWriter::JsonlWriter(JsonlWriter&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      regular_(other.regular_),
      size_(other.size_),
      lines_found_(other.lines_found_) {}

JsonlWriter::~JsonlWriter() {
  if (file_ >= 0) ::close(file_);
}

JsonlWriter JsonlWriter::create(const std::filesystem::path& path) {
  JsonlWriter writer(path);
  // Truncated only while the lock is held, so that no lines of another run are lost.
  if (writer.regular_ && ::ftruncate(writer.file_, 0) != 0) fail("cannot write", path);
  return writer;
}

JsonlWriter JsonlWriter::resume(const std::filesystem::path& path,
                                const std::vector<std::string>& inputs) {
  JsonlWriter writer(path);
  if (!writer.regular_) {
    throw std::runtime_error("cannot resume " + path.string() + ": it is not a regular file");
  }
  const Found found = check_lines(path, inputs);
  if (::ftruncate(writer.file_, found.bytes) != 0 ||
      ::lseek(writer.file_, found.bytes, SEEK_SET) < 0) {
    fail("cannot write", path);
  }
  writer.size_ = found.bytes;
  writer.lines_found_ = found.lines;
  return writer;
}

void JsonlWriter::write(const BatchRecord& record, double min_confidence) {
  const std::string line = to_json_line(record, min_confidence) + "\n";
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t count = ::write(file_, line.data() + done, line.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int reason = errno;
      // The disk is full: remove the partial line. Impossible for a pipe.
      if (regular_) static_cast<void>(!::ftruncate(file_, size_));
      errno = reason;
      fail("cannot write", path_);
    }
    done += static_cast<std::size_t>(count);
  }
  size_ += static_cast<std::int64_t>(line.size());
}

void JsonlWriter::finish() {
  if (::fsync(file_) != 0 && errno != EINVAL && errno != EROFS) fail("cannot write", path_);
}

}  // namespace saccade
