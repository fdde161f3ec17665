#include "saccade/batch/result_file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "saccade/io/durable_file.h"
#include "saccade/io/locked_file.h"
#include "saccade/io/output_check.h"

namespace saccade {

namespace {

constexpr std::int64_t kGone = -1, kSurplus = -2;  // instead of an input
constexpr auto kFlushInterval = std::chrono::seconds(5);

[[noreturn]] void fail_because(const std::string& what, const std::filesystem::path& path) {
  throw std::runtime_error(what + " " + path.string() + ": " +
                           std::generic_category().message(errno));
}

[[noreturn]] void fail_to_write(const std::filesystem::path& path) {
  throw std::runtime_error("cannot write " + path.string() + ": " +
                           std::generic_category().message(errno) +
                           "; the rows before are complete: remove the cause and run the same "
                           "command again");
}

}  // namespace

RowFormat json_lines() { return {"", false, parse_json_line}; }

RowFormat csv_rows() { return {std::string(csv_header) + "\n", true, parse_csv_row}; }

bool next_row(std::istream& in, bool quoted_breaks, std::string& row) {
  row.clear();
  bool open = false;
  for (std::string line; std::getline(in, line) && !in.eof();) {  // at eof: incomplete
    row += line;
    if (quoted_breaks) open ^= std::count(line.begin(), line.end(), '"') % 2 == 1;
    if (!open) return true;
    row += '\n';
  }
  return false;
}

bool next_header(std::istream& in, const RowFormat& format, const std::filesystem::path& path) {
  std::string row;
  if (format.header.empty()) return true;
  if (!next_row(in, format.quoted_breaks, row)) return false;
  if (row + "\n" == format.header) return true;
  throw std::runtime_error(path.string() + ": its first line is not \"" +
                           format.header.substr(0, format.header.size() - 1) + "\"");
}

ResultFile::ResultFile(const std::filesystem::path& path, RowFormat format,
                       const std::vector<std::string>& inputs)
    : path_(path), format_(std::move(format)), inputs_(&inputs), places_(inputs.size()) {
  struct stat status {};
  if (const auto descriptor = descriptor_of(path)) {
    file_ = ::fcntl(*descriptor, F_DUPFD_CLOEXEC, 0);
    if (file_ < 0) fail_because("cannot write", path);
    return;
  }
  if (::stat(path.c_str(), &status) == 0 && S_ISBLK(status.st_mode)) {
    throw std::runtime_error("cannot write " + path.string() + ": it is a block device");
  }
  const bool pipe = ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
  file_ = ::open(path.c_str(), (pipe ? O_WRONLY : O_RDWR | O_CREAT) | O_CLOEXEC, 0666);
  if (file_ < 0 || ::fstat(file_, &status) != 0) fail_because("cannot write", path);
  regular_ = S_ISREG(status.st_mode);
  if (regular_) lock();
}

void ResultFile::lock() {
  if (lock_file(file_)) return;
  ::close(std::exchange(file_, -1));
  throw std::runtime_error("another run is writing " + path_.string());
}

ResultFile::ResultFile(ResultFile&& other) noexcept
    : path_(std::move(other.path_)),
      format_(std::move(other.format_)),
      inputs_(other.inputs_),
      file_(std::exchange(other.file_, -1)),
      regular_(other.regular_),
      size_(other.size_),
      places_(std::move(other.places_)),
      gone_(std::move(other.gone_)),
      ordered_(other.ordered_),
      in_order_(other.in_order_),
      flushed_(other.flushed_) {}

ResultFile::~ResultFile() {
  if (file_ >= 0) ::close(file_);
}

ResultFile ResultFile::create(const std::filesystem::path& path, const RowFormat& format,
                              const std::vector<std::string>& inputs) {
  ResultFile file(path, format, inputs);
  // Truncated only while the lock is held, so that no rows of another run are lost.
  if (file.regular_ && ::ftruncate(file.file_, 0) != 0) fail_because("cannot write", path);
  file.append(format.header);
  return file;
}

ResultFile ResultFile::resume(const std::filesystem::path& path, const RowFormat& format,
                              const std::vector<std::string>& inputs) {
  ResultFile file(path, format, inputs);
  if (!file.regular_) {
    throw std::runtime_error("cannot resume " + path.string() + ": it is not a regular file");
  }
  file.read_rows();
  if (::ftruncate(file.file_, file.size_) != 0) fail_because("cannot write", path);
  if (file.size_ == 0) file.append(format.header);
  return file;
}

void ResultFile::read_rows() {
  std::ifstream in(path_, std::ios::binary);
  if (!in) fail_because("cannot read", path_);
  if (!next_header(in, format_, path_)) return;
  std::string row;
  std::int64_t line = format_.header.empty() ? 1 : 2;
  size_ = static_cast<std::int64_t>(format_.header.size());
  by_path_.resize(inputs_->size());
  seen_.resize(inputs_->size());
  std::iota(by_path_.begin(), by_path_.end(), 0);
  std::stable_sort(by_path_.begin(), by_path_.end(), [&](std::int64_t a, std::int64_t b) {
    return (*inputs_)[std::size_t(a)] < (*inputs_)[std::size_t(b)];
  });
  while (next_row(in, format_.quoted_breaks, row)) {
    if (row.find('\0') != std::string::npos) break;
    add_row(row, line, size_);
    size_ += static_cast<std::int64_t>(row.size()) + 1;
    line += 1 + std::count(row.begin(), row.end(), '\n');
  }
  if (in.bad()) fail_because("cannot read", path_);
  by_path_ = {};
  seen_ = {};
}

void ResultFile::add_row(const std::string& row, std::int64_t line, std::int64_t offset) {
  WrittenRow written;
  try {
    written = format_.parse(row);
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error("cannot resume " + path_.string() + ": line " + std::to_string(line) +
                             ": " + error.what() +
                             "; restore the file, or start anew with --overwrite");
  }
  const Place place{offset, static_cast<std::int32_t>(row.size() + 1), written.failed};
  // Usually the rows are in the order of the inputs.
  const bool next = in_order_ && ordered_ < std::int64_t(inputs_->size()) &&
                    (*inputs_)[std::size_t(ordered_)] == written.path;
  const std::int64_t input = next ? ordered_ : input_of(written.path);
  if (input == kGone && !written.failed) gone_.push_back(place);
  in_order_ = next;
  if (next) ++ordered_;
  if (input >= 0) places_[std::size_t(input)] = place;
}

/// The first occurrence of a path that has no row yet, else the first whose row is an error: a run
/// processes them in this order.
/// @return kGone if the path is not among the inputs, kSurplus if all its rows are there
std::int64_t ResultFile::input_of(const std::string& path) {
  const auto first = std::lower_bound(by_path_.begin(), by_path_.end(), path,
                                      [&](std::int64_t input, const std::string& other) {
                                        return (*inputs_)[std::size_t(input)] < other;
                                      });
  if (first == by_path_.end() || (*inputs_)[std::size_t(*first)] != path) return kGone;
  std::int32_t& seen = seen_[std::size_t(first - by_path_.begin())];
  const auto same = [&](auto at) {
    return at != by_path_.end() && (*inputs_)[std::size_t(*at)] == path;
  };
  for (auto at = first + seen; same(at); ++at, ++seen) {
    if (places_[std::size_t(*at)].offset < 0) return *at;
  }
  for (auto at = first; same(at); ++at) {
    if (places_[std::size_t(*at)].failed) return *at;
  }
  return kSurplus;
}

std::vector<std::int64_t> ResultFile::missing() const {
  std::vector<std::int64_t> inputs;
  for (const bool failed : {false, true}) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const bool there = places_[i].offset >= 0;
      if (failed ? there && places_[i].failed : !there) inputs.push_back(std::int64_t(i));
    }
  }
  return inputs;
}

