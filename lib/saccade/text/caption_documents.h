#pragma once

#include <nlohmann/json.hpp>

#include "saccade/text/caption_records.h"

namespace saccade {

// The two formats that are one JSON document. Entries that are laid out otherwise become
// malformed records.

/// @param root       an object with the list "images"
/// @param tokenized  take the sentences' "tokens", a space behind each, rather than their "raw"
void read_karpathy(const nlohmann::json& root, bool tokenized, CaptionRecords& out);

/// @param root  an object with the list "annotations" and perhaps the list "images"; without it
///              the images are named by their numbers
void read_coco(const nlohmann::json& root, CaptionRecords& out);

}  // namespace saccade
