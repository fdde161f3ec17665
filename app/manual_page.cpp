#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdio>
#include <string>

#include "saccade/io/unicode.h"

#include "reference.h"

namespace saccade::app {
namespace {

/// Text as roff: every character stands for itself.
std::string roff(const std::string& text) {
  std::string out;
  bool starts_line = true;
  for (const char32_t c : decode_utf8(text)) {
    if (starts_line && (c == U'.' || c == U'\'')) out += "\\&";
    starts_line = c == U'\n';
    if (c == U'\\') {
      out += "\\e";
    } else if (c == U'-') {
      out += "\\-";
    } else if (c < 128) {
      out += static_cast<char>(c);
    } else {
      char name[16];
      std::snprintf(name, sizeof name, "\\[u%04X]", static_cast<unsigned>(c));
      out += name;
    }
  }
  return out;
}

/// Paragraphs, which empty lines separate.
std::string paragraphs(const std::string& text) {
  std::string out = roff(text);
  for (std::size_t at; (at = out.find("\n\n")) != std::string::npos;) out.replace(at, 2, "\n.PP\n");
  return out + "\n";
}

std::string heading(const std::string& name, const std::string& summary, const std::string& date) {
  std::string title = name;
  for (char& c : title) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return ".TH " + roff(title) + " 1 " + date + " \"saccade " + SACCADE_VERSION +
         "\" \"User Commands\"\n.SH NAME\n" + roff(name) + " \\- " + roff(summary) + "\n";
}

std::string option_text(const OptionEntry& option) {
  std::string text = ".TP\n";
  if (option.positional) {
    text += "\\fI" + roff(option.argument) + "\\fR\n";
  } else {
    if (!option.short_name.empty() && option.short_name != option.name) {
      text += "\\fB\\-" + roff(option.short_name) + "\\fR, ";
    }
    text += "\\fB\\-\\-" + roff(option.name) + "\\fR";
    if (!option.argument.empty()) text += " \\fI" + roff(option.argument) + "\\fR";
    text += "\n";
  }
  text += roff(option.description);
  if (!option.default_value.empty()) text += " (default: " + roff(option.default_value) + ")";
  return text + "\n";
}

constexpr char kExitStatus[] =
    ".SH EXIT STATUS\n"
    ".TP\n0\nsuccess\n"
    ".TP\n1\nfailure\n"
    ".TP\n2\ninvalid command line\n"
    ".TP\n3\nsome of several images failed\n";

}  // namespace

std::string command_page(const Command& command) {
  std::string name = std::string("saccade-") + command.name;
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string manual_page(const Command& command, const std::string& date) {
  const Arguments arguments = command.options();
  std::string text = heading(command_page(command), command.summary, date);
  const std::string name = command.name;
  const std::string& usage = arguments.usage();
  text += ".SH SYNOPSIS\n.B saccade " + roff(name) + "\n" +
          roff(usage.substr(std::min(usage.size(), name.size() + 1))) + " [\\fIOPTION\\fR...]\n";
  text += ".SH DESCRIPTION\n" + paragraphs(arguments.summary());
  text += ".SH OPTIONS\n";
  for (const bool positional : {true, false}) {
    for (const OptionEntry& option : arguments.entries()) {
      if (option.positional == positional) text += option_text(option);
    }
  }
  text += kExitStatus;
  text += ".SH EXAMPLE\n.nf\n" + roff(arguments.example()) + "\n.fi\n";
  return text + ".SH SEE ALSO\n.BR saccade (1)\n";
}

std::string main_manual_page(const std::string& date) {
  std::string text = heading("saccade", "caption images and show where the model looked", date);
  text +=
      ".SH SYNOPSIS\n.B saccade\n\\fICOMMAND\\fR [\\fIOPTION\\fR...]\n"
      ".SH DESCRIPTION\n"
      "Saccade captions images and shows, word by word, where the model looked. It implements "
      "\\fIShow, Attend and Tell\\fR (Xu et al., 2015).\n"
      "Results go to standard output, everything else to standard error.\n"
      ".SH COMMANDS\n";
  for (const Command& command : commands()) {
    text += ".TP\n.BR " + roff(command_page(command)) + " (1)\n" + roff(command.summary) + "\n";
  }
  return text + kExitStatus;
}

}  // namespace saccade::app
