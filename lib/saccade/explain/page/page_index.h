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

/// Writes one explanation: `directory`/index.html, the folder made when it is not there, the file
/// written beside and renamed. The photograph, by the page's name, is never replaced.
/// @return the file.
/// @throws std::runtime_error naming what cannot be written, std::invalid_argument naming a file in
///         the way that Saccade did not write.
std::filesystem::path write_page(const Page& page, const Image& photograph,
                                 const std::filesystem::path& directory);

/// To be called before the photograph is explained: throws what write_page would throw about the
/// folder.
void require_page_folder(const std::filesystem::path& directory, const std::string& photograph);

/// The explanations of a folder of photographs: one page each and one that lists them all with
/// thumbnails, most suspicious first, with a search and other orders. Written as they come, in
/// memory that does not grow with their number:
///   index.html              the list; sorted where it is read
///   pages/NNNNNN.html       an explanation each, see page.h
///   thumbnails/NNNNNN.jpg   loaded as they come into view
/// Everything is written beside and moved into place by `finish`; destroyed without it, it leaves
/// nothing behind.
class PageIndex {
 public:
  /// @param title        above the list, e.g. the folder's name.
  /// @param photographs  that are to be listed: none of these files is replaced, and the files of
  ///                     so many pages are looked for, so that one in the way is found at once.
  /// @throws std::runtime_error naming what cannot be written, std::invalid_argument naming a file
  ///         in the way that Saccade did not write, as all of this.
  PageIndex(const std::filesystem::path& directory, const std::string& title,
            const std::vector<std::filesystem::path>& photographs = {});

  /// Writes the page and lists it under the highest suspicion of its words. Its link back to the
  /// list is set here.
  void add(Page page, const Image& photograph);
  /// Lists a photograph that could not be explained, and why.
  void add_failure(const std::string& name, const std::string& reason);
  std::size_t size() const { return count_; }

  /// Ends the list and moves all into place. Pages and thumbnails that an earlier, longer list
  /// wrote are removed (see io/output_folder.h). @return index.html.
  std::filesystem::path finish();

 private:
  void append(const std::string& json);

  std::filesystem::path directory_;
  std::optional<OutputFolder> folder_;  // until all is in its place
  std::string foot_;                    // of the list, written last
  std::ofstream list_;
  std::size_t count_ = 0;
};

}  // namespace saccade
