#include "arguments.h"

#include <algorithm>
#include <iostream>
#include <sstream>

namespace saccade::app {
namespace {

constexpr double kMaxThreads = 1024;
constexpr double kWidestBeam = 1000;
constexpr double kMaxWords = 1000;

}  // namespace

std::string joined(const std::vector<std::string>& words, const std::string& separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

const char* const kFormatsRead =
    "Formats: JPEG, PNG, WebP, TIFF, GIF, HEIC, AVIF, JPEG XL, JPEG 2000, BMP and\n"
    "PNM, detected by content.";

Arguments::Arguments(const std::string& command, const std::string& usage,
                     const std::string& summary, const std::string& example)
    : options_("saccade " + command, summary + '\n'),
      command_(command),
      usage_(usage),
      summary_(summary),
      example_(example) {
  options_.custom_help(usage.substr(std::min(usage.size(), command.size() + 1)) + " [OPTION...]");
  options_.positional_help("");
  options_.add_options()("h,help", "print this help and exit");
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
                     command_ + " --help` shows the usage");
  }
  for (const auto& limit : limits_) limit(*this);
  return true;
}

std::vector<OptionEntry> Arguments::entries() const {
  std::vector<OptionEntry> entries;
  for (const cxxopts::HelpOptionDetails& option : options_.group_help("").options) {
    OptionEntry entry;
    entry.name = option.l.empty() ? option.s : option.l.front();
    entry.short_name = option.s;
    entry.description = option.desc;
    if (!option.is_boolean) {
      entry.argument = option.arg_help.empty() ? "VALUE" : option.arg_help;
      if (option.has_default) entry.default_value = option.default_value;
    }
    const auto choices = choices_.find(entry.name);
    if (choices != choices_.end()) entry.choices = choices->second;
    entry.positional = entry.name == positional_;
    entries.push_back(std::move(entry));
  }
  return entries;
}

void Arguments::require_range(const std::string& name, double value, double low, double high) {
  if (value >= low && value <= high) return;
  std::ostringstream message;
  message << "option --" << name << " is " << value << ", expected a value from " << low << " to "
          << high;
  throw UsageError(message.str());
}

void Arguments::add_photograph_options() {
  auto options = add();
  options("frame", "frame of an animation, or page of a TIFF or HEIC file, from 1",
          cxxopts::value<std::int64_t>()->default_value("1"), "N");
  options("allow-truncated", "decode what is there of a truncated file, with a warning");
  options(
      "decode-memory",
      "memory limit in MiB for all image decoders together; an image that needs more is reduced "
      "while decoding, or rejected (default: a quarter of the machine's memory)",
      cxxopts::value<std::int64_t>(), "N");
  options("timeout",
          "seconds for reading one file, e.g. of a pipe or a network drive that does not respond; "
          "0: no limit",
          cxxopts::value<double>()->default_value("60"), "SECONDS");
  limit<double>("timeout", 0, 1e6);
  limit<std::int64_t>("frame", 1, 100'000);
  limit<std::int64_t>("decode-memory", 1, 1 << 24);
}

void Arguments::add_source_options() {
  using Names = std::vector<std::string>;
  auto options = add();
  options("include",
          "take only files that match this pattern, e.g. '*.jpg'; a pattern with a slash is "
          "matched against the path below the folder; repeatable",
          cxxopts::value<Names>(), "PATTERN");
  options("exclude", "skip files and folders that match this pattern; repeatable",
          cxxopts::value<Names>(), "PATTERN");
  options("hidden", "include hidden files and thumbnail folders (.*, @eaDir, Thumbs)");
}

void Arguments::add_exit_option() {
  add()("allow-errors", "exit with 0 instead of 3 if some images, but not all, failed");
}

void Arguments::add_threads_option() {
  add()("threads", "number of compute threads; 0: one per available CPU core",
        cxxopts::value<std::int64_t>()->default_value("0"), "N");
  limit<std::int64_t>("threads", 0, kMaxThreads);
}

void Arguments::add_model_options() {
  auto options = add();
  options("m,model", "a model's folder, or the name of an installed model",
          cxxopts::value<std::string>()->default_value("default"), "MODEL");
  options("device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"),
          "DEVICE");
  add_threads_option();
}

void Arguments::add_decoding_options(const std::string& source, const std::string& length_penalty) {
  const std::string by_default = " (default: " + source + ", else ";
  auto options = add();
  options("beam", "beam width; 1: greedy search" + by_default + "3)",
          cxxopts::value<std::int64_t>(), "N");
  options("length-penalty",
          "rank captions by log p / (words + 1)^X" + by_default + length_penalty + ")",
          cxxopts::value<double>(), "X");
  options("max-length", "maximum number of words" + by_default + "30)",
          cxxopts::value<std::int64_t>(), "N");
  options("no-repeat-ngram",
          "allow no sequence of N words twice; 0: no such rule" + by_default + "0)",
          cxxopts::value<std::int64_t>(), "N");
  options("repeat-penalty",
          "lower a caption's rank by X nats for each repeated content word" + by_default + "0)",
          cxxopts::value<double>(), "X");
  limit<std::int64_t>("beam", 1, kWidestBeam);
  limit<double>("length-penalty", 0, 10);
  limit<std::int64_t>("max-length", 1, kMaxWords);
  limit<std::int64_t>("no-repeat-ngram", 0, kMaxWords);
  limit<double>("repeat-penalty", 0, 100);
}

void Arguments::add_search_options() {
  add_decoding_options("as in the model");
  add()("min-length", "minimum number of words", cxxopts::value<std::int64_t>()->default_value("1"),
        "N");
  limit<std::int64_t>("min-length", 0, kMaxWords);
}

void Arguments::add_confidence_option() {
  add()("min-confidence",
        "report \"unsure\" instead of a caption whose confidence, 0 to 1, is below P; needs a "
        "calibrated model, see `saccade model calibrate`",
        cxxopts::value<double>(), "P");
  limit<double>("min-confidence", 0, 1);
}

int exit_code(const Arguments& arguments, std::int64_t done, std::int64_t failed) {
  if (failed == 0) return 0;
  if (done == 0) return 1;
  return arguments.has("allow-errors") ? 0 : 3;
}

}  // namespace saccade::app