BatchCounts ResultFile::counts() const {
  BatchCounts counts;
  for (const Place& place : places_) {
    if (place.offset >= 0) ++(place.failed ? counts.failed : counts.captioned);
  }
  return counts;
}

std::string ResultFile::row_of(std::int64_t input) const {
  const Place& place = places_[std::size_t(input)];
  if (place.offset < 0 || place.failed) return "";
  std::string row(std::size_t(place.size) - 1, '\0');
  const auto read = ::pread(file_, row.data(), row.size(), place.offset);
  if (read != static_cast<ssize_t>(row.size())) fail_because("cannot read", path_);
  return row;
}

void ResultFile::append(std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = regular_ ? ::pwrite(file_, bytes.data() + done, bytes.size() - done,
                                              size_ + static_cast<std::int64_t>(done))
                                   : ::write(file_, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int reason = errno;
      // The disk is full: remove the partial row. Impossible for a pipe.
      if (regular_) static_cast<void>(!::ftruncate(file_, size_));
      errno = reason;
      if (regular_) fail_to_write(path_);
      fail_because("cannot write", path_);
    }
    done += static_cast<std::size_t>(count);
  }
  size_ += static_cast<std::int64_t>(bytes.size());
}

void ResultFile::write(std::int64_t input, std::string_view row, bool failed) {
  const std::string line = std::string(row) + "\n";
  const std::int64_t offset = size_;
  append(line);
  places_[std::size_t(input)] = {offset, static_cast<std::int32_t>(line.size()), failed};
  in_order_ = in_order_ && input == ordered_;
  if (in_order_) ++ordered_;
  const auto now = std::chrono::steady_clock::now();
  if (now - flushed_ < kFlushInterval) return;
  flushed_ = now;
  flush();
}

void ResultFile::flush() {
  if (::fsync(file_) != 0 && errno != EINVAL && errno != EROFS) fail_to_write(path_);
  require_name();
}

/// A file that was removed can still be written, but nobody would find it.
void ResultFile::require_name() {
  if (!regular_ || is_named(file_, path_)) return;
  throw std::runtime_error("the output " + path_.string() +
                           " was removed or replaced while the run was writing it; run the "
                           "command again");
}

void ResultFile::finish() {
  flush();
  const bool complete = std::all_of(places_.begin(), places_.end(),
                                    [](const Place& place) { return place.offset >= 0; });
  if (regular_ && complete && !in_order_) sort_rows();
}

void ResultFile::sort_rows() {
  std::ifstream in(path_, std::ios::binary);
  std::string row;
  const auto copy = [&](const Place& place, DurableFile& to) {
    row.resize(std::size_t(place.size));
    if (!in.seekg(place.offset) || !in.read(row.data(), place.size))
      fail_because("cannot read", path_);
    to.write(row);
  };
  if (!gone_.empty()) {
    const std::filesystem::path removed = path_.string() + ".removed";
    std::string before;
    {
      std::ifstream old(removed, std::ios::binary);
      before.assign(std::istreambuf_iterator<char>(old), {});
    }
    DurableFile file(removed);
    file.write(before.empty() ? format_.header : before);
    for (const Place& place : gone_) copy(place, file);
    file.commit();
  }
  DurableFile file(path_);
  file.write(format_.header);
  for (const Place& place : places_) copy(place, file);
  ::close(std::exchange(file_, file.commit_locked()));
  in_order_ = true;
}

}  // namespace saccade
