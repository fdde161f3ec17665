#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/batch/pipeline.h"

namespace saccade {

/// Whether a caption is less certain than asked for. One without confidence is not.
bool is_unsure(const Caption& caption, double min_confidence);
/// A number, or null without a calibration.
nlohmann::ordered_json confidence_json(const Caption& caption);

/// One line of the output, without its end:
///   {"image": path, "caption": text, "log_prob": number, "confidence": number or null}
///   {"image": path, "caption": null, "unsure": true, "confidence": number}, below min_confidence
///   {"image": path, "error": text}
/// The first two have "warning": text as well where the photograph is damaged.
/// Bytes of a path that are not UTF-8 are replaced by U+FFFD (see io/path_text.h).
std::string to_json_line(const BatchRecord& record, double min_confidence = 0);

/// The lines of a run, in a file that holds whole lines only: each is added by one write, one that
/// the disk had no room for is taken back, and what an interruption tore is cut off on resuming.
/// The file is locked against a second run while it is open. Pipes, character devices and the
/// process's own descriptors (/dev/stdout) are written as they are.
class JsonlWriter {
 public:
  /// Replaces what is in the file.
  /// @throws std::runtime_error when the file cannot be written, is a block device, or another run
  /// is
  ///         writing it.
  static JsonlWriter create(const std::filesystem::path& path);

  /// Continues an interrupted run over the same `inputs`; a file that is absent is begun. A last
  /// line without its end is cut off. The whole lines must be about the first inputs, in their
  /// order; each counts as done, those with an error too.
  /// @throws std::runtime_error as create does, and when a line is no such record, is about another
  /// image
  ///         than the input of the same number, or there are more lines than inputs; the file is
  ///         then left as it was.
  static JsonlWriter resume(const std::filesystem::path& path,
                            const std::vector<std::string>& inputs);

  ~JsonlWriter();
  JsonlWriter(JsonlWriter&& other) noexcept;
  JsonlWriter& operator=(JsonlWriter&&) = delete;

  /// Lines that were there when the file was resumed: how many inputs to pass over.
  std::int64_t lines_found() const { return lines_found_; }

  /// @throws std::runtime_error when the line cannot be written; the file then ends with the line
  /// before.
  void write(const BatchRecord& record, double min_confidence = 0);

  /// Waits until the lines are on the disk.
  /// @throws std::runtime_error when the system could not write them.
  void finish();

 private:
  explicit JsonlWriter(const std::filesystem::path& path);

  std::filesystem::path path_;
  int file_ = -1;
  bool regular_ = false;
  std::int64_t size_ = 0;  // bytes of whole lines
  std::int64_t lines_found_ = 0;
};

}  // namespace saccade
