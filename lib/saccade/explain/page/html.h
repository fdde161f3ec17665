#pragma once

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace saccade {

/// Escapes a text for HTML, within an element or a quoted attribute: & < > " ' become entities;
/// control characters other than tab and newline, and bytes that are not UTF-8, become U+FFFD.
std::string escape_html(std::string_view text);

/// Serializes JSON for <script type="application/json">. It contains no <, > or &, so that no text
/// can end the element. Bytes that are not UTF-8 become U+FFFD.
std::string json_for_html(const nlohmann::ordered_json& json);

std::string base64(std::string_view bytes);

/// "sha256-…": the hash by which a Content-Security-Policy allows this script or style.
std::string policy_hash(std::string_view text);

/// The Content-Security-Policy of a page that may use this style, this script and images from these
/// sources (e.g. "data:"), and nothing else.
std::string page_policy(std::string_view style, std::string_view script,
                        const std::string& picture_sources);

/// Replaces every {{name}} of the template by its value. Values are inserted unchanged and are not
/// searched for placeholders.
/// @throws std::logic_error for a name without a value.
std::string fill_template(std::string_view text, const std::map<std::string, std::string>& values);

// The parts of the pages, from assets/page. They are compiled in, so that an installed program
// needs no asset files.
extern const std::string_view kPageTemplate, kPageStyle, kPageScript;
extern const std::string_view kIndexTemplate, kIndexStyle, kIndexScript;
/// The page of the server: a template with `data` (see app_data), its style and its script.
extern const std::string_view kAppPage, kAppStyle, kAppScript;

}  // namespace saccade
