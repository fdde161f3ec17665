#pragma once

#include <string_view>

namespace saccade {

// The parts of the pages, from assets/page. They are compiled in, so that an installed program
// needs no asset files. Placeholders in the templates are written {{name}}, see fill_template.
extern const std::string_view kPageTemplate, kPageStyle, kPageScript;
extern const std::string_view kIndexTemplate, kIndexStyle, kIndexScript;

}  // namespace saccade
