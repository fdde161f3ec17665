#include "arguments.h"

#include <algorithm>
#include <iostream>
#include <sstream>

#include "saccade/model/bundle.h"

#include "default_model.h"
#include "process.h"

namespace saccade::app {

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
  return true;
}

void Arguments::require_range(const std::string& name, double value, double low, double high) {
  if (value >= low && value <= high) return;
  std::ostringstream message;
  message << "option --" << name << " is " << value << ", expected a value from " << low << " to "
          << high;
  throw UsageError(message.str());
}

void Arguments::add_model_options() {
  add()("m,model", "the model's folder, or the name of one that ships (default, …)",
        cxxopts::value<std::string>()->default_value("default"))(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"))(
      "threads", "threads to compute with; 0: one per processor",
      cxxopts::value<std::int64_t>()->default_value("0"));
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
      cxxopts::value<std::int64_t>());
}

void Arguments::add_search_options() {
  add_decoding_options("the model's own");
  add()("min-length", "words at least", cxxopts::value<std::int64_t>()->default_value("1"));
}

Captioner Arguments::load_captioner() const {
  const std::int64_t threads = get<std::int64_t>("threads");
  require_range("threads", static_cast<double>(threads), 0, 1024);
  set_threads(threads);
  return Captioner::load(find_model(get<std::string>("model")), get<std::string>("device"));
}

CaptionOptions Arguments::caption_options(const Bundle& bundle) const {
  CaptionOptions options;
  BeamSearchOptions& search = options.search;
  search.beam =
      has("beam") ? get<std::int64_t>("beam") : bundle.decoding.value("beam", search.beam);
  search.length_penalty = has("length-penalty")
                              ? get<double>("length-penalty")
                              : bundle.decoding.value("length_penalty", search.length_penalty);
  WordConstraints& words = search.constraints;
  words.max_length = has("max-length") ? get<std::int64_t>("max-length")
                                       : bundle.decoding.value("max_length", words.max_length);
  if (has("min-length")) words.min_length = get<std::int64_t>("min-length");
  words.no_repeat_ngram = has("no-repeat-ngram")
                              ? get<std::int64_t>("no-repeat-ngram")
                              : bundle.decoding.value("no_repeat_ngram", std::int64_t{0});
  require_range("beam", static_cast<double>(search.beam), 1, 1000);
  require_range("length-penalty", search.length_penalty, 0, 10);
  require_range("max-length", static_cast<double>(words.max_length), 1, 1000);
  require_range("min-length", static_cast<double>(words.min_length), 0,
                static_cast<double>(words.max_length));
  require_range("no-repeat-ngram", static_cast<double>(words.no_repeat_ngram), 0, 1000);
  return options;
}

}  // namespace saccade::app
