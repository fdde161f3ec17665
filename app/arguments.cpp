#include "arguments.h"

#include <algorithm>
#include <iostream>
#include <sstream>

namespace saccade::app {
namespace {

constexpr double kMostThreads = 1024;
constexpr double kWidestBeam = 1000;
constexpr double kMostWords = 1000;

}  // namespace

Arguments::Arguments(const std::string& command, const std::string& usage,
                     const std::string& summary, const std::string& example)
    : options_("saccade " + command, summary), command_(command), example_(example) {
  options_.custom_help(usage.substr(std::min(usage.size(), command.size() + 1)) + " [OPTION...]");
  options_.positional_help("");
  options_.add_options()("h,help", "print this help");
}

bool Arguments::parse(int argc, const char* const* argv) {
  try {
    result_ = options_.parse(argc, argv);
  } catch (const std::exception& error) {  // cxxopts 3.0 and 3.2 name their exceptions differently
    throw UsageError(std::string(error.what()) + "; `saccade " + command_ +
                     " --help` lists the options");
  }
  if (has("help")) {
    std::cout << options_.help() << "\nExample:\n  " << example_ << '\n';
    return false;
  }
  if (!result_->unmatched().empty()) {
    throw UsageError("unexpected argument \"" + result_->unmatched().front() + "\"; `saccade " +
                     command_ + " --help` says what is expected");
  }
  for (const auto& limit : limits_) limit(*this);
  return true;
}

void Arguments::require_range(const std::string& name, double value, double low, double high) {
  if (value >= low && value <= high) return;
  std::ostringstream message;
  message << "option --" << name << " is " << value << ", expected a value from " << low << " to "
          << high;
  throw UsageError(message.str());
}

void Arguments::add_threads_option() {
  add()("threads", "threads to compute with; 0: one per processor",
        cxxopts::value<std::int64_t>()->default_value("0"));
  limit<std::int64_t>("threads", 0, kMostThreads);
}

void Arguments::add_model_options() {
  add()("m,model", "the model's folder, or the name of one that ships (default, …)",
        cxxopts::value<std::string>()->default_value("default"))(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"));
  add_threads_option();
}

void Arguments::add_decoding_options(const std::string& otherwise) {
  const std::string by_default = " (default: " + otherwise;
  add()("beam", "hypotheses kept while searching; 1 is greedy" + by_default + ")",
        cxxopts::value<std::int64_t>())("length-penalty",
                                        "rank by log p / (words + 1)^N" + by_default + ")",
                                        cxxopts::value<double>())(
      "max-length", "words at most" + by_default + ", else 30)", cxxopts::value<std::int64_t>())(
      "no-repeat-ngram",
      "no sequence of this many words twice; 0: allowed" + by_default + ", else 0)",
      cxxopts::value<std::int64_t>())(
      "repeat-penalty",
      "rank a caption lower by N nats for each content word that it says again" + by_default +
          ", else 0)",
      cxxopts::value<double>());
  limit<std::int64_t>("beam", 1, kWidestBeam);
  limit<double>("length-penalty", 0, 10);
  limit<std::int64_t>("max-length", 1, kMostWords);
  limit<std::int64_t>("no-repeat-ngram", 0, kMostWords);
  limit<double>("repeat-penalty", 0, 100);
}

void Arguments::add_search_options() {
  add_decoding_options("the model's own");
  add()("min-length", "words at least", cxxopts::value<std::int64_t>()->default_value("1"));
  limit<std::int64_t>("min-length", 0, kMostWords);
}

void Arguments::add_confidence_option() {
  add()("min-confidence",
        "say nothing (\"unsure\") where the probability that a person would accept the caption is "
        "lower, 0…1; for models with a calibration, see `saccade model calibrate`",
        cxxopts::value<double>());
  limit<double>("min-confidence", 0, 1);
}

}  // namespace saccade::app
