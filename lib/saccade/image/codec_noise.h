#pragma once

namespace saccade {

/// If silence_codecs was called, suppresses the output of its thread to std::cerr during its
/// lifetime. OpenCV's decoders print errors there, without the file name, that they also throw or
/// return.
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
