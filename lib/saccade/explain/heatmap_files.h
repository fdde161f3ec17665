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

constexpr char kThumbnail[] = "thumbnail.jpg";

struct HeatmapOptions {
  FigureOptions figure;    ///< the overlay options also apply to the word overlays
  int word_side = 1600;    ///< maximum longer side of the word overlays, pixels
  bool full_size = false;  ///< make the word overlays as large as the image instead
  std::vector<PictureFormat> pictures{
      PictureFormat::png};         ///< empty: no figure and no word overlays
  bool page = false;               ///< write the interactive page
  bool animation = false;          ///< write the GIF
  int animation_side = 640;        ///< longer side of the GIF, pixels
  double animation_seconds = 0.9;  ///< per word
  bool thumbnail = false;          ///< write the picture for a list, see page_index.h
  std::string index;               ///< of the page: a relative link to that list; empty: none
};

/// Writes into `directory`, which is created if necessary:
///   figure.png               see draw_figure; .png, .jpg or .webp
///   words/NN-word.png        the overlay of word NN = 01, 02, …, see draw_word
///   words/NN-word-cells.png  with rollouts: how often each cell was sampled
///   words.gif                an animation that steps through the words
///   index.html               see page_html
///   thumbnail.jpg            see thumbnail_of
///   attention.json           see attention_json; always written
/// All files are written to a temporary folder and then renamed, so that a failure leaves the
/// earlier files unchanged. Files that Saccade did not write are kept (see io/output_folder.h).
/// Word overlays of an earlier, longer caption in the same format are removed.
/// @param name  of the image, as the user gave it; a file of that name is never replaced.
/// @return the files written.
/// @throws std::runtime_error naming the path that cannot be created or written;
///         std::invalid_argument naming an existing file that Saccade did not write.
std::vector<std::filesystem::path> write_heatmap(const Image& photograph, const Caption& caption,
                                                 const std::string& name,
                                                 const std::filesystem::path& directory,
                                                 const HeatmapOptions& options,
                                                 const Rollouts& rollouts = {});

/// Checks the output folder before the image is captioned. Throws what write_heatmap would throw
/// for a folder that cannot be written or for existing files whose names do not depend on the
/// caption.
void require_heatmap_folder(const std::filesystem::path& directory, const std::string& name,
                            const HeatmapOptions& options);

/// "NN-word.png", with NN = index + 1. Bytes of the word other than ASCII letters and digits become
/// "_", and the word is cut to 40 bytes.
std::string word_file_name(std::size_t index, std::size_t count, const std::string& word,
                           PictureFormat format = PictureFormat::png);

/// The maps as JSON:
///   {"image", "width", "height", "caption", "log_prob", "grid": {"rows", "cols"},
///    "placement": {"input_size", "scale_x", "scale_y", "offset_x", "offset_y"},
///    "words": [{"word", "p", "gate", "entropy", "cell" (hard attention only)}],
///    "alphas": T × rows × cols, "confidence": number or null,
///    "rollouts" (if there are any): {"count", "seed", "cells": T × rows × cols}}
/// A point of the encoder's input lies at input · scale + offset in the original image.
/// @param name  of the image; bytes that are not UTF-8 become U+FFFD.
/// @throws std::invalid_argument when a map or the rollouts do not match the caption's grid or
///         words.
std::string attention_json(const Caption& caption, const std::string& name,
                           const Rollouts& rollouts = {});

}  // namespace saccade
