#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "saccade/io/text_file.h"
#include "saccade/serve/access.h"

#include "commands.h"
#include "serve_options.h"
#include "word_options.h"

namespace saccade::app {

Arguments serve_command() {
  Arguments arguments(
      "serve", "serve",
      "Show a page in the browser and answer HTTP requests with captions.\n\n"
      "Loads the model once. http://localhost:8080/ is a page that captions and explains\n"
      "photographs; POST /v1/caption, whose body is an image, answers with the JSON of\n"
      "`saccade caption --json`, and docs/serve.md lists the other requests. Requests\n"
      "that arrive together share a batch.\n\n"
      "Listens on this machine only unless --host is given; another host needs a\n"
      "token, which clients send as Authorization: Bearer TOKEN. It is in a file or in\n"
      "the environment variable SACCADE_TOKEN. SIGTERM answers the requests in\n"
      "progress and ends with 0.",
      "saccade serve --port 8080");
  auto add = arguments.add();
  add("host", "address or name to listen on",
      cxxopts::value<std::string>()->default_value("127.0.0.1"), "ADDRESS");
  add("port", "port to listen on; 0: any free one, which is printed",
      cxxopts::value<std::int64_t>()->default_value("8080"), "N");
  add("token-file",
      "file with the token that clients must send (default: the variable "
      "SACCADE_TOKEN, else none)",
      cxxopts::value<std::string>(), "FILE");
  add("insecure", "allow other machines to connect without a token");
  add("allow-host", "a further name by which clients may call the server; may be repeated",
      cxxopts::value<std::vector<std::string>>(), "NAME");
  add("max-bytes", "largest body of a request, in MiB",
      cxxopts::value<std::int64_t>()->default_value("32"), "N");
  add("max-pixels", "largest image, in megapixels",
      cxxopts::value<std::int64_t>()->default_value("50"), "N");
  add("decode-memory",
      "memory limit in MiB for all image decoders together (default: a quarter of the machine's "
      "memory)",
      cxxopts::value<std::int64_t>(), "N");
  add("queue", "requests that may wait; a further one is answered 503",
      cxxopts::value<std::int64_t>()->default_value("64"), "N");
  add("batch-size", "images that the model captions together",
      cxxopts::value<std::int64_t>()->default_value("16"), "N");
  add("batch-wait", "milliseconds that an image may wait for others to share its batch",
      cxxopts::value<std::int64_t>()->default_value("5"), "N");
  add("timeout", "seconds for receiving a request, for answering it and for sending the answer",
      cxxopts::value<double>()->default_value("30"), "SECONDS");
  arguments.limit<std::int64_t>("port", 0, 65535);
  arguments.limit<std::int64_t>("max-bytes", 1, 1024);
  arguments.limit<std::int64_t>("max-pixels", 1, 300);
  arguments.limit<std::int64_t>("decode-memory", 1, 1 << 24);
  arguments.limit<std::int64_t>("queue", 1, 10'000);
  arguments.limit<std::int64_t>("batch-size", 1, 1024);
  arguments.limit<std::int64_t>("batch-wait", 0, 1000);
  arguments.limit<double>("timeout", 0.1, 3600);
  arguments.add_model_options();
  add_word_kinds_options(arguments);
  return arguments;
}

std::string serve_token(const Arguments& arguments) {
  if (arguments.has("token-file")) {
    const auto file = arguments.get<std::string>("token-file");
    return checked_token(read_utf8_file(file), file);
  }
  const char* value = std::getenv("SACCADE_TOKEN");
  if (value == nullptr || *value == '\0') return "";
  return checked_token(value, "environment variable SACCADE_TOKEN");
}

void check_serve(const Arguments& arguments) {
  const auto host = arguments.get<std::string>("host");
  if (serve_token(arguments).empty() && !is_loopback(host) && !arguments.has("insecure")) {
    throw UsageError("serve: --host " + host +
                     " can be reached from other machines; give --token-file FILE, or --insecure "
                     "to serve everybody");
  }
}

}  // namespace saccade::app
