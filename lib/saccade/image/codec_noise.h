#pragma once

namespace saccade {

/// While one exists, what its thread writes to std::cerr is dropped, if silence_codecs was called:
/// OpenCV's decoders print there, without the name of the file, what they also throw or return.
class QuietThread {
 public:
  QuietThread();
  ~QuietThread();
  QuietThread(const QuietThread&) = delete;
  QuietThread& operator=(const QuietThread&) = delete;

 private:
  bool before_;
};

}  // namespace saccade
