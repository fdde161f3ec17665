#include "saccade/batch/decoder_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <vector>

#include "saccade/image/decode_memory.h"
#include "saccade/io/error_text.h"
#include "saccade/io/image_file.h"
#include "saccade/io/tar_file.h"

extern char** environ;

namespace saccade {
namespace {

// The processes are connected by a socket that keeps messages apart, the decoder's standard input,
// and by a file in memory, its standard output: 3·S·S floats for the pixels, then the bytes of an
// image. A message is a letter and its contents.
//   parent: kReady with the settings; for each image kImage with its path; kTaken for each kTake
//   decoder: kReady; for each image kTake and kGive as it needs memory, then kPrepared, kError, or
//            kLastError and its end
constexpr char kReady = 'r', kImage = 'i', kTake = 't', kTaken = 'k', kGive = 'g', kPrepared = 'p',
               kError = 'e', kLastError = 'l';
constexpr std::size_t kMaxMessage = 64 << 10;

struct Settings {
  InputConfig config;
  bool allow_truncated = false;
  int frame = 1;
  std::int64_t decode_memory = 0;
  std::int64_t decode_pixels = 0;
  std::int64_t memory = 0;
};
static_assert(std::is_trivially_copyable_v<Settings> && std::is_trivially_copyable_v<Placement>,
              "they are sent as bytes, to a process of the same build");

template <typename Value>
std::string as_bytes(const Value& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

template <typename Value>
Value value_in(const std::string& bytes) {
  Value value;
  if (bytes.size() < sizeof value) throw std::runtime_error("a message is too short");
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

struct Message {
  char kind = 0;
  std::string contents;
};

/// @return false if the other process has ended
bool send_message(int socket, char kind, const std::string& contents = "") {
  const std::string bytes = kind + contents.substr(0, kMaxMessage - 1);
  ssize_t sent = -1;
  do {
    sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(bytes.size());
}

/// @return nothing if the other process has ended
std::optional<Message> receive_message(int socket) {
  std::string bytes(kMaxMessage, '\0');
  ssize_t size = -1;
  do {
    size = ::recv(socket, bytes.data(), bytes.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size <= 0) return std::nullopt;
  return Message{bytes[0], bytes.substr(1, std::size_t(size) - 1)};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {
    if (number < 0) {
      throw std::runtime_error("cannot prepare a process that decodes images: " +
                               std::generic_category().message(errno));
    }
    if (number > STDERR_FILENO) return;
    // The process may run without standard streams.
    number_ = ::fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    ::close(number);
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

std::size_t pixel_bytes(const InputConfig& config) {
  return 3 * std::size_t(config.size) * std::size_t(config.size) * sizeof(float);
}

/// 3·S·S floats that two processes share.
class SharedPixels {
 public:
  SharedPixels(int file, std::size_t bytes)
      : bytes_(bytes), at_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)) {
    if (at_ == MAP_FAILED) throw std::bad_alloc();
  }
  ~SharedPixels() { ::munmap(at_, bytes_); }
  SharedPixels(const SharedPixels&) = delete;
  SharedPixels& operator=(const SharedPixels&) = delete;

  float* data() const { return static_cast<float*>(at_); }

 private:
  const std::size_t bytes_;
  void* const at_;
};

int memory_file(std::size_t bytes) {
  const int file = ::memfd_create("saccade-pixels", MFD_CLOEXEC);
  if (file >= 0 && ::ftruncate(file, static_cast<off_t>(bytes)) != 0) {
    ::close(file);
    return -1;
  }
  return file;
}

/// Ends the calling process when its parent has ended, even while a codec is in an endless loop.
void end_with_parent() {
  std::thread([] {
    pollfd parent{STDIN_FILENO, 0, 0};  // POLLHUP is always reported
    while (::poll(&parent, 1, -1) <= 0) {
    }
    ::_exit(0);
  }).detach();
}

/// Limits the memory that this process may allocate from now on.
void limit_memory(std::int64_t bytes) {
  std::ifstream in("/proc/self/status");
  std::int64_t used = 0;
  for (std::string word; in >> word;) {
    if (word == "VmData:" && in >> used) break;
  }
  const auto limit = static_cast<rlim_t>(used * 1024 + bytes);
  const rlimit both{limit, limit};
  ::setrlimit(RLIMIT_DATA, &both);
}

std::vector<std::uint8_t> encoded_image_in(int file, std::size_t offset) {
  struct stat status {};
  ::fstat(file, &status);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(status.st_size) - offset);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count =
        ::pread(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count <= 0) throw std::runtime_error("cannot read the bytes of the image");
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

/// Decodes one image for the parent.
/// @return false if this process should not decode another one
bool serve_image(const Settings& settings, const LoadOptions& options, const std::string& path,
                 int file, float* pixels) {
  try {
    const auto bytes = encoded_image_in(file, pixel_bytes(settings.config));
    const Image image = decode_image(bytes, path, options);
    const Placement placement = prepare_into(image, settings.config, pixels);
    return send_message(STDIN_FILENO, kPrepared, as_bytes(placement) + image.warning);
  } catch (const std::bad_alloc&) {
    // What else it holds is not known, so it ends.
    send_message(STDIN_FILENO, kLastError, current_error_text(path));
    return false;
  } catch (...) {
    return send_message(STDIN_FILENO, kError, current_error_text(path));
  }
}

/// What ended a process, for a sentence about an image.
std::string ending_of(int status) {
  if (WIFSIGNALED(status)) return ::strsignal(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

/// A decoder, from the parent's side.
class DecoderProcess {
 public:
  /// @throws std::runtime_error if it does not start.
  DecoderProcess(const Settings& settings, const IsolationOptions& isolation);
  ~DecoderProcess() {
    if (running()) end();
  }
  DecoderProcess(const DecoderProcess&) = delete;
  DecoderProcess& operator=(const DecoderProcess&) = delete;

  bool running() const { return process_ > 0; }
  /// @return false if the process has ended meanwhile
  bool request(const std::string& path, const std::vector<std::uint8_t>& image) const;
  /// The result of the request. If there is none, the process has ended or is ended.
  Prepared answer(const std::string& path, float* pixels);

 private:
  void start(const std::string& program);
  std::string end();

  const std::chrono::milliseconds timeout_;
  const std::size_t bytes_;
  const Descriptor memory_;
  const SharedPixels shared_;
  std::optional<Descriptor> socket_;
  pid_t process_ = -1;
};

DecoderProcess::DecoderProcess(const Settings& settings, const IsolationOptions& isolation)
    : timeout_(isolation.timeout),
      bytes_(pixel_bytes(settings.config)),
      memory_(memory_file(bytes_)),
      shared_(memory_.number(), bytes_) {
  start(isolation.program);
  const bool sent = send_message(socket_->number(), kReady, as_bytes(settings));
  const auto ready = sent ? receive_message(socket_->number()) : std::nullopt;
  if (ready && ready->kind == kReady) return;
  throw std::runtime_error(isolation.program.string() +
                           " decodes images, but does not start: " + end());
}

void DecoderProcess::start(const std::string& program) {
  int pair[2] = {-1, -1};
  static_cast<void>(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
  socket_.emplace(pair[0]);
  const Descriptor theirs(pair[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, theirs.number(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, memory_.number(), STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  std::string name = program;
  char* const arguments[] = {name.data(), nullptr};
  const int error =
      ::posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return;
  process_ = -1;
  throw std::runtime_error(program + ": cannot start the program that decodes images (" +
                           std::generic_category().message(error) +
                           "); install all of Saccade with `cmake --install`");
}

/// Ends the process if it has not ended. @return what ended it
std::string DecoderProcess::end() {
  int status = 0;
  ::kill(process_, SIGKILL);  // changes nothing if it has ended
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return ending_of(status);
}

bool DecoderProcess::request(const std::string& path,
                             const std::vector<std::uint8_t>& image) const {
  const int file = memory_.number();
  bool written = ::ftruncate(file, static_cast<off_t>(bytes_ + image.size())) == 0;
  for (std::size_t done = 0; written && done < image.size();) {
    const ssize_t count =
        ::pwrite(file, image.data() + done, image.size() - done, static_cast<off_t>(bytes_ + done));
    written = count > 0;
    if (written) done += static_cast<std::size_t>(count);
  }
  if (!written) throw std::bad_alloc();
  return send_message(socket_->number(), kImage, path);
}

Prepared DecoderProcess::answer(const std::string& path, float* pixels) {
  using Clock = std::chrono::steady_clock;
  std::vector<std::unique_ptr<DecodeShare>> shares;
  Clock::time_point until = Clock::now() + timeout_;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    pollfd events{socket_->number(), POLLIN, 0};
    const int wait = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
    const int found = ::poll(&events, 1, wait);
    if (found < 0 || (found == 0 && Clock::now() < until)) continue;
    if (found == 0) {
      end();
      throw std::runtime_error(
          image_name(path) + "could not be decoded within " +
          std::to_string(std::chrono::ceil<std::chrono::seconds>(timeout_).count()) +
          " s; --decode-timeout changes the limit");
    }
    const auto message = receive_message(socket_->number());
    if (!message) {
      throw std::runtime_error(image_name(path) + "ended the process that decoded it: " + end());
    }
    switch (message->kind) {
      case kTake: {
        const auto bytes = value_in<std::int64_t>(message->contents);
        shares.push_back(
            std::make_unique<DecodeShare>(std::clamp<std::int64_t>(bytes, 0, decode_memory())));
        send_message(socket_->number(), kTaken);
        until = Clock::now() + timeout_;
        break;
      }
      case kGive:
        if (!shares.empty()) shares.pop_back();
        break;
      case kPrepared:
        std::memcpy(pixels, shared_.data(), bytes_);
        return Prepared(value_in<Placement>(message->contents),
                        message->contents.substr(sizeof(Placement)));
      case kLastError:
        end();
        throw std::runtime_error(message->contents);
      case kError:
        throw std::runtime_error(message->contents);
      default:
        break;
    }
  }
}

/// The decoders that wait for an image.
class DecoderPool {
 public:
  DecoderPool(const Settings& settings, const ImageFileOptions& reading, IsolationOptions isolation)
      : settings_(settings), reading_(reading), isolation_(std::move(isolation)) {
    if (!reading_.tars) reading_.tars = std::make_shared<TarReader>();
    keep(start());
  }

  Prepared prepare(const std::string& path, float* pixels) {
    if (path.size() >= kMaxMessage) throw std::runtime_error("the name of an image is too long");
    const std::vector<std::uint8_t> image = read_image_file(path, reading_);
    std::unique_ptr<DecoderProcess> decoder = take();
    if (!decoder->request(path, image)) {
      decoder = start();
      if (!decoder->request(path, image)) {
        throw std::runtime_error(image_name(path) + "is not decoded: the new process has ended");
      }
    }
    try {
      const Prepared prepared = decoder->answer(path, pixels);
      keep(std::move(decoder));
      return prepared;
    } catch (...) {
      if (decoder->running()) keep(std::move(decoder));
      throw;
    }
  }

 private:
  std::unique_ptr<DecoderProcess> start() const {
    return std::make_unique<DecoderProcess>(settings_, isolation_);
  }
  std::unique_ptr<DecoderProcess> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto decoder = std::move(idle_.back());
        idle_.pop_back();
        return decoder;
      }
    }
    return start();
  }
  void keep(std::unique_ptr<DecoderProcess> decoder) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(decoder));
  }

  const Settings settings_;
  ImageFileOptions reading_;
  const IsolationOptions isolation_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<DecoderProcess>> idle_;
};

}  // namespace

PrepareFunction prepare_in_processes(const InputConfig& config, const LoadOptions& options,
                                     const IsolationOptions& isolation) {
  Settings settings;
  settings.config = config;
  settings.allow_truncated = options.allow_truncated;
  settings.frame = options.frame;
  settings.decode_memory = decode_memory();
  settings.decode_pixels = decode_pixels();
  settings.memory = isolation.memory;
  const auto pool = std::make_shared<DecoderPool>(settings, options.file, isolation);
  return [pool](const std::string& path, float* pixels) { return pool->prepare(path, pixels); };
}

int serve_decoder() {
  // What ends the parent must not end this process before: its image would get an error.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  const auto first = receive_message(STDIN_FILENO);
  if (!first) return 1;
  const auto settings = value_in<Settings>(first->contents);
  const Descriptor memory(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  const SharedPixels pixels(memory.number(), pixel_bytes(settings.config));
  ::dup2(STDERR_FILENO, STDOUT_FILENO);  // what a codec prints must not get into the pixels
  end_with_parent();
  LoadOptions options;
  options.for_input = &settings.config;
  options.allow_truncated = settings.allow_truncated;
  options.frame = settings.frame;
  set_decode_memory(settings.decode_memory);
  set_decode_pixels(settings.decode_pixels);
  share_decode_memory_elsewhere(
      [](std::int64_t bytes) {
        send_message(STDIN_FILENO, kTake, as_bytes(bytes));
        receive_message(STDIN_FILENO);
      },
      [] { send_message(STDIN_FILENO, kGive); });
  limit_memory(settings.memory);
  bool more = send_message(STDIN_FILENO, kReady);
  while (more) {
    const auto request = receive_message(STDIN_FILENO);
    more = request &&
           serve_image(settings, options, request->contents, memory.number(), pixels.data());
  }
  return 0;
}

}  // namespace saccade
