#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "saccade/explain/page/page.h"
#include "saccade/image/image.h"
#include "saccade/io/output_folder.h"

namespace saccade {

/// Writes one explanation as `directory`/index.html. Creates the folder if necessary, and writes
/// the file to a temporary folder before renaming it. The image with the page's name is never
/// replaced.
/// @return the file.
/// @throws std::runtime_error naming the path that cannot be written; std::invalid_argument naming
///         an existing file that Saccade did not write.
std::filesystem::path write_page(const Page& page, const Image& photograph,
                                 const std::filesystem::path& directory);

/// Checks the output folder before the image is explained. Throws what write_page would throw for
/// the folder.
void require_page_folder(const std::filesystem::path& directory, const std::string& photograph);

/// An image in a list of explanations.
struct IndexEntry {
  std::string name;                 ///< of the image, as the user gave it
  std::string failure;              ///< why it could not be explained; the rest is then not used
  std::filesystem::path page;       ///< what the entry leads to, relative to the list
  std::filesystem::path thumbnail;  ///< relative to the list, see thumbnail_of
  std::string caption;
  /// The words with their verdicts. Empty: the list shows the caption.
  std::vector<std::pair<std::string, std::optional<PageVerdict>>> words;
  std::optional<double> suspicion;  ///< 0…1, the highest of its words
};

/// The picture of an image in a list, as JPEG.
std::string thumbnail_of(const Image& photograph);

/// Writes a list of explanations with thumbnails, which the reader can search and sort. Entries are
/// written as they are added, so that memory does not grow with their number. With suspicions, the
/// most suspicious image is first.
class IndexList {
 public:
  /// @param file   the file to write
  /// @param shown  its final path, for messages
  /// @param title  the heading
  /// @throws std::runtime_error naming `shown` if it cannot be written, like all members
  IndexList(const std::filesystem::path& file, std::filesystem::path shown,
            const std::string& title);
  void add(const IndexEntry& entry);
  void finish();
  std::size_t size() const { return count_; }

 private:
  std::filesystem::path shown_;
  std::string foot_;  // the end of the file, written last
  std::ofstream out_;
  std::size_t count_ = 0;
};

/// Writes the explanations of a folder of images: one page per image, and a list of all with
/// thumbnails, sorted by suspicion, that can be searched and sorted otherwise. Pages are written as
/// they are added, so that memory does not grow with their number:
///   index.html              the list; sorted by the browser
///   pages/NNNNNN.html       the explanations, see page.h
///   thumbnails/NNNNNN.jpg   loaded when they scroll into view
/// All files are written to a temporary folder and moved into place by `finish`. Without `finish`
/// the destructor removes them.
class PageIndex {
 public:
  /// @param title        the heading of the list, e.g. the folder's name.
  /// @param photographs  the images to list. These files are never replaced, and the output files
  ///                     for this many pages are checked in advance.
  /// @throws std::runtime_error naming the path that cannot be written; std::invalid_argument
  ///         naming an existing file that Saccade did not write. The other members throw the same.
  PageIndex(const std::filesystem::path& directory, const std::string& title,
            const std::vector<std::filesystem::path>& photographs = {});

  /// Writes the page and lists it with the highest suspicion of its words. Sets its link back to
  /// the list.
  void add(Page page, const Image& photograph);
  /// Lists an image that could not be explained, with the reason.
  void add_failure(const std::string& name, const std::string& reason);

  /// Ends the list and moves all files into place. Removes the pages and thumbnails of an earlier,
  /// longer list (see io/output_folder.h). @return index.html.
  std::filesystem::path finish();

 private:
  std::filesystem::path directory_;
  std::optional<OutputFolder> folder_;  // until `finish`
  std::optional<IndexList> list_;
};

}  // namespace saccade
