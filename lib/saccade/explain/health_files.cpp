#include <stdexcept>
#include <system_error>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/explain/health.h"
#include "saccade/model/durable_file.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, std::string_view bytes) {
  DurableFile file(path);
  file.write(bytes);
  file.commit();
}

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
  std::error_code error;
  fs::create_directories(directory, error);
  if (error || !fs::is_directory(directory)) {
    throw std::runtime_error("cannot make the output folder \"" + directory.string() +
                             "\": " + (error ? error.message() : "it is a file, not a folder"));
  }
  const auto png = to_png(draw_health(health, title));
  const std::vector<fs::path> paths{directory / "health.json", directory / "health.png"};
  write(paths[0], to_json(health).dump(1) + "\n");
  write(paths[1], {reinterpret_cast<const char*>(png.data()), png.size()});
  return paths;
}

}  // namespace saccade
