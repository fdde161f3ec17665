#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/batch/record.h"

namespace saccade {

/// How records are rows of text.
struct RowFormat {
  std::string header;  ///< the first line with its line break, or empty
  /// Whether a row may have line breaks between double quotes.
  bool quoted_breaks = false;
  /// Reads a row, without the line break after it. Throws std::invalid_argument for another text.
  WrittenRow (*parse)(const std::string& row) = nullptr;
};

RowFormat json_lines();
RowFormat csv_rows();

/// Reads the next row into `row`, without its line break.
/// @param quoted_breaks  see RowFormat
/// @return false if there is no further complete row
bool next_row(std::istream& in, bool quoted_breaks, std::string& row);

/// Reads the header of the format, if it has one.
/// @return false if the first line is not complete
/// @throws std::runtime_error naming `path` if the first line is another one.
bool next_header(std::istream& in, const RowFormat& format, const std::filesystem::path& path);

/// The output file of a run, one row per input. At any moment it holds complete rows and at most
/// one incomplete row at its end, so a run that ends in any way can be resumed: rows of earlier
/// runs stay, new ones are appended, and `finish` puts all in the order of the inputs. An image
/// whose row is an error counts as missing; its new row replaces the old one.
///
/// The file is locked against a second run while it is open. Pipes, character devices and the
/// process's own descriptors (/dev/stdout) are only appended to.
class ResultFile {
 public:
  /// Starts a new file, replacing an existing one.
  /// @param inputs  the paths of the run; may repeat; must outlive this object
  /// @throws std::runtime_error when the file cannot be written, is a block device, or is being
  ///         written by another run.
  static ResultFile create(const std::filesystem::path& path, const RowFormat& format,
                           const std::vector<std::string>& inputs);

  /// Continues a file of an earlier run, or starts a new one. A row belongs to the input with its
  /// path, the k-th row of a path to its k-th occurrence. An incomplete last row is discarded, and
  /// so is all from the first row with a NUL byte on, as a power cut may leave.
  /// @throws std::runtime_error as `create`, and naming the line that is not a row. The file is
  ///         then unchanged.
  static ResultFile resume(const std::filesystem::path& path, const RowFormat& format,
                           const std::vector<std::string>& inputs);

  ~ResultFile();
  ResultFile(ResultFile&& other) noexcept;
  ResultFile& operator=(ResultFile&&) = delete;

  /// The inputs to process: those without a row, then those whose row is an error.
  std::vector<std::int64_t> missing() const;
  /// Rows that were found for images that are no longer among the inputs.
  std::int64_t gone() const { return static_cast<std::int64_t>(gone_.size()); }
  bool regular() const { return regular_; }

  /// Whether the input has a row that is not an error.
  bool has_caption(std::int64_t input) const {
    const Place& place = places_[std::size_t(input)];
    return place.offset >= 0 && !place.failed;
  }

  /// The row of an input without its line break; empty if it has none or it is an error.
  std::string row_of(std::int64_t input) const;

  /// The rows of the inputs.
  BatchCounts counts() const;
  /// Takes in the inputs that have been added to the end of the paths of the run.
  void extend() { places_.resize(inputs_->size()); }

  /// Appends the row of an input, given without its line break. About every five seconds all rows
  /// are flushed to the disk.
  /// @throws std::runtime_error when the row cannot be written or the file was removed; a regular
  ///         file then ends with the previous row.
  void write(std::int64_t input, std::string_view row, bool failed);

  /// Flushes the rows to the disk.
  /// @throws std::runtime_error as `write`.
  void flush();

  /// Flushes the rows to the disk. If every input has a row, also puts the rows in the order of the
  /// inputs. Rows of images that are gone move to the end of the file PATH.removed.
  /// @throws std::runtime_error when they cannot be written; no row is lost then.
  void finish();

 private:
  /// Where a row lies in the file.
  struct Place {
    std::int64_t offset = -1;  // −1: there is none
    std::int32_t size = 0;     // with the line break
    bool failed = false;
  };

  ResultFile(const std::filesystem::path& path, RowFormat format,
             const std::vector<std::string>& inputs);
  void lock();
  void read_rows();
  void add_row(const std::string& row, std::int64_t line, std::int64_t offset);
  std::int64_t input_of(const std::string& path);
  void append(std::string_view bytes);
  void require_name();
  void sort_rows();

  std::filesystem::path path_;
  RowFormat format_;
  const std::vector<std::string>* inputs_;
  int file_ = -1;
  bool regular_ = false;
  std::int64_t size_ = 0;              // bytes of complete rows
  std::vector<Place> places_;          // per input
  std::vector<std::int64_t> by_path_;  // the inputs sorted by path; only while rows are read
  std::vector<std::int32_t> seen_;     // per path, at its first place: occurrences with a row
  std::vector<Place> gone_;            // rows of other images
  std::int64_t ordered_ = 0;           // the file begins with the rows of this many inputs
  bool in_order_ = true;               // and has no others
  std::chrono::steady_clock::time_point flushed_ = std::chrono::steady_clock::now();
};

}  // namespace saccade
