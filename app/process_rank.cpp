#include "process_rank.h"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "usage_error.h"

namespace saccade::app {
namespace {

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::int64_t whole_number(const char* name, std::int64_t low, std::int64_t high) {
  const auto text = variable(name);
  const std::string expected =
      "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  if (!text) {
    throw UsageError(std::string("environment variable ") + name + " is not set, expected " +
                     expected + "; start the processes with torchrun or mpirun");
  }
  std::int64_t number = 0;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < low || number > high) {
    throw UsageError(std::string("environment variable ") + name + " is \"" + *text +
                     "\", expected " + expected);
  }
  return number;
}

}  // namespace

ProcessGroupOptions process_group_from_environment() {
  constexpr std::int64_t kMax = 100000;
  ProcessGroupOptions options;
  const char* rank = "RANK";
  const char* size = "WORLD_SIZE";
  const bool torchrun = variable(rank) || variable(size);
  if (!torchrun) {
    rank = "OMPI_COMM_WORLD_RANK";
    size = "OMPI_COMM_WORLD_SIZE";
    if (!variable(rank) && !variable(size)) return options;
  }
  options.processes = whole_number(size, 1, kMax);
  options.rank = whole_number(rank, 0, options.processes - 1);
  if (const auto address = variable("MASTER_ADDR")) options.address = *address;
  if (variable("MASTER_PORT")) {
    options.port = static_cast<std::uint16_t>(whole_number("MASTER_PORT", 1, 65535));
  }
  options.interface = variable("GLOO_SOCKET_IFNAME").value_or("");
  return options;
}

std::string device_of_process(const std::string& name) {
  if (name != "cuda") return name;
  constexpr std::int64_t kMax = 127;
  for (const char* place : {"LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK"}) {
    if (variable(place)) return name + ":" + std::to_string(whole_number(place, 0, kMax));
  }
  return name;
}

}  // namespace saccade::app
