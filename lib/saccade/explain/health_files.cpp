#include <stdexcept>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/explain/health.h"
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

}  // namespace

std::vector<fs::path> write_health(const Health& health, const std::string& title,
                                   const fs::path& directory) {
  OutputFolder folder(directory);
  const auto png = to_png(draw_health(health, title));
  folder.write("health.json", to_json(health).dump(1) + "\n");
  folder.write("health.png", {reinterpret_cast<const char*>(png.data()), png.size()});
  folder.commit();
  return {directory / "health.json", directory / "health.png"};
}

void require_health_folder(const fs::path& directory) {
  require_replaceable(directory, {"health.json", "health.png"}, {});
}

}  // namespace saccade
