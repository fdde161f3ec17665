#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "saccade/data/dataset_listing.h"

#include "temporary_folder.h"

namespace saccade::test {

/// A temporary folder for a data set.
class DataFolder : public ::testing::Test {
 protected:
  /// Writes a file and creates its parent folders.
  std::filesystem::path put(const std::string& name, const std::string& text = "x") const {
    const std::filesystem::path path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    write_file(path, text);
    return path;
  }
  DatasetSource source(const std::string& name = "") const {
    DatasetSource source;
    source.path = name.empty() ? folder_.path() : folder_ / name;
    return source;
  }
  Dataset read(const std::string& name, const std::string& split) const {
    return read_dataset(source(name), split);
  }
  std::string refusal(const std::function<void()>& action) const {
    try {
      action();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "nothing was refused";
  }

  TemporaryFolder folder_;
};

}  // namespace saccade::test
