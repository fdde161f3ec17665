#include "saccade/io/csv.h"

#include <stdexcept>

#include "saccade/io/text_file.h"

namespace saccade {
namespace {

class Parser {
 public:
  Parser(const std::string& text, const std::filesystem::path& path) : text_(text), path_(path) {}

  std::vector<CsvRow> parse() {
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      CsvRow row{line_, {}};
      do {
        row.fields.push_back(at_ < text_.size() && text_[at_] == '"' ? quoted() : plain());
      } while (take(','));
      take('\r');
      if (at_ < text_.size() && !take('\n'))
        refuse_line(path_, line_, "has text after a closing quote");
      ++line_;
      if (row.fields.size() > 1 || !row.fields[0].empty()) rows.push_back(std::move(row));
    }
    if (rows.empty()) {
      throw std::runtime_error(path_.string() +
                               ": contains no rows; expected comma-separated values");
    }
    return rows;
  }

 private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string plain() {
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n') ++at_;
    std::size_t end = at_;
    if (end > start && text_[end - 1] == '\r') --end;
    return text_.substr(start, end - start);
  }
  std::string quoted() {
    const std::size_t first_line = line_;
    std::string field;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' && (at_ + 1 >= text_.size() || text_[at_ + 1] != '"')) {
        ++at_;
        return field;
      }
      if (text_[at_] == '"') ++at_;
      if (text_[at_] == '\n') ++line_;
      field += text_[at_];
    }
    refuse_line(path_, first_line, "opens a quote that is never closed");
  }

  const std::string& text_;
  const std::filesystem::path& path_;
  std::size_t at_ = 0, line_ = 1;
};

}  // namespace

std::vector<CsvRow> parse_csv(const std::string& text, const std::filesystem::path& path) {
  return Parser(text, path).parse();
}

std::string csv_row(const std::vector<std::string>& fields) {
  std::string row;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string& field = fields[i];
    if (i > 0) row += ',';
    const bool plain = field.find_first_of(",\"\r\n") == std::string::npos &&
                       (field.empty() || (field.front() != ' ' && field.back() != ' '));
    if (plain) {
      row += field;
      continue;
    }
    row += '"';
    for (const char c : field) row += c == '"' ? std::string("\"\"") : std::string(1, c);
    row += '"';
  }
  return row;
}

}  // namespace saccade
