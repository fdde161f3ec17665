#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace saccade {

/// Files with the caption of one image each.
struct SidecarOptions {
  bool json = false;             ///< the record as JSON in NAME.json; else the caption in NAME.txt
  bool full_name = false;        ///< a.jpg.txt instead of a.txt
  std::filesystem::path source;  ///< the source of the run
  /// The folder in which the files get the images' paths below the source; empty: beside the
  /// images.
  std::filesystem::path mirror;
};

class Sidecars {
 public:
  /// @param inputs  the images; must outlive this object
  /// @throws std::invalid_argument if two images would get the same file, a file would replace an
  ///         image, or an image does not lie below the source although there is a mirror.
  Sidecars(SidecarOptions options, const std::vector<std::string>& inputs);

  std::filesystem::path path_of(std::int64_t input) const;
  bool exists(std::int64_t input) const;

  /// Writes the file of an image, unless its caption is withheld. A crash leaves all of it or none.
  /// @param row  the image's record, see to_json_line
  /// @throws std::runtime_error if it cannot be written.
  void write(std::int64_t input, const std::string& row) const;

 private:
  SidecarOptions options_;
  const std::vector<std::string>* inputs_;
};

}  // namespace saccade
