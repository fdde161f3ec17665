#include "saccade/training/training_log.h"

#include <fstream>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "saccade/io/durable_file.h"

namespace saccade {
namespace {

bool has_step(const nlohmann::json& line) {
  return line.is_object() && line.contains("step") && line["step"].is_number_integer();
}

bool stays(const std::string& text, std::int64_t step, std::int64_t epoch) {
  const auto line = nlohmann::json::parse(text, nullptr, false);
  if (!has_step(line)) return false;
  const std::int64_t at = line["step"];
  if (!line.contains("bleu_4")) return at < step;
  return at < step || (at == step && line.value("epoch", std::int64_t{0}) <= epoch);
}

}  // namespace

void cut_training_log(const std::filesystem::path& log, std::int64_t step, std::int64_t epoch) {
  if (!std::filesystem::exists(log)) return;
  std::ifstream in(log, std::ios::binary);
  std::string kept;
  bool cut = false;
  for (std::string line; std::getline(in, line);) {
    if (!in.eof() && stays(line, step, epoch)) {
      kept += line + '\n';
    } else {
      cut = true;
    }
  }
  if (in.bad() || !in.eof()) throw std::runtime_error(log.string() + ": cannot be read");
  if (!cut) return;
  DurableFile file(log);
  file.write(kept);
  file.commit();
}

bool is_training_log(const std::filesystem::path& log) {
  std::ifstream in(log, std::ios::binary);
  for (std::string line; std::getline(in, line) && !in.eof();) {
    if (!has_step(nlohmann::json::parse(line, nullptr, false))) return false;
  }
  return true;
}

}  // namespace saccade
