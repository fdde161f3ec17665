#include "saccade/image/codec_noise.h"

#include <iostream>
#include <streambuf>

#include <opencv2/core/utils/logger.hpp>

#include "saccade/image/image.h"

namespace saccade {
namespace {

thread_local bool quiet = false;

/// Forwards the output of all threads that are not quiet.
class Filter : public std::streambuf {
 public:
  explicit Filter(std::streambuf* next) : next_(next) {}

 protected:
  int overflow(int character) override {
    if (quiet || character == traits_type::eof()) return traits_type::not_eof(character);
    return next_->sputc(traits_type::to_char_type(character));
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    return quiet ? count : next_->sputn(text, count);
  }
  int sync() override { return quiet ? 0 : next_->pubsync(); }

 private:
  std::streambuf* next_;
};

}  // namespace

QuietThread::QuietThread() : before_(quiet) { quiet = true; }
QuietThread::~QuietThread() { quiet = before_; }

void silence_codecs() {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  // Never destroyed, because std::cerr is used until the process ends.
  static Filter* const filter = new Filter(std::cerr.rdbuf());
  std::cerr.rdbuf(filter);
}

}  // namespace saccade
