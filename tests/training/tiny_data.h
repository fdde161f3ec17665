#pragma once

#include <string>

#include <opencv2/imgcodecs.hpp>

#include "saccade/data/dataset.h"

#include "temporary_folder.h"

namespace saccade::test {

/// Two clearly different images with captions, to be memorized.
inline Dataset tiny_dataset(const TemporaryFolder& folder) {
  const auto write = [&](const std::string& name, const cv::Scalar& left, const cv::Scalar& right) {
    cv::Mat image(48, 64, CV_8UC3, left);
    image.colRange(32, 64).setTo(right);
    cv::imwrite((folder / name).string(), image);
    return folder / name;
  };
  Dataset dataset;
  dataset.images.push_back(
      {"warm.png",
       write("warm.png", {20, 20, 220}, {30, 200, 230}),
       {"a red wall beside a yellow door", "a red wall beside a yellow door"}});
  dataset.images.push_back(
      {"cold.png",
       write("cold.png", {220, 40, 20}, {20, 20, 20}),
       {"two blue birds sit on a dark branch", "two blue birds sit on a dark branch"}});
  return dataset;
}

}  // namespace saccade::test
