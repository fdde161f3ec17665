// `saccade model inspect` and `saccade model verify`.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <set>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "saccade/io/mapped_file.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/model/checkpoint/safetensors_header.h"

#include "commands.h"
#include "engine_options.h"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// 1234567 → "1,234,567".
std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

std::string size_text(std::uint64_t bytes) {
  const bool small = bytes < 1'000'000;
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << double(bytes) / (small ? 1e3 : 1e6)
       << (small ? " kB" : " MB");
  return text.str();
}

void print_row(std::ostream& out, const std::string& name, const std::string& value) {
  out << "  " << std::left << std::setw(12) << name << value << '\n';
}

/// A flat object on one line: "size 224, fit squash".
std::string fields_text(const Json& object) {
  std::string text;
  for (const auto& item : object.items()) {
    const auto& value = item.value();
    text += (text.empty() ? "" : ", ") + item.key() + " " +
            (value.is_string() && value != "" ? value.get<std::string>() : value.dump());
  }
  return text.empty() ? "none" : text;
}

/// Prints an object with its structure, indented below its name.
void print_object(std::ostream& out, const std::string& name, const Json& object) {
  std::istringstream lines(object.dump(2, ' ', false, Json::error_handler_t::replace));
  std::string line;
  std::string label = name;
  while (std::getline(lines, line)) {
    print_row(out, label, line);
    label.clear();
  }
}

void print_bundle(const Json& report, std::ostream& out) {
  const Json& config = report.at("config");
  std::string stored;
  for (const auto& type : report.at("stored")) {
    stored += (stored.empty() ? "" : ", ") + type.get<std::string>();
  }
  out << report.at("path").get<std::string>() << '\n';
  print_row(out, "format",
            config.at("format").get<std::string>() + " version " + config.at("version").dump());
  print_row(out, "size", size_text(report.at("bytes")) + ", weights stored as " + stored);
  for (const char* part : {"encoder", "decoder", "total"}) {
    print_row(out, part, grouped(report.at("parameters").at(part)) + " parameters");
  }
  print_row(out, "vocabulary",
            grouped(report.at("vocabulary")) + " words, tokenizer " +
                config.at("tokenizer").get<std::string>());
  out << "config\n";
  for (const char* part : {"input", "encoder", "decoder", "decoding"}) {
    print_row(out, part, fields_text(config.at(part)));
  }
  out << "origin\n";
  print_object(out, "provenance", config.at("provenance"));
  for (const auto& item : config.at("sha256").items()) {
    print_row(out, "sha256", item.value().get<std::string>() + "  " + item.key());
  }
}

void print_tensors(const Json& report, std::ostream& out) {
  out << report.at("path").get<std::string>() << '\n';
  print_row(out, "size", size_text(report.at("bytes")));
  print_row(out, "tensors",
            grouped(static_cast<std::int64_t>(report.at("tensors").size())) + " of " +
                grouped(report.at("parameters")) + " numbers");
  print_row(out, "metadata", fields_text(report.at("metadata")));
  std::size_t widest = 0;
  for (const auto& tensor : report.at("tensors")) {
    widest = std::max(widest, tensor.at("name").get<std::string>().size());
  }
  for (const auto& tensor : report.at("tensors")) {
    out << "  " << std::left << std::setw(static_cast<int>(widest) + 2)
        << tensor.at("name").get<std::string>() << std::setw(6)
        << tensor.at("type").get<std::string>() << tensor.at("shape").dump() << '\n';
  }
}

/// The report of `model inspect` on a bundle, which is loaded and checked:
/// {"path", "kind": "bundle", "bytes", "parameters": {"encoder", "decoder", "total"},
///  "stored": ["F16"], "vocabulary", "config": all of config.json}
/// @throws std::runtime_error if the bundle is invalid
Json report_on_bundle(const fs::path& directory) {
  const Bundle bundle = load_bundle(directory);
  std::int64_t encoder = 0;
  std::int64_t decoder = 0;
  for (const auto& parameter : bundle.encoder->parameters()) encoder += parameter.numel();
  for (const auto& parameter : bundle.decoder->parameters()) decoder += parameter.numel();
  std::set<std::string> types;
  const MappedFile weights(directory / bundle_file::kWeights);
  for (const auto& item : read_safetensors_header(weights.bytes(), weights.path()).tensors) {
    types.insert(tensor_type_name(item.second.type));
  }
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  std::ifstream config(directory / bundle_file::kConfig);
  Json report;
  report["path"] = path_text(directory);
  report["kind"] = "bundle";
  report["bytes"] = bytes;
  report["parameters"] = {{"encoder", encoder}, {"decoder", decoder}, {"total", encoder + decoder}};
  report["stored"] = types;
  report["vocabulary"] = bundle.vocabulary.size();
  report["config"] = Json::parse(config);
  return report;
}

/// The report of `model inspect` on a safetensors file:
/// {"path", "kind": "safetensors", "bytes", "parameters", "metadata",
///  "tensors": [{"name", "type", "shape"}]}
/// @throws std::runtime_error if the file is invalid
Json report_on_tensors(const fs::path& file) {
  const MappedFile mapped(file);
  const SafetensorsHeader contents = read_safetensors_header(mapped.bytes(), file);
  std::int64_t parameters = 0;
  Json tensors = Json::array();
  for (const auto& [name, tensor] : contents.tensors) {
    parameters += static_cast<std::int64_t>(tensor.bytes.size() / element_size(tensor.type));
    tensors.push_back(
        {{"name", name}, {"type", tensor_type_name(tensor.type)}, {"shape", tensor.shape}});
  }
  Json report;
  report["path"] = path_text(file);
  report["kind"] = "safetensors";
  report["bytes"] = fs::file_size(file);
  report["parameters"] = parameters;
  report["metadata"] = contents.metadata;
  report["tensors"] = tensors;
  return report;
}

/// Prints either report as text.
void print_report(const Json& report, std::ostream& out) {
  if (report.at("kind") == "bundle") {
    print_bundle(report, out);
  } else {
    print_tensors(report, out);
  }
}

}  // namespace

int run_model_inspect(const Arguments& arguments) {
  const fs::path path = find_model(arguments.get<std::string>("path"));
  const auto report = fs::is_directory(path) ? report_on_bundle(path) : report_on_tensors(path);
  if (arguments.has("json")) {
    std::cout << report.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
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
