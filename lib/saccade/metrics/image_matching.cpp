#include "saccade/metrics/image_matching.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

namespace saccade {
namespace {

/// The images whose paths have a common end; the first two suffice to know that there are several.
struct Owners {
  std::optional<std::size_t> first, second;
};

constexpr std::size_t kMaxDepth = 64;  // folders that are compared, for names made to waste time

/// Image paths by their ends.
class PathEnds {
 public:
  explicit PathEnds(const std::vector<std::string>& names) {
    paths_.reserve(names.size());
    for (const std::string& name : names) paths_.push_back('/' + image_path(name));
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      for_each_end(paths_[i], [&](std::string_view end) {
        Owners& owners = owners_[end];
        if (!owners.first) {
          owners.first = i;
        } else if (!owners.second) {
          owners.second = i;
        }
        return true;
      });
    }
  }

  const std::string& path(std::size_t i) const { return paths_[i]; }

  /// The images with the longest end in common with the path.
  Owners best(const std::string& path) const {
    Owners found;
    for_each_end(path, [&](std::string_view end) {
      const auto owners = owners_.find(end);
      if (owners == owners_.end()) return true;
      found = owners->second;
      return false;
    });
    return found;
  }

 private:
  /// Calls visit with the whole path, which begins with '/', and its ends without that slash, from
  /// the longest to the shortest, until it returns false. So only equal paths share the whole path.
  template <typename Visit>
  static void for_each_end(const std::string& path, const Visit& visit) {
    std::vector<std::size_t> slashes;
    for (std::size_t at = path.rfind('/'); slashes.size() < kMaxDepth;
         at = path.rfind('/', at - 1)) {
      slashes.push_back(at);
      if (at == 0) break;
    }
    if (!visit(std::string_view(path))) return;
    for (auto at = slashes.rbegin(); at != slashes.rend(); ++at) {
      if (!visit(std::string_view(path).substr(*at + 1))) return;
    }
  }

  std::vector<std::string> paths_;
  std::unordered_map<std::string_view, Owners> owners_;  // views of paths_
};

/// @throws std::runtime_error if `owners` are two images that have no better match.
void refuse_tie(const std::string& name, const Owners& owners,
                const std::vector<std::string>& others, const std::vector<bool>& matched) {
  if (!owners.second || matched[*owners.first] || matched[*owners.second]) return;
  throw std::runtime_error("the image \"" + name + "\" matches both \"" + others[*owners.first] +
                           "\" and \"" + others[*owners.second] +
                           "\"; name the images with their folders in both files");
}

}  // namespace

std::string image_path(const std::string& name) {
  std::string path;
  for (std::size_t start = 0; start < name.size();) {
    const std::size_t stop = std::min(name.find_first_of("/\\", start), name.size());
    const std::string_view part = std::string_view(name).substr(start, stop - start);
    if (!part.empty() && part != ".") {
      if (!path.empty()) path += '/';
      path += part;
    }
    start = stop + 1;
  }
  return path;
}

std::vector<std::optional<std::size_t>> match_images(const std::vector<std::string>& first,
                                                     const std::vector<std::string>& second) {
  const PathEnds first_ends(first), second_ends(second);
  std::vector<Owners> of_first, of_second;
  for (std::size_t i = 0; i < first.size(); ++i) {
    of_first.push_back(second_ends.best(first_ends.path(i)));
  }
  for (std::size_t j = 0; j < second.size(); ++j) {
    of_second.push_back(first_ends.best(second_ends.path(j)));
  }
  std::vector<std::optional<std::size_t>> matches(first.size());
  std::vector<bool> first_matched(first.size()), second_matched(second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    const Owners& there = of_first[i];
    if (!there.first || there.second) continue;
    const Owners& back = of_second[*there.first];
    if (back.second || back.first != i) continue;
    matches[i] = there.first;
    first_matched[i] = true;
    second_matched[*there.first] = true;
  }
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (matches[i] || !of_first[i].first) continue;
    refuse_tie(first[i], of_first[i], second, second_matched);
    const std::size_t j = *of_first[i].first;
    if (!second_matched[j]) refuse_tie(second[j], of_second[j], first, first_matched);
  }
  return matches;
}

}  // namespace saccade
