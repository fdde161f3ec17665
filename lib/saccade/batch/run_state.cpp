#include "saccade/batch/run_state.h"

#include <optional>
#include <stdexcept>
#include <system_error>

#include "saccade/io/json.h"

namespace saccade {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr char kStateFormat[] = "saccade-batch";
constexpr int kStateVersion = 1;

void note_difference(const std::string& what, const Json& was, const Json& is,
                     std::vector<std::string>& into) {
  const auto shown = [](const Json& value) { return value.is_null() ? "not given" : value.dump(); };
  if (was != is) into.push_back(what + " was " + shown(was) + " and is now " + shown(is));
}

bool has_no_rows(const fs::path& output) {
  std::error_code error;
  const auto size = fs::file_size(output, error);
  return error || size == 0;
}

std::string in_one_line(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : "; ") + item;
  return text;
}

}  // namespace

std::string manifest_text(const RunManifest& manifest) {
  Json json{{"format", kStateFormat},
            {"version", kStateVersion},
            {"program", manifest.program},
            {"command", manifest.command},
            {"options", manifest.options},
            {"model", {{"name", manifest.model}, {"sha256", manifest.model_sha256}}},
            {"cpu", manifest.cpu},
            {"precision", manifest.precision},
            {"complete", manifest.complete},
            {"captioned", manifest.captioned},
            {"failed", manifest.failed}};
  if (const Shard& shard = manifest.shard; shard.count > 1) {
    json["shard"] = {{"index", shard.index},
                     {"count", shard.count},
                     {"images", shard.images},
                     {"listing_sha256", shard.listing_sha256},
                     {"positions", shard.positions}};
  }
  const int indent = manifest.shard.count > 1 ? -1 : 2;  // there may be a million positions
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

RunManifest parse_manifest(const std::string& text, const fs::path& path) {
  try {
    const Json json = Json::parse(text);
    if (json.at("format") != kStateFormat || json.at("version") != kStateVersion) {
      throw std::runtime_error("it is of another program or version");
    }
    RunManifest manifest;
    manifest.program = json.at("program");
    manifest.command = json.at("command").get<std::vector<std::string>>();
    manifest.options = json.at("options");
    manifest.model = json.at("model").at("name");
    manifest.model_sha256 = json.at("model").at("sha256");
    manifest.cpu = json.at("cpu");
    manifest.precision = json.at("precision");
    manifest.complete = json.at("complete");
    manifest.captioned = json.at("captioned");
    manifest.failed = json.at("failed");
    if (!json.contains("shard")) return manifest;
    const Json& shard = json["shard"];
    manifest.shard.index = shard.at("index");
    manifest.shard.count = shard.at("count");
    manifest.shard.images = shard.at("images");
    manifest.shard.listing_sha256 = shard.at("listing_sha256");
    manifest.shard.positions = shard.at("positions").get<std::vector<std::int64_t>>();
    if (manifest.shard.index < 0 || manifest.shard.index >= manifest.shard.count) {
      throw std::runtime_error("its shard is out of range");
    }
    return manifest;
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(path.string() +
                             " is not the state of a batch run: " + json_reason(error));
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(path.string() + " is not the state of a batch run: " + error.what());
  }
}

std::vector<std::string> differences(const RunManifest& earlier, const RunManifest& now) {
  std::vector<std::string> found;
  note_difference("the program's version", earlier.program, now.program, found);
  if (earlier.model_sha256 != now.model_sha256) {
    found.push_back(
        "the model was \"" + earlier.model + "\" and is now " +
        (earlier.model == now.model ? "another one of that name" : "\"" + now.model + "\""));
  }
  note_difference("the CPU's class", earlier.cpu, now.cpu, found);
  note_difference("the precision", earlier.precision, now.precision, found);
  for (const auto& [name, value] : now.options.items()) {
    note_difference(name, earlier.options.value(name, Json()), value, found);
  }
  for (const auto& [name, value] : earlier.options.items()) {
    if (!now.options.contains(name)) note_difference(name, value, Json(), found);
  }
  return found;
}

RunState::RunState(const fs::path& file, const fs::path& output, const RunManifest& now,
                   const Permission& permission)
    : path_(file), file_(file), manifest_(now), resumes_(decide(output, permission)) {
  manifest_.complete = false;
  manifest_.captioned = manifest_.failed = 0;
  file_.replace(manifest_text(manifest_));
}

bool RunState::decide(const fs::path& output, const Permission& permission) const {
  if (has_no_rows(output)) return false;
  std::optional<RunManifest> earlier;
  std::string damage;
  try {
    if (!file_.text().empty()) earlier = parse_manifest(file_.text(), path_);
  } catch (const std::runtime_error& error) {
    damage = std::string("; ") + error.what();
  }
  if (permission.overwrite) {
    return earlier && !earlier->complete && earlier->command == manifest_.command &&
           differences(*earlier, manifest_).empty();
  }
  if (permission.force) return true;
  if (!earlier) {
    throw std::invalid_argument("the output \"" + output.string() +
                                "\" exists, but no state of a run that could be continued" +
                                damage + "; give another name, --overwrite to replace it, or " +
                                "--force to continue it all the same");
  }
  const std::vector<std::string> other = differences(*earlier, manifest_);
  if (other.empty()) return true;
  throw std::invalid_argument("the output \"" + output.string() +
                              "\" is of another run: " + in_one_line(other) +
                              "; give another name, --overwrite to replace it, or --force to "
                              "continue it all the same");
}

void RunState::complete(std::int64_t captioned, std::int64_t failed) {
  manifest_.complete = true;
  manifest_.captioned = captioned;
  manifest_.failed = failed;
  file_.replace(manifest_text(manifest_));
}

}  // namespace saccade
