#pragma once

#include <optional>
#include <string>

namespace saccade {

/// The namespace of Saccade's own XMP property, saccade:Description. It repeats the description
/// that Saccade wrote, so that a description that somebody has changed since differs from it.
constexpr char kXmpNamespace[] = "urn:saccade:xmp/1.0/";

/// What metadata say of an image.
struct ImageDescription {
  std::string text;         ///< the description in the default language, or the first one
  bool by_saccade = false;  ///< it is as Saccade wrote it
};

/// Reads dc:description of an XMP document (ISO 16684-1), in UTF-8 or UTF-16, with or without its
/// packet wrapper.
/// @return nothing if it has none or only an empty one
/// @throws std::invalid_argument saying why the text is not such a document.
std::optional<ImageDescription> description_of_xmp(const std::string& xmp);

/// The document with another description in the default language. Descriptions in other languages,
/// other properties, comments and white space stay as they are.
/// @param xmp          a document, or empty: a new one is made
/// @param description  UTF-8; control characters that XML cannot hold become U+FFFD
/// @throws std::invalid_argument as description_of_xmp.
std::string with_description(const std::string& xmp, const std::string& description);

}  // namespace saccade
