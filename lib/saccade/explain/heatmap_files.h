#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "saccade/caption/caption.h"
#include "saccade/explain/figure/figure.h"
#include "saccade/explain/figure/picture_file.h"
#include "saccade/explain/maps/rollouts.h"
#include "saccade/image/image.h"

namespace saccade {

struct HeatmapOptions {
  FigureOptions figure;    ///< its overlay options hold for the words' pictures as well
  int word_side = 1600;    ///< the words' pictures are at most so many pixels long
  bool full_size = false;  ///< instead as large as the photograph
  std::vector<PictureFormat> pictures{PictureFormat::png};  ///< empty: neither figure nor words
  bool page = false;                                        ///< the interactive page
  bool animation = false;                                   ///< the GIF
  int animation_side = 640;                                 ///< its pixels on the longer side
  double animation_seconds = 0.9;                           ///< per word
};

/// Writes into `directory`, which is made when it is not there:
///   figure.png         see draw_figure            .png, .jpg or .webp
///   words/NN-word.png  the overlay of word NN = 01, 02, …, see draw_word
///   words/NN-word-cells.png  with rollouts: how often each cell was drawn
///   words.gif          steps through the words
///   index.html         see page_html
///   attention.json     see attention_json; always
/// Everything is written beside and then renamed into place, so a failure leaves what was there
/// before. Files that Saccade did not write stay (see io/output_folder.h); words/ loses the
/// pictures that an earlier, longer caption left in the same format.
/// @param name  the photograph's, as the user gave it; a file of that name is never replaced.
/// @return the files written.
/// @throws std::runtime_error naming the path that cannot be made or written,
///         std::invalid_argument naming a file in the way that Saccade did not write.
std::vector<std::filesystem::path> write_heatmap(const Image& photograph, const Caption& caption,
                                                 const std::string& name,
                                                 const std::filesystem::path& directory,
                                                 const HeatmapOptions& options,
                                                 const Rollouts& rollouts = {});

/// To be called before the photograph is captioned: throws what write_heatmap would throw about a
/// folder that cannot be written or the files in it whose names are known beforehand.
void require_heatmap_folder(const std::filesystem::path& directory, const std::string& name,
                            const HeatmapOptions& options);

/// "NN-word.png" with the word's letters and digits of ASCII, the rest as "_", at most 40 of them.
std::string word_file_name(std::size_t index, std::size_t count, const std::string& word,
                           PictureFormat format = PictureFormat::png);

}  // namespace saccade
