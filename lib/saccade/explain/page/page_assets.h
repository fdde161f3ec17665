#pragma once

#include <string_view>

namespace saccade {

// The pages' parts, from assets/page, compiled in so that an installed program needs no file of
// them. The templates' places are named {{like_this}}, see fill_template.
extern const std::string_view kPageTemplate, kPageStyle, kPageScript;
extern const std::string_view kIndexTemplate, kIndexStyle, kIndexScript;

}  // namespace saccade
