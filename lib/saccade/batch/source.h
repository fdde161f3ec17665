#pragma once

#include <filesystem>
#include <istream>
#include <string>
#include <vector>

namespace saccade {

/// Whether the file name has an image extension (.jpg, .jpeg, .jpe, .jfif, .png, .apng, .webp,
/// .tif, .tiff, .bmp, .gif, .heic, .heif, .avif, .jxl, .jp2, .j2k, .ppm, .pgm, .pbm, .pnm; ignoring
/// case). Does not read the file.
bool has_image_extension(const std::filesystem::path& path);

/// Which files of a source are used, and how a list is read.
struct SourceOptions {
  /// Shell patterns (*, ?, [a-z]). A pattern without a slash is matched against the file name, one
  /// with a slash against the path below the folder or as written in the list. Empty: all files.
  std::vector<std::string> include;
  std::vector<std::string> exclude;  ///< patterns of files and folders to skip
  /// Whether to include hidden files and folders (.Trash-1000, ._a.jpg), thumbnails kept by a NAS
  /// or by Windows (@eaDir, Thumbs), and __MACOSX.
  bool hidden = false;
  bool nul_separated = false;  ///< the paths of a list end with NUL, as written by find -print0
  std::string column;          ///< the path column of a table; empty: one of the usual names
};

/// Lists the images of a run, by the names under which their results are written.
///   a folder      every file in it, at any depth, that is an image by its contents or its name,
///                 sorted by the bytes of its path; each path begins with the folder as given.
///                 Links to files are followed, links to folders are not. Unreadable subfolders and
///                 broken links with an image's name are listed as well, so that the run records an
///                 error for them.
///   an image      itself
///   another file  a list, see read_list
/// @throws std::runtime_error when the file or folder does not exist or cannot be read.
std::vector<std::string> list_images(const std::filesystem::path& source,
                                     const SourceOptions& options = {});

/// Reads the paths of a list, in their order:
///   text          one path per line, as written; empty lines are skipped, and a carriage return at
///                 the end of a line is removed. UTF-16 with a byte order mark is converted to
///                 UTF-8.
///   JSON lines    the path column of each object
///   CSV           the path column, by the header; only for a file name ending in .csv or if a
///                 column is requested
/// By default the path column is the first existing one of path, file_path, filepath, image_path,
/// image, file, file_name, filename. A relative path in a table that does not exist is resolved
/// against the table's folder.
/// @param name  the path of the list or "standard input", for messages
/// @throws std::runtime_error when the list contains NUL without nul_separated, or is not the
///         expected table.
std::vector<std::string> read_list(std::istream& in, const std::filesystem::path& name,
                                   const SourceOptions& options = {});

}  // namespace saccade
