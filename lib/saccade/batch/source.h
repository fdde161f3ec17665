#pragma once

#include <filesystem>
#include <istream>
#include <string>
#include <vector>

namespace saccade {

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
///                 broken links with the name of an image or tar are listed as well, so that the
///                 run records an error for them.
///   a tar         its images, by content or name, in its order, as ARCHIVE/NAME; the patterns
///   apply
///                 to them as to the files of a folder. If the archive is damaged or truncated, the
///                 images before that place are listed, then the archive itself, so that the run
///                 records one error for it. See io/tar_file.h.
///   an image      itself
///   another file  a list, see read_list
///   a pattern     that is not the name of a file: what it matches, sorted (*, ?, [a-z])
/// A tar archive in a folder or in a list stands for its images.
/// @throws std::runtime_error when the file or folder does not exist or cannot be read, or nothing
///         matches the pattern.
std::vector<std::string> list_images(const std::filesystem::path& source,
                                     const SourceOptions& options = {});

/// What list_images finds of a folder at one place: a file, or a folder and everything below it.
/// Nothing if that is hidden or excluded.
/// @param folder  the source
/// @param place   the folder itself, or a path that begins with it
std::vector<std::string> list_images_at(const std::filesystem::path& folder,
                                        const std::filesystem::path& place,
                                        const SourceOptions& options = {});

/// The folders that list_images_at searches, each before its subfolders.
std::vector<std::string> list_folders_at(const std::filesystem::path& folder,
                                         const std::filesystem::path& place,
                                         const SourceOptions& options = {});

/// Whether the name stands for several images: a folder, a tar archive, or a pattern that is not
/// the name of a file.
bool names_many_images(const std::string& name);

/// The images that a command line names, and their places in an output folder.
struct PlacedImages {
  std::filesystem::path folder;  ///< which holds all names of the command line, absolute
  std::vector<std::string> paths;
  std::vector<std::filesystem::path> places;  ///< of each image, its path below `folder`
};

/// Lists the images of several names: those for which a name stands (see names_many_images and
/// list_images), else the name itself. An image that is named twice is listed once.
/// @throws std::runtime_error as list_images.
PlacedImages place_images(const std::vector<std::string>& names, const SourceOptions& options = {});

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

/// Reads the paths of a list while it is being written, for a program that waits for the result of
/// each line before it writes the next. A line is a path, or a JSON object with one (see
/// read_list). Every line gives a path, also an empty one; but a line may be excluded by the
/// options, and a tar archive stands for its images. UTF-16 is read to its end first.
class ListStream {
 public:
  /// @param descriptor  read from, but not closed
  ListStream(int descriptor, SourceOptions options);

  /// Waits for a line, then takes those that have arrived as well, about `most` at once.
  /// @return the paths; empty at the end of the list
  /// @throws std::runtime_error if it cannot be read, or contains NUL without nul_separated
  std::vector<std::string> next(std::size_t most);

 private:
  bool read();
  std::vector<std::string> take_lines(std::size_t most);
  void add_line(std::string line, std::vector<std::string>& paths) const;

  int descriptor_;
  SourceOptions options_;
  std::string text_;  // read, but not taken
  bool started_ = false;
  bool ended_ = false;
};

}  // namespace saccade
