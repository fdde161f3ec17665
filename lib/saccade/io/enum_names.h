#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace saccade {

/// A value of an enumeration and its name in files and on the command line. An enumeration lists
/// all its values once:
///   constexpr EnumName<Fit> kFits[] = {{Fit::squash, "squash"}, …};
template <typename Enum>
struct EnumName {
  Enum value;
  const char* name;
};

/// @throws std::invalid_argument for a value that the table lacks.
template <typename Enum, std::size_t N>
const char* name_of(const EnumName<Enum> (&names)[N], Enum value) {
  for (const auto& entry : names) {
    if (entry.value == value) return entry.name;
  }
  throw std::invalid_argument("a value outside its enumeration");
}

/// @param what  what the name stands for, in the message: "fit", "map", …
/// @throws std::invalid_argument for an unknown name, with all known ones.
template <typename Enum, std::size_t N>
Enum value_of(const EnumName<Enum> (&names)[N], const std::string& name, const std::string& what) {
  std::string known;
  for (const auto& entry : names) {
    if (name == entry.name) return entry.value;
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw std::invalid_argument("unknown " + what + " \"" + name + "\"; expected one of " + known);
}

/// All names, in the order of the table.
template <typename Enum, std::size_t N>
std::vector<std::string> all_names(const EnumName<Enum> (&names)[N]) {
  std::vector<std::string> list;
  for (const auto& entry : names) list.emplace_back(entry.name);
  return list;
}

}  // namespace saccade
