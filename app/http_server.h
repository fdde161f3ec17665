#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "saccade/serve/request.h"

namespace saccade::app {

/// A request. The headers are those that the server needs, empty if absent.
struct HttpRequest {
  std::string method;  ///< "GET", …; HEAD is given as GET
  std::string target;
  std::string host, origin, authorization, content_type;
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;  ///< further ones
};

/// The answer to a request that failed.
HttpResponse error_response(const RequestError& error);

/// A request that waits for its answer. The request may be read and changed by one thread at a
/// time; the other members may be called from every thread.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;

  HttpRequest request;
  /// Whether the client has closed the connection.
  bool gone() const { return gone_; }
  /// Sends the answer; further calls do nothing. An exchange that is destroyed without an answer
  /// answers 500.
  virtual void respond(HttpResponse response) = 0;

 protected:
  std::atomic<bool> gone_{false};
};

struct HttpServerOptions {
  std::string host = "127.0.0.1";              ///< an address or a name
  std::uint16_t port = 0;                      ///< 0: any free one
  std::size_t max_header = 16 << 10;           ///< bytes of a request's head
  std::size_t max_body = 32 << 20;             ///< bytes
  std::size_t max_bodies = 512 << 20;          ///< bytes of the bodies of all requests in progress
  std::size_t max_connections = 512;           ///< a further one is answered 503
  std::chrono::milliseconds idle_time{60000};  ///< between two requests of a connection
  std::chrono::milliseconds receive_time{30000};  ///< for a whole request, from its first byte
  std::chrono::milliseconds send_time{30000};     ///< for an answer
  std::chrono::milliseconds drain_time{30000};    ///< for the requests in progress at the end
};

/// An HTTP/1.1 server. One thread reads and writes all connections; requests are answered from any
/// thread. A request that is malformed, too large or too slow is answered 400, 408, 413 or 431 with
/// the body of `error_body`.
class HttpServer {
 public:
  /// Called when the head of a request has arrived, before its body. May throw RequestError, which
  /// is sent to the client. Must not block, like the other functions.
  using Admit = std::function<void(const HttpRequest& head)>;
  /// Called when a request has arrived. May throw RequestError, too.
  using Handle = std::function<void(std::shared_ptr<HttpExchange> exchange)>;
  /// Called for every answer that is sent. @param seconds  since the end of the request
  using Observe = std::function<void(const HttpRequest& request, int status, double seconds)>;

  /// Listens.
  /// @throws std::runtime_error naming the host and port that are not available.
  HttpServer(const HttpServerOptions& options, Admit admit, Handle handle, Observe observe);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  std::size_t connections() const;
  /// Whether the server has been told to end.
  bool draining() const;

  /// Serves until SIGINT or SIGTERM, or `stop`; then accepts no more connections and returns when
  /// the requests in progress are answered, at the second signal, or after drain_time.
  /// @param on_drain  called when the end begins
  void run(const std::function<void()>& on_drain);
  /// Does what a signal does. May be called from every thread.
  void stop();

  class Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace saccade::app
