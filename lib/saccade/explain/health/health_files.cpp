#include <stdexcept>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/explain/health/health.h"
#include "saccade/explain/health/pointing.h"
#include "saccade/io/output_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> to_png(const Image& image) {
  const cv::Mat rgb(image.height, image.width, CV_8UC3,
                    const_cast<std::uint8_t*>(image.rgb.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".png", bgr, bytes)) throw std::runtime_error("cannot encode a figure as PNG");
  return bytes;
}

/// Writes NAME.json and NAME.png into a folder.
std::vector<fs::path> write_pair(const fs::path& directory, const std::string& name,
                                 const nlohmann::ordered_json& report, const Image& figure) {
  OutputFolder folder(directory);
  const auto png = to_png(figure);
  folder.write(name + ".json",
               report.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  folder.write(name + ".png", {reinterpret_cast<const char*>(png.data()), png.size()});
  folder.commit();
  return {directory / (name + ".json"), directory / (name + ".png")};
}

}  // namespace

std::vector<fs::path> write_health(const Health& health, const std::string& title,
                                   const fs::path& directory) {
  return write_pair(directory, "health", to_json(health), draw_health(health, title));
}

void require_health_folder(const fs::path& directory) {
  require_replaceable(directory, {"health.json", "health.png"}, {});
}

std::vector<fs::path> write_pointing(const nlohmann::ordered_json& report, const Image& figure,
                                     const fs::path& directory) {
  return write_pair(directory, "pointing", report, figure);
}

void require_pointing_folder(const fs::path& directory) {
  require_replaceable(directory, {"pointing.json", "pointing.png"}, {});
}

}  // namespace saccade
