#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "saccade/batch/sidecar.h"

namespace saccade {

/// The captions of images in tar archives: a new archive, shard.captions.tar for shard.tar, whose
/// members have the key that WebDataset expects: a.txt for a.jpg. The old archive is not touched.
class CaptionArchives {
 public:
  /// The row of an input, see to_json_line; empty if it has none or it is an error.
  using RowOf = std::function<std::string(std::int64_t input)>;

  /// @param inputs  the images of the run; must outlive this object. Those in no archive are
  ///                ignored.
  /// @throws std::invalid_argument if two images would get the same member or two archives the same
  ///         archive of captions, an input would be replaced, or an archive does not lie below the
  ///         source although there is a mirror.
  CaptionArchives(SidecarOptions options, const std::vector<std::string>& inputs);

  /// Whether the input is an image in an archive, or an archive that cannot be read.
  bool holds(std::int64_t input) const { return places_.count(input) != 0; }
  /// The archive with the caption of an input that this object holds.
  std::filesystem::path path_of(std::int64_t input) const { return places_.at(input).archive; }

  /// Sets where rows are found, and looks which archives of captions are there.
  /// @throws std::invalid_argument if one would be overwritten that Saccade did not write.
  void set_rows(RowOf row_of);
  /// Whether the input has a place in an archive that an earlier run did not write.
  bool keeps_caption(std::int64_t input) const;
  /// Begins the run: `add` must then be called for each of these inputs that this object holds.
  /// Archives of captions without further images are written if they differ from the rows.
  void begin(const std::vector<std::int64_t>& inputs);
  /// Notes that the row of an input is there. The last one of an archive writes its captions; a
  /// crash leaves all of them or none. @throws std::runtime_error if they cannot be written.
  void add(std::int64_t input);

 private:
  /// Where a caption goes.
  struct Place {
    std::string source;             // the archive that has the image
    std::filesystem::path archive;  // of the captions
    std::string member;             // empty for an archive that cannot be read
  };
  /// An archive of captions.
  struct Archive {
    std::vector<std::int64_t> inputs;
    std::int64_t missing = 0;  // inputs to come
    bool kept = false;         // it is the user's
  };

  std::filesystem::path mirrored(const std::filesystem::path& archive) const;
  void add_place(std::int64_t input, const std::string& path);
  void require_one_place_each() const;
  void require_no_input() const;
  bool is_kept(const std::filesystem::path& path, const Archive& archive) const;
  std::string contents_of(const std::string& row) const;
  void for_each_member(
      const Archive& archive,
      const std::function<void(const std::string& name, const std::string& contents)>& use) const;
  bool is_current(const std::filesystem::path& path, const Archive& archive) const;
  void write(const std::filesystem::path& path, const Archive& archive) const;

  SidecarOptions options_;
  const std::vector<std::string>* inputs_;
  std::map<std::int64_t, Place> places_;
  std::map<std::filesystem::path, Archive> archives_;  // by the archive of the captions
  RowOf row_of_;
};

}  // namespace saccade
