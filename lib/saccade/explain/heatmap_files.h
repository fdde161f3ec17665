#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "saccade/caption.h"
#include "saccade/explain/figure.h"
#include "saccade/image/image.h"

namespace saccade {

struct HeatmapOptions {
  FigureOptions figure;    ///< its overlay options hold for the words' pictures as well
  int word_side = 1600;    ///< the words' pictures are at most so many pixels long
  bool full_size = false;  ///< instead as large as the photograph
};

/// Writes into `directory`, which is made when it is not there:
///   figure.png         see draw_figure
///   words/NN-word.png  the overlay of word NN = 01, 02, …
///   attention.json     see attention_json
/// Everything is written beside and then renamed into place, so a failure leaves what was there
/// before; words/ loses the pictures of an earlier, longer caption.
/// @param name  the photograph's, as the user gave it.
/// @return the files written.
/// @throws std::runtime_error naming the path that cannot be made or written.
std::vector<std::filesystem::path> write_heatmap(const Image& photograph, const Caption& caption,
                                                 const std::string& name,
                                                 const std::filesystem::path& directory,
                                                 const HeatmapOptions& options);

/// The maps as data: {"image", "width", "height", "caption", "log_prob", "grid" {"rows", "cols"},
/// "placement" {"input_size", "scale_x", "scale_y", "offset_x", "offset_y"},
/// "words" [{"word", "p", "gate", "entropy"}], "alphas" T × rows × cols}. Pixels of the original
/// are input · scale + offset.
std::string attention_json(const Caption& caption, const std::string& name);

/// "NN-word.png" with the word's letters and digits of ASCII, the rest as "_", at most 40 of them.
std::string word_file_name(std::size_t index, std::size_t count, const std::string& word);

}  // namespace saccade
