// CSV: rows that are written with quotes are read back unchanged.
#include "saccade/io/csv.h"

#include "fuzz.h"

namespace saccade::fuzz {

std::vector<std::string> seeds() {
  return {"image,caption\na.jpg,a dog\n", "\"a, b\",\"say \"\"hi\"\"\"\r\nc,\n", "\"\"", ",\n\n,"};
}

void run(std::string_view input) {
  const std::string text(input);
  std::vector<CsvRow> rows;
  if (!accepted(input.size(), {128, 1 << 20}, [&] { rows = parse_csv(text, "fuzz.csv"); })) return;
  std::string written;
  for (const CsvRow& row : rows) {
    require(!row.fields.empty(), "a row has a field");
    for (const std::string& field : row.fields) {
      written += &field == &row.fields.front() ? "\"" : ",\"";
      for (const char c : field) written += c == '"' ? std::string("\"\"") : std::string(1, c);
      written += '"';
    }
    written += '\n';
  }
  const std::vector<CsvRow> again = parse_csv(written, "written.csv");
  require(again.size() == rows.size(), "the number of rows round-trips");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    require(again[i].fields == rows[i].fields, "the fields round-trip");
  }
}

}  // namespace saccade::fuzz
