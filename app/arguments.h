#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

// A comma and a newline are parts of file names; only NUL is not.
#define CXXOPTS_VECTOR_DELIMITER '\0'
#include <cxxopts.hpp>

#include "usage_error.h"

namespace saccade::app {

/// The option parser of one command, with what all commands share: --help, an example, and errors
/// that are UsageErrors whatever cxxopts throws in its different versions.
class Arguments {
 public:
  /// @param usage    what follows `saccade `, e.g. "caption IMAGE…".
  /// @param example  a command line that works.
  Arguments(const std::string& command, const std::string& usage, const std::string& summary,
            const std::string& example);

  cxxopts::OptionAdder add() { return options_.add_options(); }
  /// The name of the option that takes the words without a dash (declare it with add() as a
  /// std::vector<std::string>).
  void positional(const std::string& name) { options_.parse_positional({name}); }
  /// Where the option is given, its value of type T must lie within low…high.
  template <typename T>
  void limit(const std::string& name, double low, double high) {
    limits_.push_back([=](const Arguments& given) {
      if (given.has(name)) {
        require_range(name, static_cast<double>(given.get<T>(name)), low, high);
      }
    });
  }

  /// @return false when --help was asked for and has been printed.
  /// @throws UsageError for an unknown option, a value of another type or outside its limits
  bool parse(int argc, const char* const* argv);

  bool has(const std::string& name) const { return result_->count(name) != 0; }
  /// The option's value or its default.
  /// @throws UsageError when it is of another type.
  template <typename T>
  T get(const std::string& name) const {
    try {
      return (*result_)[name].as<T>();
    } catch (const std::exception& error) {
      throw UsageError("option --" + name + ": " + error.what());
    }
  }
  /// @throws UsageError when `value` is not within low…high.
  static void require_range(const std::string& name, double value, double low, double high);

  // The options that several commands share.

  /// --threads.
  void add_threads_option();
  /// --model, --device, --threads: added by the commands that run a model.
  void add_model_options();
  /// --beam, --length-penalty, --max-length, --no-repeat-ngram, --repeat-penalty: what a bundle may
  /// say of its own.
  /// @param otherwise  what holds where they are not given
  void add_decoding_options(const std::string& otherwise);
  /// These, and --min-length.
  void add_search_options();

  /// --min-confidence, for a command that shows captions.
  void add_confidence_option();

 private:
  cxxopts::Options options_;
  std::string command_;
  std::string example_;
  std::vector<std::function<void(const Arguments&)>> limits_;
  std::optional<cxxopts::ParseResult> result_;
};

}  // namespace saccade::app
