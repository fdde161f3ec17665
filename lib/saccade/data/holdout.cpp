#include "saccade/data/holdout.h"

#include <filesystem>

#include "saccade/io/sha256.h"

namespace saccade {

double holdout_position(const std::string& image, std::uint64_t seed) {
  constexpr std::size_t kDigits = 13;  // 52 bits, exact in a double
  const std::filesystem::path path(image);
  const std::string name = path.is_absolute() ? path.filename().string() : image;
  const std::string digest = sha256(std::to_string(seed) + '\n' + name);
  return static_cast<double>(std::stoull(digest.substr(0, kDigits), nullptr, 16)) /
         static_cast<double>(std::uint64_t(1) << (4 * kDigits));
}

nlohmann::json to_json(const Holdout& holdout) {
  return {{"share", holdout.share}, {"seed", holdout.seed}};
}

std::optional<Holdout> recorded_holdout(const nlohmann::json& provenance) {
  const nlohmann::json* at = &provenance;
  while (at->is_object() && at->contains("average")) {
    const nlohmann::json& parts = at->at("average");
    if (!parts.is_array() || parts.empty() || !parts[0].is_object()) return std::nullopt;
    if (!parts[0].contains("provenance")) return std::nullopt;
    at = &parts[0].at("provenance");
  }
  if (!at->is_object() || !at->contains("holdout")) return std::nullopt;
  const nlohmann::json& noted = at->at("holdout");
  if (!noted.is_object() || !noted.contains("share") || !noted.contains("seed") ||
      !noted.at("share").is_number() || !noted.at("seed").is_number_unsigned()) {
    return std::nullopt;
  }
  return Holdout{noted.at("share").get<double>(), noted.at("seed").get<std::uint64_t>()};
}

}  // namespace saccade
