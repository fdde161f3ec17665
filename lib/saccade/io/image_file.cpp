#include "saccade/io/image_file.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "saccade/io/byte_view.h"
#include "saccade/io/file_format.h"
#include "saccade/io/tar_file.h"
#include "saccade/io/time_limit.h"
#include "saccade/io/unicode.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kChunk = std::size_t(1) << 20;

[[noreturn]] void refuse_file(const std::string& path, const std::string& what) {
  throw std::runtime_error(image_name(path) + what);
}

[[noreturn]] void fail_to_read(const std::string& path, const std::string& what) {
  throw ReadError(image_name(path) + what);
}

[[noreturn]] void refuse_late(const std::string& path, std::chrono::milliseconds timeout,
                              const std::string& reason) {
  const double seconds = static_cast<double>(timeout.count()) / 1000;
  std::string number = std::to_string(seconds);
  number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  fail_to_read(path, "could not be read within " + number + " s: " + reason +
                         "; --timeout changes the limit");
}

/// Says why a path cannot be opened.
[[noreturn]] void refuse_unopened(const std::string& path, int error) {
  std::error_code ignored;
  if (error == ENOENT && fs::is_symlink(path, ignored)) {
    fail_to_read(path, "is a link to \"" + one_line(fs::read_symlink(path, ignored).string()) +
                           "\", which does not exist");
  }
  if (error == ENOENT || error == ENOTDIR) fail_to_read(path, "does not exist");
  fail_to_read(path, "cannot be opened for reading: " + std::generic_category().message(error));
}

/// A file that is being read, until a point in time.
class TimedFile {
 public:
  TimedFile(const std::string& path, const ImageFileOptions& options)
      : path_(path), timeout_(options.timeout), until_(Clock::now() + options.timeout) {
    // Without O_NONBLOCK, opening a pipe would wait for its writer.
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file_ < 0 || ::fstat(file_, &status_) != 0) refuse_unopened(path, errno);
  }
  ~TimedFile() {
    if (file_ >= 0) ::close(file_);
  }
  TimedFile(const TimedFile&) = delete;
  TimedFile& operator=(const TimedFile&) = delete;

  bool is_folder() const { return S_ISDIR(status_.st_mode); }
  bool is_regular() const { return S_ISREG(status_.st_mode); }
  std::size_t stated_size() const { return is_regular() ? std::size_t(status_.st_size) : 0; }

  /// @return the number of bytes read, 0 at the end
  std::size_t read(std::uint8_t* bytes, std::size_t count) {
    for (bool ready = is_regular();;) {
      if (!ready) wait();
      if (timeout_.count() > 0 && Clock::now() > until_) late();
      const ssize_t part = ::read(file_, bytes, count);
      if (part >= 0) return std::size_t(part);
      if (errno != EINTR && errno != EAGAIN) {
        fail_to_read(path_, "cannot be read completely: " + std::generic_category().message(errno));
      }
      ready = ready && errno == EINTR;
    }
  }

 private:
  void wait() {
    int left = -1;
    if (timeout_.count() > 0) {
      const auto time = std::chrono::ceil<std::chrono::milliseconds>(until_ - Clock::now());
      left = int(std::clamp<std::int64_t>(time.count(), 0, INT_MAX));
    }
    pollfd events{file_, POLLIN, 0};
    if (::poll(&events, 1, left) == 0) late();
  }
  [[noreturn]] void late() const {
    refuse_late(path_, timeout_,
                is_regular() ? "its drive is too slow"
                             : "it is a pipe whose writer is missing or has not finished");
  }

  const std::string& path_;
  const std::chrono::milliseconds timeout_;
  const Clock::time_point until_;
  struct stat status_ {};
  int file_ = -1;
};

[[noreturn]] void refuse_tar(const std::string& path) {
  const TarListing listing = list_tar(path);
  if (!listing.problem.empty()) throw std::runtime_error(listing.problem);
  refuse_file(path, "is a tar archive; `saccade batch` captions the images in it" +
                        (listing.images.empty() ? ", but it has none"
                                                : ", and \"" + path + "/" + listing.images.front() +
                                                      "\" is one of them"));
}

std::vector<std::uint8_t> read_file(const std::string& path, const ImageFileOptions& options) {
  TimedFile file(path, options);
  if (file.is_folder()) refuse_file(path, "is a folder, not a file");
  if (file.is_regular() && has_tar_extension(path)) refuse_tar(path);
  const std::size_t stated = file.stated_size();
  std::vector<std::uint8_t> bytes;
  std::size_t size = 0;
  for (bool identified = false, end = false; !end;) {
    if (std::max(size, stated) > kMaxImageFileBytes) {
      refuse_file(path, "is larger than 2 GB; scale it down first");
    }
    if (size == bytes.size()) {
      // One byte more than stated, so that the next read finds the end.
      bytes.resize(!identified      ? kIdentifyingBytes
                   : size <= stated ? stated + 1
                                    : size + std::max(size, kChunk));
    }
    const std::size_t count = file.read(bytes.data() + size, bytes.size() - size);
    size += count;
    end = count == 0;
    if (!identified && size > 0 && (end || size == kIdentifyingBytes)) {
      const ByteView start(bytes.data(), size);
      if (identify_format(start) == FileFormat::unknown) refuse_not_an_image(start, path);
      identified = true;
    }
  }
  bytes.resize(size);
  return bytes;
}

std::vector<std::uint8_t> read_any(const std::string& path, const ImageFileOptions& options) {
  if (const auto member = tar_member(path)) {
    const auto tars = options.tars ? options.tars : std::make_shared<TarReader>();
    return tars->read(*member, kMaxImageFileBytes);
  }
  return read_file(path, options);
}

}  // namespace

std::string image_name(const std::string& path) { return "image \"" + one_line(path) + "\" "; }

void refuse_not_an_image(ByteView bytes, const std::string& path) {
  const std::string kind = describe_unsupported(bytes);
  throw std::runtime_error("file \"" + one_line(path) + "\" " +
                           (kind.empty() ? "is not an image in a supported format" : kind));
}

std::vector<std::uint8_t> read_image_file(const std::string& path,
                                          const ImageFileOptions& options) {
  if (options.timeout.count() == 0) return read_any(path, options);
  struct Result {
    std::vector<std::uint8_t> bytes;
    std::exception_ptr error;
  };
  const auto result = std::make_shared<Result>();
  // A little more than the limit, so that reads that notice it themselves come first.
  const auto limit = options.timeout + std::chrono::milliseconds(200);
  const bool ended = [&] {
    try {
      return run_within(limit, [result, path, options] {
        try {
          result->bytes = read_any(path, options);
        } catch (...) {
          result->error = std::current_exception();
        }
      });
    } catch (const std::runtime_error& error) {
      fail_to_read(path, std::string("is not read: ") + error.what());
    }
  }();
  if (!ended) {
    refuse_late(path, options.timeout, "its drive or the network does not respond");
  }
  if (result->error) std::rethrow_exception(result->error);
  return std::move(result->bytes);
}

}  // namespace saccade
