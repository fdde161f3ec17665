#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
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
  std::size_t size() const { return count_; }

  /// Ends the list and moves all files into place. Removes the pages and thumbnails of an earlier,
  /// longer list (see io/output_folder.h). @return index.html.
  std::filesystem::path finish();

 private:
  void append(const std::string& json);

  std::filesystem::path directory_;
  std::optional<OutputFolder> folder_;  // until `finish`
  std::string foot_;                    // the end of index.html, written last
  std::ofstream list_;
  std::size_t count_ = 0;
};

}  // namespace saccade
