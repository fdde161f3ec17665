#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// File names may contain commas and newlines; only NUL is safe as a separator.
#define CXXOPTS_VECTOR_DELIMITER '\0'
#include <cxxopts.hpp>

namespace saccade::app {

/// Thrown for an invalid command line: exit code 2.
struct UsageError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// Joins the words with the separator.
std::string joined(const std::vector<std::string>& words, const std::string& separator);

/// The supported image formats, for the help of a command that reads images.
extern const char* const kFormatsRead;

/// An option, as manual pages and shells need it.
struct OptionEntry {
  std::string name;        ///< without dashes
  std::string short_name;  ///< one letter, or empty
  std::string description;
  std::string argument;  ///< the name of its value, e.g. "FILE"; empty: it takes none
  std::string default_value;
  std::vector<std::string> choices;  ///< of its value, if there are only a few
  bool positional = false;           ///< given without its name
};

/// The option parser of one command. It adds --help with an example, and turns the exceptions of
/// every cxxopts version into UsageError.
class Arguments {
 public:
  /// @param usage    the command line after `saccade `, e.g. "caption IMAGE…"
  /// @param summary  first line of the help: what the command does, in the imperative; details may
  ///                 follow after an empty line, wrapped at 76 columns
  /// @param example  a complete command line
  Arguments(const std::string& command, const std::string& usage, const std::string& summary,
            const std::string& example);

  cxxopts::OptionAdder add() { return options_.add_options(); }
  /// Names the option that takes the operands. Declare it with add(), as a
  /// std::vector<std::string> if there may be several.
  void positional(const std::string& name) {
    positional_ = name;
    options_.parse_positional({name});
  }
  /// Names the values of an option, for shells to complete. parse() does not check them.
  void choices(const std::string& name, std::vector<std::string> values) {
    choices_[name] = std::move(values);
  }
  /// Requires the value of type T, if given, to lie in [low, high]; parse() checks it.
  template <typename T>
  void limit(const std::string& name, double low, double high) {
    limits_.push_back([=](const Arguments& given) {
      if (given.has(name)) {
        require_range(name, static_cast<double>(given.get<T>(name)), low, high);
      }
    });
  }

  /// @return false if --help was given; the help has been printed
  /// @throws UsageError for an unknown option, or a value of the wrong type or outside its limits
  bool parse(int argc, const char* const* argv);

  bool has(const std::string& name) const { return result_->count(name) != 0; }
  /// The option's value or its default.
  /// @throws UsageError if it is not of type T
  template <typename T>
  T get(const std::string& name) const {
    try {
      return (*result_)[name].as<T>();
    } catch (const std::exception& error) {
      throw UsageError("option --" + name + ": " + error.what());
    }
  }
  // What documentation says of the command.
  const std::string& usage() const { return usage_; }  ///< without "saccade " and "[OPTION...]"
  const std::string& summary() const { return summary_; }
  const std::string& example() const { return example_; }
  std::vector<OptionEntry> entries() const;

  /// @throws UsageError if `value` is outside [low, high]
  static void require_range(const std::string& name, double value, double low, double high);

  // Options that several commands share.

  /// --frame, --allow-truncated, --decode-memory and --timeout, for commands that read images.
  void add_photograph_options();
  /// --include, --exclude and --hidden, for commands that search folders for images.
  void add_source_options();
  /// --allow-errors, for commands that process several images; see exit_code.
  void add_exit_option();
  /// --threads.
  void add_threads_option();
  /// --model, --device and --threads, for commands that run a model.
  void add_model_options();
  /// --beam, --length-penalty, --max-length, --no-repeat-ngram and --repeat-penalty: the options
  /// whose defaults a bundle may set.
  /// @param source          where a default comes from, for the help: "as in the model"
  /// @param length_penalty  its default if the source has none, for the help
  void add_decoding_options(const std::string& source, const std::string& length_penalty = "0");
  /// The decoding options and --min-length.
  void add_search_options();

  /// --min-confidence, for commands that print captions.
  void add_confidence_option();

 private:
  cxxopts::Options options_;
  std::string command_;
  std::string usage_;
  std::string summary_;
  std::string example_;
  std::string positional_;
  std::map<std::string, std::vector<std::string>> choices_;
  std::vector<std::function<void(const Arguments&)>> limits_;
  std::optional<cxxopts::ParseResult> result_;
};

/// The exit code of a command over several images: 0 all done, 3 some failed (0 with
/// --allow-errors), 1 none done.
int exit_code(const Arguments& arguments, std::int64_t done, std::int64_t failed);

}  // namespace saccade::app
