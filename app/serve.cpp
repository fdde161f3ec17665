#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "saccade/caption/captioner.h"
#include "saccade/explain/maps/map_kind.h"
#include "saccade/explain/page/html.h"
#include "saccade/explain/page/page.h"
#include "saccade/image/decode_memory.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/serve/access.h"
#include "saccade/serve/openapi.h"
#include "saccade/serve/request.h"
#include "saccade/serve/server_metrics.h"

#include "caption_lane.h"
#include "commands.h"
#include "engine_options.h"
#include "explainer.h"
#include "http_server.h"
#include "result_json.h"
#include "serve_options.h"
#include "task_lane.h"
#include "word_options.h"

namespace saccade::app {
namespace {

using Json = nlohmann::ordered_json;

/// Explanations take up to a second each: a longer queue would only end in timeouts.
constexpr std::size_t kSlowQueue = 16;

HttpServerOptions http_options(const Arguments& arguments) {
  HttpServerOptions options;
  options.host = arguments.get<std::string>("host");
  options.port = static_cast<std::uint16_t>(arguments.get<std::int64_t>("port"));
  options.max_body = static_cast<std::size_t>(arguments.get<std::int64_t>("max-bytes")) << 20;
  options.max_bodies = std::max(options.max_bodies, 2 * options.max_body);
  const std::chrono::milliseconds time(std::llround(1000 * arguments.get<double>("timeout")));
  options.receive_time = options.send_time = options.drain_time = time;
  return options;
}

LaneOptions lane_options(const Arguments& arguments) {
  LaneOptions options;
  options.queue = static_cast<std::size_t>(arguments.get<std::int64_t>("queue"));
  options.batch_size = static_cast<std::size_t>(arguments.get<std::int64_t>("batch-size"));
  options.wait = std::chrono::milliseconds(arguments.get<std::int64_t>("batch-wait"));
  options.time = std::chrono::milliseconds(std::llround(1000 * arguments.get<double>("timeout")));
  return options;
}

Access access_of(const Arguments& arguments) {
  std::vector<std::string> hosts{arguments.get<std::string>("host")};
  if (arguments.has("allow-host")) {
    for (auto& host : arguments.get<std::vector<std::string>>("allow-host")) {
      hosts.push_back(std::move(host));
    }
  }
  return Access(hosts, serve_token(arguments));
}

HttpResponse text_response(std::string text, int status = 200) {
  return {status, std::move(text), "text/plain; charset=utf-8", {}};
}

HttpResponse json_response(const Json& json) {
  return {200, json_line(json), "application/json", {}};
}

ImageRequest read_caption(HttpRequest& request) {
  return read_image_request(request.content_type, std::move(request.body),
                            parse_target(request.target).parameters);
}

HttpResponse write_caption(const ImageRequest& request, const std::vector<Caption>& captions,
                           double min_confidence) {
  return json_response(caption_json(request.name, captions, min_confidence));
}

ImageRequest read_chat(HttpRequest& request) { return read_chat_request(request.body); }

/// An answer of OpenAI's chat completions.
Json chat_json(const std::string& model, const std::vector<Caption>& captions) {
  const Caption& best = captions.front();
  const auto words = best.words.size();
  static std::atomic<std::uint64_t> number{0};
  return {{"id", "chatcmpl-" + std::to_string(++number)},
          {"object", "chat.completion"},
          {"created", std::chrono::duration_cast<std::chrono::seconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count()},
          {"model", model},
          {"choices",
           {{{"index", 0},
             {"message", {{"role", "assistant"}, {"content", best.text}}},
             {"finish_reason", best.finished ? "stop" : "length"}}}},
          {"usage", {{"prompt_tokens", 0}, {"completion_tokens", words}, {"total_tokens", words}}}};
}

/// What GET /v1/model answers.
Json model_json(const std::string& name, const Captioner& captioner,
                const HttpServerOptions& http) {
  const Bundle& bundle = captioner.bundle();
  const ModelConfig& config = bundle.config;
  return {{"name", name},
          {"version", SACCADE_VERSION},
          {"encoder", config.encoder.architecture},
          {"attention", to_string(config.decoder.kind)},
          {"input_size", config.input.size},
          {"words", bundle.vocabulary.size()},
          {"calibrated", captioner.calibration().has_value()},
          {"decoding", decoding_of(options_of(bundle.decoding))},
          {"max_bytes", http.max_body},
          {"max_pixels", decode_pixels()}};
}

/// Compiles the model's operators for a single image, so that the first request is fast.
void warm_up(const Captioner& captioner) {
  const std::int64_t S = captioner.bundle().config.input.size;
  Placement placement;
  placement.original_width = placement.original_height = placement.input_size = int(S);
  captioner.caption(at::zeros({1, 3, S, S}), {placement}, options_of(captioner.bundle().decoding));
}

/// Only the page's own script and style, only requests to this server.
constexpr char kPagePolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
constexpr char kNoPicture[] = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";

/// The page at "/".
std::string app_page(const std::string& model, const Captioner& captioner) {
  Json data = page_json(Page{});
  Json shown{{"colors", std::move(data["colors"])},
             {"options", std::move(data["options"])},
             {"maps", map_kind_names()},
             {"model", model}};
  const BeamSearchOptions search = options_of(captioner.bundle().decoding).search;
  shown["decoding"] = {{"beam", search.beam}, {"max_length", search.constraints.max_length}};
  return fill_template(kAppPage,
                       {{"alt", ""}, {"photograph", kNoPicture}, {"data", json_for_html(shown)}});
}

/// What the server does for a path.
struct Endpoint {
  const char* method;
  bool open;  ///< needs no token
  std::function<void(const std::shared_ptr<HttpExchange>&)> run;
};
using Endpoints = std::map<std::string, Endpoint>;

Endpoint file(std::string_view contents, const char* content_type) {
  return {
      "GET", true, [=](const std::shared_ptr<HttpExchange>& exchange) {
        exchange->respond(
            {200, std::string(contents), content_type, {{"Content-Security-Policy", kPagePolicy}}});
      }};
}

Endpoint answering(bool open, std::function<HttpResponse()> make) {
  return {"GET", open, [make = std::move(make)](const std::shared_ptr<HttpExchange>& exchange) {
            exchange->respond(make());
          }};
}

const Endpoint& endpoint_of(const Endpoints& endpoints, const HttpRequest& request) {
  const std::string path = parse_target(request.target).path;
  const auto found = endpoints.find(path);
  if (found == endpoints.end()) {
    throw RequestError(404, "not_found", "there is nothing at " + one_line(path.substr(0, 200)));
  }
  if (request.method != found->second.method) {
    throw RequestError(405, "bad_method", path + " expects " + found->second.method);
  }
  return found->second;
}

/// The path for the metrics, which must not grow with the paths that clients make up.
std::string counted_path(const Endpoints& endpoints, const HttpRequest& request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  return endpoints.count(path) > 0 ? path : "other";
}

}  // namespace

int run_serve(const Arguments& arguments) {
  const HttpServerOptions http = http_options(arguments);
  const LaneOptions lane = lane_options(arguments);
  const Access access = access_of(arguments);
  if (arguments.has("decode-memory")) {
    set_decode_memory(arguments.get<std::int64_t>("decode-memory") << 20);
  }
  set_decode_pixels(arguments.get<std::int64_t>("max-pixels") * 1'000'000);
  const Captioner captioner = load_captioner(arguments);
  warm_up(captioner);
  ServerMetrics metrics;
  Endpoints endpoints;
  HttpServer server(
      http,
      [&](const HttpRequest& head) {
        try {
          access.require_same_site(head.host, head.origin);
          if (!endpoint_of(endpoints, head).open) access.require_token(head.authorization);
        } catch (const RequestError& error) {
          metrics.count_failure(error.code);
          throw;
        }
      },
      [&](const std::shared_ptr<HttpExchange>& exchange) {
        endpoint_of(endpoints, exchange->request).run(exchange);
      },
      [&](const HttpRequest& request, int status, double seconds) {
        metrics.count_request(counted_path(endpoints, request), status, seconds);
      });
  const auto name = std::filesystem::path(arguments.get<std::string>("model")).filename().string();
  const Json model = model_json(name, captioner, http);
  const CaptionForm caption_form{read_caption, write_caption};
  const CaptionForm chat_form{
      read_chat, [&](const ImageRequest&, const std::vector<Caption>& captions, double) {
        return json_response(chat_json(name, captions));
      }};
  const auto folder = find_model(arguments.get<std::string>("model"));
  const Explainer explainer(captioner,
                            load_word_kinds(arguments, captioner.bundle().vocabulary.words()),
                            verdict_model_of(folder));
  CaptionLane captions(captioner, lane, metrics);
  LaneOptions slow = lane;
  slow.queue = std::min(slow.queue, kSlowQueue);
  TaskLane explanations(slow, metrics);
  endpoints["/healthz"] = answering(true, [] { return text_response("ok\n"); });
  endpoints["/readyz"] = answering(true, [&] {
    return server.draining() ? text_response("draining\n", 503) : text_response("ready\n");
  });
  endpoints["/metrics"] = answering(false, [&] {
    return HttpResponse{200,
                        metrics.prometheus({server.connections(), captions.waiting_to_prepare(),
                                            captions.waiting_for_model(), explanations.waiting()}),
                        "text/plain; version=0.0.4; charset=utf-8",
                        {}};
  });
  const std::string page = app_page(name, captioner);
  endpoints["/"] = file(page, "text/html; charset=utf-8");
  endpoints["/app.js"] = file(kAppScript, "text/javascript; charset=utf-8");
  endpoints["/app.css"] = file(kAppStyle, "text/css; charset=utf-8");
  endpoints["/openapi.json"] = file(kOpenApi, "application/json");
  endpoints["/v1/models"] = answering(false, [&] {
    return json_response(
        {{"object", "list"},
         {"data", {{{"id", name}, {"object", "model"}, {"created", 0}, {"owned_by", "saccade"}}}}});
  });
  endpoints["/v1/model"] = answering(false, [&] { return json_response(model); });
  endpoints["/v1/caption"] = {"POST", false, [&](const std::shared_ptr<HttpExchange>& exchange) {
                                captions.add(exchange, caption_form);
                              }};
  endpoints["/v1/chat/completions"] = {
      "POST", false,
      [&](const std::shared_ptr<HttpExchange>& exchange) { captions.add(exchange, chat_form); }};
  const auto explaining = [&](HttpResponse (Explainer::*answer)(HttpRequest&) const) {
    return Endpoint{"POST", false, [&, answer](const std::shared_ptr<HttpExchange>& exchange) {
                      explanations.add(exchange, [&, answer](HttpRequest& request) {
                        return (explainer.*answer)(request);
                      });
                    }};
  };
  endpoints["/v1/explain"] = explaining(&Explainer::explain);
  endpoints["/v1/diagnose"] = explaining(&Explainer::diagnose);
  endpoints["/v1/score"] = explaining(&Explainer::score);

  std::cerr << "saccade: listening on http://"
            << (http.host.find(':') == std::string::npos ? http.host : "[" + http.host + "]") << ':'
            << server.port() << "/" << std::endl;
  server.run([] { std::cerr << "saccade: ending; requests in progress are answered\n"; });
  return 0;
}

}  // namespace saccade::app
