#include "map_option.h"

namespace saccade::app {

void add_map_option(Arguments& arguments) {
  std::string names;
  for (const std::string& name : map_kind_names()) names += (names.empty() ? "" : ", ") + name;
  arguments.add()("map", "map shown for each word: " + names,
                  cxxopts::value<std::string>()->default_value("alpha"), "NAME");
}

MapKind map_option(const Arguments& arguments) {
  return map_kind_from_string(arguments.get<std::string>("map"));
}

}  // namespace saccade::app
