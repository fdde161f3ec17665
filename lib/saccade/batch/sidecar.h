#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace saccade {

enum class SidecarKind {
  txt,   ///< the caption, in a.txt
  json,  ///< the record as JSON, in a.json
  xmp,   ///< the caption as dc:description of an XMP file that may have other properties
  image  ///< the caption in the metadata of the image itself, see embedded_description.h
};

/// ".txt" etc.; empty for SidecarKind::image.
const char* extension_of(SidecarKind kind);

/// Files with the caption of one image each.
struct SidecarOptions {
  SidecarKind kind = SidecarKind::txt;
  bool full_name = false;        ///< a.jpg.txt instead of a.txt; not for SidecarKind::image
  std::filesystem::path source;  ///< the source of the run
  /// The folder in which the files get the images' paths below the source; empty: beside the
  /// images.
  std::filesystem::path mirror;
  bool overwrite = false;  ///< also replace captions that Saccade did not write
};

/// A caption that cannot be stored with its image, for a reason that concerns no other image.
struct SidecarError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The captions of images in tar archives are in CaptionArchives instead: the functions below are
/// not for them.
class Sidecars {
 public:
  /// @param inputs  the images; must outlive this object
  /// @throws std::invalid_argument if two images would get the same file, a file would replace an
  ///         image, or an image does not lie below the source although there is a mirror.
  Sidecars(SidecarOptions options, const std::vector<std::string>& inputs);

  /// Whether the files hold other things too, and say which captions are Saccade's.
  bool in_metadata() const;
  std::filesystem::path path_of(std::int64_t input) const;
  /// Whether the image's file is there and has a caption. Metadata that cannot be read have none.
  bool has_caption(std::int64_t input) const;
  /// Whether the image, which the run has no record of, has a caption that is kept: a file of kind
  /// txt or json, or a description in metadata that Saccade did not write.
  bool keeps_caption(std::int64_t input) const;

  /// Checks that the image's file can get a caption.
  /// @param image  one of the inputs
  /// @throws SidecarError if it has other contents than the kind's, which are kept, or is an image
  ///         whose metadata cannot be written.
  void require_writable(const std::string& image) const;
  /// Writes the file of an image, unless its caption is withheld. A crash leaves all of it or none.
  /// @param row  the image's record, see to_json_line
  /// @throws SidecarError as require_writable; std::runtime_error if it cannot be written.
  void write(std::int64_t input, const std::string& row) const;

 private:
  std::filesystem::path path_for(const std::filesystem::path& image) const;

  SidecarOptions options_;
  const std::vector<std::string>* inputs_;
};

}  // namespace saccade
