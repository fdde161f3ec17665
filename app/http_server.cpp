// The only source that includes Boost.Beast, whose headers take long to compile.

#include "http_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <csignal>
#include <optional>
#include <set>
#include <stdexcept>
#include <sys/socket.h>
#include <utility>

#include "saccade/serve/request.h"

namespace saccade::app {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using net::ip::tcp;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kLinger{2};        // for a client to read the last answer
constexpr std::size_t kReservedConnections = 64;  // that are only told to come back later

/// What the parser's error means for the client; nothing if there is nobody to tell.
std::optional<RequestError> error_of(error_code error) {
  if (error == http::error::header_limit) {
    return RequestError(431, "header_too_large", "the head of the request is too large");
  }
  if (error == http::error::body_limit) {
    return RequestError(413, "body_too_large", "the body of the request is too large");
  }
  if (error == http::error::partial_message) {
    return RequestError(400, "truncated", "the request ends too early");
  }
  const bool of_parser = error.category() == make_error_code(http::error::bad_method).category();
  if (!of_parser || error == http::error::end_of_stream) return std::nullopt;
  return RequestError(400, "bad_request", "this is not an HTTP/1.1 request: " + error.message());
}

/// A share of the memory for bodies, held until it is destroyed.
class BodyShare {
 public:
  BodyShare(std::atomic<std::size_t>& all, std::size_t bytes) : all_(&all), bytes_(bytes) {
    all += bytes;
  }
  BodyShare(BodyShare&& other) noexcept
      : all_(other.all_), bytes_(std::exchange(other.bytes_, 0)) {}
  BodyShare& operator=(BodyShare&&) = delete;
  ~BodyShare() { *all_ -= bytes_; }

 private:
  std::atomic<std::size_t>* all_;
  std::size_t bytes_;
};

class Session;

/// The exchange that a session waits for.
class SessionExchange : public HttpExchange {
 public:
  SessionExchange(std::shared_ptr<Session> session, BodyShare share)
      : session_(std::move(session)), share_(std::move(share)) {}
  ~SessionExchange() override;
  void respond(HttpResponse response) override;
  void leave() { gone_ = true; }

 private:
  std::shared_ptr<Session> session_;
  const BodyShare share_;
  const Clock::time_point received_ = Clock::now();
  std::atomic<bool> answered_{false};
};

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const HttpServerOptions& options, Admit admit, Handle handle, Observe observe)
      : options(options),
        admit(std::move(admit)),
        handle(std::move(handle)),
        observe(std::move(observe)),
        acceptor_(io),
        signals_(io),
        accept_again_(io),
        end_(io) {
    listen();
  }

  void run(const std::function<void()>& on_drain);
  void drain();
  std::uint16_t port() const { return acceptor_port_; }

  const HttpServerOptions options;
  const Admit admit;
  const Handle handle;
  const Observe observe;
  std::atomic<std::size_t> bodies{0};  // bytes reserved for bodies
  std::atomic<std::size_t> connections{0};
  std::atomic<bool> draining{false};
  std::set<Session*> sessions;
  void forget(Session* session);
  net::io_context io{1};  // destroyed before what its handlers use

 private:
  void listen();
  void accept();
  void await_signal();

  tcp::acceptor acceptor_;
  net::signal_set signals_;
  net::steady_timer accept_again_, end_;
  std::uint16_t acceptor_port_ = 0;
  bool running_ = false;
  std::function<void()> on_drain_;
};

namespace {

/// One connection. All members are called on the server's thread.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(HttpServer::Impl& server, tcp::socket socket)
      : server_(server), socket_(std::move(socket)), timer_(server.io) {
    server_.sessions.insert(this);
    ++server_.connections;
  }
  ~Session() {
    --server_.connections;
    server_.forget(this);
  }

  /// @param busy  only to tell the client that there are too many connections
  void start(bool busy) {
    if (!busy) return await_request();
    keep_alive_ = false;
    write_error({503, "busy", "the server has too many connections; try again later"});
  }

  /// Ends the connection if no request is in progress.
  void end_if_idle() {
    if (idle_) close();
  }

  void answer(const std::shared_ptr<HttpRequest>& request, Clock::time_point received,
              HttpResponse response) {
    exchange_.reset();
    if (closed_) return;
    error_code ignored;
    socket_.cancel(ignored);
    const double seconds = std::chrono::duration<double>(Clock::now() - received).count();
    server_.observe(*request, response.status, seconds);
    write(std::move(response));
  }

  net::io_context& io() { return server_.io; }

 private:
  /// Ends the reading or, if not `receiving`, the connection after this time, whichever operation
  /// is then in progress.
  void limit(std::chrono::milliseconds time, bool receiving = false) {
    timed_out_ = false;
    timer_.expires_after(time);
    timer_.async_wait([self = shared_from_this(), number = ++limit_, receiving](error_code error) {
      if (error || number != self->limit_) return;
      self->timed_out_ = true;
      if (!receiving) return self->close();
      error_code ignored;
      self->socket_.shutdown(tcp::socket::shutdown_receive, ignored);
    });
  }
  void unlimit() {
    ++limit_;
    timer_.cancel();
  }

