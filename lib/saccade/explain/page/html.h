#pragma once

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace saccade {

/// The text as HTML shows it, in an element or between quotes: & < > " ' become entities, control
/// characters and bytes that are not UTF-8 become U+FFFD.
std::string escape_html(std::string_view text);

/// JSON that may stand within <script type="application/json">: no <, > or & is left in it, so no
/// text can end the element. Bytes that are not UTF-8 become U+FFFD.
std::string json_for_html(const nlohmann::ordered_json& json);

std::string base64(std::string_view bytes);

/// "sha256-…": what a Content-Security-Policy allows this script or style by.
std::string policy_hash(std::string_view text);

/// The Content-Security-Policy of a page that may use this style, this script and pictures from
/// these sources ("data:"), and nothing else.
std::string page_policy(std::string_view style, std::string_view script,
                        const std::string& picture_sources);

/// The template with every {{name}} replaced by `values`' own, which is taken as it is and not
/// searched again.
/// @throws std::logic_error for a name that is not among the values.
std::string fill_template(std::string_view text, const std::map<std::string, std::string>& values);

}  // namespace saccade
