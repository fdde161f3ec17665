// Writes the manual pages and the completions of shells, for the installation.

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

#include "reference.h"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  if (!(out << text).flush()) throw std::runtime_error("cannot write " + file.string());
}

/// SOURCE_DATE_EPOCH, which makes builds reproducible, or today.
std::string page_date() {
  const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
  const std::time_t time = epoch != nullptr ? std::stoll(epoch) : std::time(nullptr);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&time));
  return text;
}

void write_all_pages(const fs::path& folder) {
  const std::string date = page_date();
  write(folder / "man1/saccade.1", main_manual_page(date));
  for (const Command& command : commands()) {
    write(folder / "man1" / (command_page(command) + ".1"), manual_page(command, date));
  }
  write(folder / "bash/saccade", completion_script("bash"));
  write(folder / "zsh/_saccade", completion_script("zsh"));
  write(folder / "fish/saccade.fish", completion_script("fish"));
}

}  // namespace
}  // namespace saccade::app

int main(int argc, char** argv) try {
  if (argc != 2) throw std::invalid_argument("usage: saccade_reference FOLDER");
  saccade::app::write_all_pages(argv[1]);
  return 0;
} catch (const std::exception& error) {
  std::cerr << "saccade_reference: " << error.what() << '\n';
  return 1;
}