  void await_request() {
    if (server_.draining) return close();
    head_only_ = false;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(server_.options.max_header));
    parser_->body_limit(server_.options.max_body);
    if (buffer_.size() > 0) return read_head();
    idle_ = true;
    limit(server_.options.idle_time);
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
      self->idle_ = false;
      if (error) return self->close();
      self->read_head();
    });
  }

  void read_head() {
    limit(server_.options.receive_time, /*receiving=*/true);
    http::async_read_header(socket_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->fail(error);
                              self->admit();
                            });
  }

  HttpRequest head() const {
    const auto& message = parser_->get();
    const auto text = [&](http::field field) {
      const auto value = message[field];
      return std::string(value.data(), value.size());
    };
    HttpRequest head;
    const auto method = message.method_string();
    head.method =
        message.method() == http::verb::head ? "GET" : std::string(method.data(), method.size());
    head.target = std::string(message.target().data(), message.target().size());
    head.host = text(http::field::host);
    head.origin = text(http::field::origin);
    head.authorization = text(http::field::authorization);
    head.content_type = text(http::field::content_type);
    return head;
  }

  void admit() {
    keep_alive_ = parser_->keep_alive();
    head_only_ = parser_->get().method() == http::verb::head;
    const bool twice = parser_->get().count(http::field::host) > 1;
    try {
      if (twice) throw RequestError(400, "bad_host", "the header Host is given twice");
      server_.admit(head());
      reserve_body();
    } catch (const RequestError& error) {
      // The body is not read, so the connection cannot be used again.
      if (!parser_->is_done()) keep_alive_ = false;
      server_.observe(head(), error.status, 0);
      return write_error(error);
    }
    const auto expected = parser_->get()[http::field::expect];
    if (boost::beast::iequals(expected, "100-continue") && !parser_->is_done()) {
      static constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";
      net::async_write(socket_, net::buffer(kContinue, sizeof kContinue - 1),
                       [self = shared_from_this()](error_code error, std::size_t) {
                         if (error) return self->close();
                         self->read_body();
                       });
    } else {
      read_body();
    }
  }

  void reserve_body() {
    const auto length = parser_->content_length();
    const std::size_t bytes = parser_->is_done() ? 0
                              : length           ? std::size_t(*length)
                                                 : server_.options.max_body;
    if (server_.bodies + bytes > server_.options.max_bodies) {
      throw RequestError(503, "busy", "the server receives too many images; try again later");
    }
    share_.emplace(server_.bodies, bytes);
  }

  void read_body() {
    http::async_read(socket_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, std::size_t) {
                       if (error) return self->fail(error);
                       self->dispatch();
                     });
  }

  void dispatch() {
    unlimit();
    auto exchange = std::make_shared<SessionExchange>(shared_from_this(), std::move(*share_));
    share_.reset();
    exchange->request = head();
    exchange->request.body = std::move(parser_->get().body());
    exchange_ = exchange;
    watch();
    try {
      server_.handle(exchange);
    } catch (const RequestError& error) {
      exchange->respond(error_response(error));
    }
  }

  /// Notices when the client closes the connection before the answer.
  void watch() {
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
      const auto exchange = self->exchange_.lock();
      if (error || !exchange) return;
      char byte = 0;
      const auto got = ::recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
      if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return;
      exchange->leave();
      self->close();
    });
  }

  /// Ends the connection after an error of reading, and tells the client why if that helps.
  void fail(error_code error) {
    keep_alive_ = false;
    share_.reset();
    auto told = error_of(error);
    if (timed_out_) told.emplace(408, "timeout", "the request did not arrive in time");
    if (!told) return close();
    server_.observe({}, told->status, 0);
    write_error(*told);
  }

  void write_error(const RequestError& error) { write(error_response(error)); }

  void write(HttpResponse response) {
    if (server_.draining) keep_alive_ = false;
    auto& message = message_.emplace();
    message.version(11);
    message.result(static_cast<unsigned>(response.status));
    message.set(http::field::content_type, response.content_type);
    message.set(http::field::cache_control, "no-store");
    message.set("X-Content-Type-Options", "nosniff");
    message.set("Referrer-Policy", "no-referrer");
    message.set("Cross-Origin-Resource-Policy", "same-origin");
    for (const auto& [name, value] : response.headers) message.set(name, value);
    message.keep_alive(keep_alive_);
    message.content_length(response.body.size());
    if (!head_only_) message.body() = std::move(response.body);
    limit(server_.options.send_time);
    serializer_.emplace(message);
    const auto done = [self = shared_from_this()](error_code error, std::size_t) {
      self->unlimit();
      self->serializer_.reset();
      self->message_.reset();
      if (error) return self->close();
      if (self->keep_alive_) return self->await_request();
      self->linger();
    };
    if (head_only_) {
      http::async_write_header(socket_, *serializer_, done);
    } else {
      http::async_write(socket_, *serializer_, done);
    }
  }

  /// Reads what the client still sends: closing at once would make its kernel discard the answer.
  void linger() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    limit(kLinger);
    discard();
  }
  void discard() {
    discarded_.resize(64 << 10);
    socket_.async_read_some(net::buffer(discarded_),
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->close();
                              self->discard();
                            });
  }

  void close() {
    closed_ = true;
    share_.reset();
    unlimit();
    error_code ignored;
    socket_.close(ignored);
  }

  HttpServer::Impl& server_;
  tcp::socket socket_;
  net::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> message_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::weak_ptr<SessionExchange> exchange_;
  std::vector<char> discarded_;
  std::optional<BodyShare> share_;  // of the body that is being received
  std::uint64_t limit_ = 0;         // the number of the time limit in force
  bool timed_out_ = false, keep_alive_ = false, head_only_ = false, idle_ = false, closed_ = false;
};

