// `saccade model inspect` and `saccade model verify`.

#include <filesystem>
#include <iostream>
#include <string>

#include "saccade/model/bundle/bundle.h"

#include "default_model.h"
#include "model_report.h"
#include "runs.h"

namespace saccade::app {

namespace fs = std::filesystem;

int run_model_inspect(const Arguments& arguments) {
  const fs::path path = find_model(arguments.get<std::string>("path"));
  const auto report = fs::is_directory(path) ? report_on_bundle(path) : report_on_tensors(path);
  if (arguments.has("json")) {
    std::cout << report.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << '\n';
  } else {
    print_report(report, std::cout);
  }
  return 0;
}

int run_model_verify(const Arguments& arguments) {
  const fs::path path = find_model(arguments.get<std::string>("path"));
  verify_bundle(path);
  std::cout << path.string() << ": valid\n";
  return 0;
}

}  // namespace saccade::app
