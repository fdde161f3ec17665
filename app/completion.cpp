#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "reference.h"

namespace saccade::app {
namespace {

enum class ValueKind { none, file, folder, choice };

ValueKind kind_of(const OptionEntry& option) {
  if (!option.choices.empty()) return ValueKind::choice;
  if (option.argument == "DIR" || option.argument == "MODEL") return ValueKind::folder;
  for (const char* name : {"FILE", "IMAGE", "SOURCE", "PATH", "SHARD", "MODEL|FILE"}) {
    if (option.argument == name) return ValueKind::file;
  }
  return ValueKind::none;
}

std::string spelling(const OptionEntry& option) {
  return option.name.size() == 1 ? "-" + option.name : "--" + option.name;
}

/// The text between single quotes of a shell.
std::string in_quotes(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// "model", or "" for a command of one word.
std::string first_word(const Command& command) {
  const std::string name = command.name;
  const std::size_t space = name.find(' ');
  return space == std::string::npos ? "" : name.substr(0, space);
}

std::string last_word(const Command& command) {
  const std::string name = command.name;
  return name.substr(name.find(' ') + 1);  // npos + 1 is 0
}

/// The words after `saccade`, with their summaries.
std::vector<std::pair<std::string, std::string>> top_words() {
  std::vector<std::pair<std::string, std::string>> words;
  for (const Command& command : commands()) {
    const std::string group = first_word(command);
    if (group.empty()) {
      words.emplace_back(command.name, command.summary);
    } else if (words.back().first != group) {
      words.emplace_back(group, kModelSummary);
    }
  }
  return words;
}

std::string bash_script() {
  std::string top, sub, cases;
  for (const auto& [word, summary] : top_words()) top += word + " ";
  for (const Command& command : commands()) {
    if (!first_word(command).empty()) sub += last_word(command) + " ";
    const Arguments arguments = command.options();
    std::string options, files, folders, choices, others;
    std::string operands = "kind=none";
    for (const OptionEntry& option : arguments.entries()) {
      if (option.positional) {
        const ValueKind kind = kind_of(option);
        operands = kind == ValueKind::folder   ? "kind=folders"
                   : kind == ValueKind::choice ? "words=" + in_quotes(joined(option.choices, " "))
                                               : "kind=files";
        continue;
      }
      options += spelling(option) + " ";
      if (option.argument.empty()) continue;
      std::string pattern = spelling(option);
      if (!option.short_name.empty() && option.short_name != option.name) {
        pattern += "|-" + option.short_name;
      }
      const ValueKind kind = kind_of(option);
      if (kind == ValueKind::choice) {
        std::string words;
        for (const std::string& word : option.choices) words += word + " ";
        choices += "        " + pattern + ") words=" + in_quotes(words) + " ;;\n";
      } else {
        std::string& into = kind == ValueKind::file     ? files
                            : kind == ValueKind::folder ? folders
                                                        : others;
        into += (into.empty() ? "" : "|") + pattern;
      }
    }
    cases += "    " + in_quotes(command.name) + ")\n      case $previous in\n" + choices;
    if (!files.empty()) cases += "        " + files + ") kind=files ;;\n";
    if (!folders.empty()) cases += "        " + folders + ") kind=folders ;;\n";
    if (!others.empty()) cases += "        " + others + ") kind=none ;;\n";
    cases += "        *) " + operands + " options=" + in_quotes(options) + " ;;\n      esac ;;\n";
  }
  return R"(# Completion of saccade for bash.
_saccade() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local command=${COMP_WORDS[1]} first=2 words= options= kind=
  COMPREPLY=()
  # --option=value are three words to bash.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD-2]}
  fi
  if ((COMP_CWORD == 1)); then
    words=')" +
         top +
         R"(--help --version'
  elif [[ $command == model ]]; then
    first=3
    command="model ${COMP_WORDS[2]}"
    ((COMP_CWORD == 2)) && words=')" +
         sub + R"(--help'
  fi
  if ((COMP_CWORD >= first)); then
    case $command in
)" + cases +
         R"(    esac
  fi
  if [[ -n $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ $kind == files ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  elif [[ $kind == folders ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -d -- "$current")
  fi
}
complete -F _saccade saccade
)";
}

/// Text within a specification of zsh's _arguments.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const OptionEntry& option) {
  switch (kind_of(option)) {
    case ValueKind::file:
      return "_files";
    case ValueKind::folder:
      return "_files -/";
    case ValueKind::choice:
      return "(" + joined(option.choices, " ") + ")";
    case ValueKind::none:
      break;
  }
  return " ";
}

std::string zsh_script() {
  std::string top, sub, cases;
  for (const auto& [word, summary] : top_words()) {
    top += "      " + in_quotes(word + ":" + summary) + "\n";
  }
  for (const Command& command : commands()) {
    if (!first_word(command).empty()) {
      sub += "      " + in_quotes(last_word(command) + ":" + command.summary) + "\n";
    }
    cases += "    " + in_quotes(command.name) + ") _arguments";
    for (const OptionEntry& option : command.options().entries()) {
      std::string value = zsh_text(option.argument) + ":" + zsh_action(option);
      if (option.positional) {
        cases += " \\\n      " + in_quotes("*:" + value);
        continue;
      }
      const std::string text = "[" + zsh_text(option.description) + "]";
      value = option.argument.empty() ? "" : ":" + value;
      const bool equals = option.name.size() > 1 && !option.argument.empty();
      cases +=
          " \\\n      " + in_quotes("*" + spelling(option) + (equals ? "=" : "") + text + value);
      if (!option.short_name.empty() && option.short_name != option.name) {
        cases += " \\\n      " + in_quotes("*-" + option.short_name + text + value);
      }
    }
    cases += " ;;\n";
  }
  return R"(#compdef saccade
# Completion of saccade for zsh.
_saccade() {
  local command=$words[2]
  local -a names
  if (( CURRENT == 2 )); then
    names=(
)" + top +
         R"(    )
    _describe command names
    return
  fi
  shift words
  (( CURRENT-- ))
  if [[ $command == model ]]; then
    if (( CURRENT == 2 )); then
      names=(
)" + sub +
         R"(      )
      _describe sub-command names
      return
    fi
    command="model $words[2]"
    shift words
    (( CURRENT-- ))
  fi
  case $command in
)" + cases +
         R"(  esac
}
# The file is either a function that compinit found, or it is sourced.
if [[ $funcstack[1] == _saccade ]]; then
  _saccade "$@"
else
  compdef _saccade saccade
fi
)";
}