SessionExchange::~SessionExchange() {
  SessionExchange::respond(
      error_response({500, "internal", "the server failed to answer this request"}));
}

void SessionExchange::respond(HttpResponse response) {
  if (answered_.exchange(true)) return;
  HttpRequest answered;
  answered.method = request.method;
  answered.target = request.target;
  net::io_context& io = session_->io();
  net::post(io, [session = std::move(session_),
                 request = std::make_shared<HttpRequest>(std::move(answered)), received = received_,
                 response = std::move(response)]() mutable {
    session->answer(request, received, std::move(response));
  });
}

}  // namespace

HttpResponse error_response(const RequestError& error) {
  HttpResponse response{error.status, error_body(error), "application/json", {}};
  if (error.status == 503) response.headers.emplace_back("Retry-After", "1");
  if (error.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

void HttpServer::Impl::listen() {
  const std::string place = options.host + ":" + std::to_string(options.port);
  error_code error;
  tcp::resolver resolver(io);
  const auto found =
      resolver.resolve(options.host, std::to_string(options.port),
                       tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error || found.empty()) {
    throw std::runtime_error("cannot listen on " + place + ": " + error.message() +
                             "; give --host an address of this machine");
  }
  const tcp::endpoint endpoint = found.begin()->endpoint();
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
  if (error) {
    throw std::runtime_error("cannot listen on " + place + ": " + error.message() +
                             "; choose another --port or --host");
  }
  acceptor_port_ = acceptor_.local_endpoint().port();
}

void HttpServer::Impl::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (draining || error == net::error::operation_aborted) return;
    if (error) {  // too many open files: try again when some are closed
      accept_again_.expires_after(std::chrono::milliseconds(100));
      accept_again_.async_wait([this](error_code) { accept(); });
      return;
    }
    const std::size_t open = connections;
    if (open < options.max_connections + kReservedConnections) {
      socket.set_option(tcp::no_delay(true), error);
      std::make_shared<Session>(*this, std::move(socket))->start(open >= options.max_connections);
    }
    accept();
  });
}

void HttpServer::Impl::await_signal() {
  signals_.async_wait([this](error_code error, int) {
    if (error) return;
    if (draining) return io.stop();
    drain();
    await_signal();
  });
}

void HttpServer::Impl::drain() {
  if (draining.exchange(true)) return;
  on_drain_();
  error_code ignored;
  acceptor_.close(ignored);
  const std::set<Session*> open = sessions;
  for (Session* session : open) session->end_if_idle();
  end_.expires_after(options.drain_time);
  end_.async_wait([this](error_code error) {
    if (!error) io.stop();
  });
  if (sessions.empty()) io.stop();
}

void HttpServer::Impl::forget(Session* session) {
  sessions.erase(session);
  if (running_ && draining && sessions.empty()) io.stop();
}

void HttpServer::Impl::run(const std::function<void()>& on_drain) {
  on_drain_ = on_drain;
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  await_signal();
  accept();
  running_ = true;
  io.run();
  running_ = false;
}

HttpServer::HttpServer(const HttpServerOptions& options, Admit admit, Handle handle,
                       Observe observe)
    : impl_(new Impl(options, std::move(admit), std::move(handle), std::move(observe))) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return impl_->port(); }
std::size_t HttpServer::connections() const { return impl_->connections; }
bool HttpServer::draining() const { return impl_->draining; }
void HttpServer::run(const std::function<void()>& on_drain) { impl_->run(on_drain); }
void HttpServer::stop() {
  net::post(impl_->io, [impl = impl_.get()] { impl->drain(); });
}

}  // namespace saccade::app
