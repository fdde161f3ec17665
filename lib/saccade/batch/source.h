#pragma once

#include <filesystem>
#include <istream>
#include <string>
#include <vector>

namespace saccade {

/// Whether the name ends like that of a photograph (.jpg, .jpeg, .jpe, .jfif, .png, .apng, .webp,
/// .tif, .tiff, .bmp, .gif, .heic, .heif, .avif, .jxl, .jp2, .j2k, .ppm, .pgm, .pbm, .pnm; upper
/// and lower case alike). Only the name is looked at.
bool has_image_extension(const std::filesystem::path& path);

/// Which files of a source are taken, and how a list is read.
struct SourceOptions {
  /// Shell patterns (*, ?, [a-z]). One without a slash is compared with the file's name, one with a
  /// slash with its path below the folder, or as the list has it. Empty: all.
  std::vector<std::string> include;
  std::vector<std::string> exclude;  ///< of folders as well
  /// Whether to look into what nobody put there to be captioned: hidden files and folders
  /// (.Trash-1000,
  /// ._a.jpg), thumbnails that a NAS or Windows keeps (@eaDir, Thumbs), __MACOSX.
  bool hidden = false;
  bool nul_separated = false;  ///< paths of a list end with NUL, as find -print0 writes them
  std::string column;          ///< of a table that holds the paths; empty: by its usual names
};

/// The photographs of a run, by the names under which their results are written.
///   a folder      every file under it, at any depth, that is an image by its contents or its name,
///                 sorted by the bytes of its path; each path begins with the folder as it was
///                 given. Links to files are followed, links to folders are not. A subfolder that
///                 cannot be read and an image's link that leads nowhere are listed themselves: the
///                 run then records their error like that of any broken file, instead of losing it
///                 in silence.
///   an image      itself
///   another file  a list, see read_list
/// @throws std::runtime_error when there is no such file or folder, or it cannot be read.
std::vector<std::string> list_images(const std::filesystem::path& source,
                                     const SourceOptions& options = {});

/// The paths of a list, in its order:
///   text          one path a line, as written; empty lines are passed over, and a carriage return
///                 before the end of a line is dropped. UTF-16 with its mark becomes UTF-8.
///   JSON lines    the column of each object
///   CSV           the column that its header names; only of a file whose name ends in .csv, or
///   where
///                 a column is asked for
/// The path column is by default the first of path, file_path, filepath, image_path, image, file,
/// file_name, filename that there is. A path of a table that leads nowhere from here is taken from
/// the table's folder.
/// @param name  the list's own path or "standard input", for messages
/// @throws std::runtime_error when it holds NUL without nul_separated, or is no table where one is
///         expected.
std::vector<std::string> read_list(std::istream& in, const std::filesystem::path& name,
                                   const SourceOptions& options = {});

}  // namespace saccade