std::string fish_script() {
  std::string text =
      "# Completion of saccade for fish.\ncomplete -c saccade -f\n"
      "function __saccade_command\n"
      "  set -l words (commandline -opc)\n"
      "  set -e words[1]\n"
      "  set -l count (count $argv)\n"
      "  test (count $words) -ge $count; and test \"$words[1..$count]\" = \"$argv\"\n"
      "end\n";
  for (const auto& [word, summary] : top_words()) {
    text += "complete -c saccade -n __fish_use_subcommand -a " + word + " -d " +
            in_quotes(summary) + "\n";
  }
  for (const Command& command : commands()) {
    if (!first_word(command).empty()) {
      text +=
          "complete -c saccade -n '__saccade_command model; and test (count (commandline -opc)) "
          "-eq 2' -a " +
          last_word(command) + " -d " + in_quotes(command.summary) + "\n";
    }
    for (const OptionEntry& option : command.options().entries()) {
      text += std::string("complete -c saccade -n '__saccade_command ") + command.name + "'";
      const ValueKind kind = kind_of(option);
      if (option.positional) {
        text += kind == ValueKind::choice ? " -a '" + joined(option.choices, " ") + "'\n" : " -F\n";
        continue;
      }
      if (option.name.size() > 1) text += " -l " + option.name;
      if (!option.short_name.empty()) text += " -s " + option.short_name;
      if (kind == ValueKind::file) text += " -r -F";
      if (kind == ValueKind::folder) text += " -x -a '(__fish_complete_directories)'";
      if (kind == ValueKind::choice) text += " -x -a '" + joined(option.choices, " ") + "'";
      if (kind == ValueKind::none && !option.argument.empty()) text += " -x";
      text += " -d " + in_quotes(option.description) + "\n";
    }
  }
  return text;
}

}  // namespace

std::vector<std::string> shell_names() { return {"bash", "zsh", "fish"}; }

std::string completion_script(const std::string& shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  if (shell == "fish") return fish_script();
  throw UsageError("completion: unknown shell \"" + shell + "\"; expected one of " +
                   joined(shell_names(), ", "));
}

int run_completion(const Arguments& arguments) {
  std::cout << completion_script(arguments.get<std::string>("shell"));
  return 0;
}

}  // namespace saccade::app
