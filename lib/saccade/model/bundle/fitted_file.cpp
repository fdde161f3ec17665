#include "saccade/model/bundle/fitted_file.h"

#include <stdexcept>
#include <string>

#include "saccade/io/durable_file.h"
#include "saccade/io/mapped_file.h"
#include "saccade/model/bundle/bundle.h"

namespace saccade {
namespace {

void check_header(JsonFields& fields, const FittedFile& kind, const std::string& hash) {
  const std::string again = std::string("fit it again with `") + kind.command + "`";
  if (fields.text("format") != kind.format) {
    fields.refuse("format", std::string("\"") + kind.format + "\"");
  }
  if (fields.at("version") != kind.version) {
    fields.refuse("version",
                  std::to_string(kind.version) + ", the version that this program reads; " + again);
  }
  if (fields.text("weights_sha256") != hash) {
    fields.refuse("weights_sha256", hash +
                                        ", the hash of the bundle's weights; it was fitted to "
                                        "others: " +
                                        again);
  }
}

}  // namespace

bool read_fitted_file(const std::filesystem::path& bundle, const FittedFile& kind,
                      const std::function<void(JsonFields& fields)>& read) {
  const std::filesystem::path path = bundle / kind.name;
  if (!std::filesystem::exists(path)) return false;
  const MappedFile file(path);
  const nlohmann::json json = parse_strict_json(file.bytes(), path.string());
  try {
    JsonFields fields(json, "");
    check_header(fields, kind, weights_hash(bundle));
    read(fields);
    fields.finish();
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(path.string() + ": " + error.what());
  }
  return true;
}

void write_fitted_file(const std::filesystem::path& bundle, const FittedFile& kind,
                       const nlohmann::ordered_json& fields) {
  nlohmann::ordered_json json{
      {"format", kind.format}, {"version", kind.version}, {"weights_sha256", weights_hash(bundle)}};
  json.update(fields);
  DurableFile file(bundle / kind.name);
  file.write(json.dump(1) + "\n");
  file.commit();
}

}  // namespace saccade
