#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/batch/pipeline.h"

namespace saccade {

/// Whether a caption's confidence is below the minimum. A caption without confidence is not unsure.
bool is_unsure(const Caption& caption, double min_confidence);
/// The confidence as a number, or null without a calibration.
nlohmann::ordered_json confidence_json(const Caption& caption);

/// One line of the output, without the line break:
///   {"image": path, "caption": text, "log_prob": number, "confidence": number or null}
///   {"image": path, "caption": null, "unsure": true, "confidence": number}, below min_confidence
///   {"image": path, "error": text}
/// The first two also have "warning": text if the image is damaged. Bytes of a path that are not
/// UTF-8 are replaced by U+FFFD (see io/unicode.h).
std::string to_json_line(const BatchRecord& record, double min_confidence = 0);

/// Writes the lines of a run to a file that holds complete lines only. Each line is appended by one
/// write; a line that does not fit on the disk is removed, and a truncated last line is discarded
/// on resuming. The file is locked against a second run while it is open. Pipes, character devices
/// and the process's own descriptors (/dev/stdout) are written without these guarantees.
class JsonlWriter {
 public:
  /// Starts a new file, replacing an existing one.
  /// @throws std::runtime_error when the file cannot be written, is a block device, or is being
  ///         written by another run.
  static JsonlWriter create(const std::filesystem::path& path);

  /// Continues an interrupted run over the same `inputs`, or starts a new file if there is none. An
  /// incomplete last line is discarded. The complete lines must be records of the first inputs, in
  /// their order; each counts as done, including those with an error.
  /// @throws std::runtime_error as `create`, and when a line is not a record, is about another
  ///         image than the input with the same number, or there are more lines than inputs. The
  ///         file is then unchanged.
  static JsonlWriter resume(const std::filesystem::path& path,
                            const std::vector<std::string>& inputs);

  ~JsonlWriter();
  JsonlWriter(JsonlWriter&& other) noexcept;
  JsonlWriter& operator=(JsonlWriter&&) = delete;

  /// The number of lines found when the file was resumed, i.e. the number of inputs to skip.
  std::int64_t lines_found() const { return lines_found_; }

  /// Appends the line of a record.
  /// @throws std::runtime_error when the line cannot be written; a regular file then ends with the
  ///         previous line.
  void write(const BatchRecord& record, double min_confidence = 0);

  /// Flushes the lines to the disk.
  /// @throws std::runtime_error when the system cannot write them.
  void finish();

 private:
  explicit JsonlWriter(const std::filesystem::path& path);

  std::filesystem::path path_;
  int file_ = -1;
  bool regular_ = false;
  std::int64_t size_ = 0;  // bytes of complete lines
  std::int64_t lines_found_ = 0;
};

}  // namespace saccade
