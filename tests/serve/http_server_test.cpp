// The server without a model: it echoes the method, the target and the length of the body.

#include "http_server.h"

#include <arpa/inet.h>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <netinet/in.h>
#include <random>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade::test {
namespace {

using app::HttpExchange;
using app::HttpRequest;
using app::HttpServer;
using app::HttpServerOptions;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A connection to a port of this machine.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    timeval patience{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(const std::string& bytes) const {
    ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void end_sending() const { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  /// What the server sends until it closes the connection.
  std::string rest() const {
    std::string all;
    while (receive(all)) {
    }
    return all;
  }
  /// The head of an answer that has nothing else.
  std::string receive_head() {
    while (received_.find("\r\n\r\n") == std::string::npos && receive(received_)) {
    }
    return std::exchange(received_, "");
  }
  /// One answer with a Content-Length; "" if the connection ends before.
  std::string answer() {
    for (;;) {
      const std::size_t head = received_.find("\r\n\r\n");
      if (head != std::string::npos) {
        const std::size_t at = received_.find("Content-Length: ");
        const std::size_t length = head + 4 + std::stoul(received_.substr(at + 16));
        if (received_.size() >= length) {
          const std::string one = received_.substr(0, length);
          received_.erase(0, length);
          return one;
        }
      }
      if (!receive(received_)) return "";
    }
  }

 private:
  bool receive(std::string& into) const {
    char bytes[4096];
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count > 0) into.append(bytes, std::size_t(count));
    return count > 0;
  }

  int socket_;
  std::string received_;
};

class RunningServer : public ::testing::Test {
 protected:
  void start(const HttpServerOptions& options, HttpServer::Handle handle = nullptr) {
    if (!handle) {
      handle = [](const std::shared_ptr<HttpExchange>& exchange) {
        const HttpRequest& request = exchange->request;
        exchange->respond({200,
                           request.method + " " + request.target + " " +
                               std::to_string(request.body.size()) + "\n",
                           "text/plain",
                           {}});
      };
    }
    server_ = std::make_unique<HttpServer>(
        options,
        [](const HttpRequest& head) {
          if (head.target == "/forbidden") throw RequestError(403, "forbidden", "no");
        },
        handle, [this](const HttpRequest&, int, double) { ++answered_; });
    thread_ = std::thread([this] { server_->run([] {}); });
  }
  void TearDown() override { end(); }
  void end() {
    if (!thread_.joinable()) return;
    server_->stop();
    thread_.join();
  }
  std::uint16_t port() const { return server_->port(); }
  std::string tell(const std::string& bytes) const {
    const Client client(port());
    client.send(bytes);
    client.end_sending();
    return client.rest();
  }

  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
  std::atomic<int> answered_{0};
};

HttpServerOptions small_server() {
  HttpServerOptions options;
  options.max_body = 1000;
  options.max_header = 2000;
  return options;
}

TEST_F(RunningServer, AnswersSeveralRequestsOnOneConnection) {
  start(small_server());
  Client client(port());
  for (int i = 0; i < 3; ++i) {
    client.send("POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_THAT(client.answer(), HasSubstr("\r\n\r\nPOST /a?b 5\n"));
  }
  // Two at once.
  client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.answer(), HasSubstr("GET /1 0\n"));
  EXPECT_THAT(client.answer(), HasSubstr("GET /2 0\n"));
  EXPECT_EQ(answered_, 5);
}

TEST_F(RunningServer, ReadsChunkedBodiesAndClosesWhenAsked) {
  start(small_server());
  const std::string answer = tell(
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, HasSubstr("POST / 5\n"));
}

TEST_F(RunningServer, ContinuesOnlyWhenTheHeadIsAdmitted) {
  start(small_server());
  Client client(port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.receive_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hi");
  EXPECT_THAT(client.answer(), HasSubstr("POST / 2\n"));
  EXPECT_THAT(tell("POST /forbidden HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                   "Content-Length: 2\r\n\r\n"),
              StartsWith("HTTP/1.1 403 Forbidden\r\n"));
}

TEST_F(RunningServer, AnswersHeadWithoutABody) {
  start(small_server());
  const std::string answer = tell("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 9\r\n"));
  EXPECT_EQ(answer.substr(answer.size() - 4), "\r\n\r\n");
}

TEST_F(RunningServer, RefusesWhatIsTooLargeOrNoRequest) {
  start(small_server());
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_THAT(tell(post + "Content-Length: 1001\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(tell(post + "Content-Length: 99999999999999999999\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(tell(post + "Transfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x')),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(tell(post + "X: " + std::string(3000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(tell(post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(tell(post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(tell(post + "Host: y\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(tell(post + "Content-Length: 10\r\n\r\nhello"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(tell("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(tell("GET / HTTP/7.7\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(tell(std::string("\x16\x03\x01\0\xa5\x01\0\0", 8) + "\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(tell(""), "");
}

TEST_F(RunningServer, EndsTheConnectionsOfSlowClients) {
  HttpServerOptions options = small_server();
  options.receive_time = std::chrono::milliseconds(200);
  options.idle_time = std::chrono::milliseconds(200);
  start(options);
  const Client idle(port()), head(port()), body(port());
  head.send("GET / HTTP/1.1\r\nHost:");
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
  EXPECT_EQ(idle.rest(), "");
  EXPECT_THAT(head.rest(), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(body.rest(), StartsWith("HTTP/1.1 408 "));
  // One byte now and then does not prolong the time.
  const Client drip(port());
  std::atomic<bool> ended{false};
  std::thread dripping([&] {
    for (const char c : std::string("GET / HTTP/1.1\r\nX: ") + std::string(5000, 'x')) {
      if (ended) return;
      drip.send(std::string(1, c));
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  EXPECT_THAT(drip.rest(), StartsWith("HTTP/1.1 408 "));
  ended = true;
  dripping.join();
}

TEST_F(RunningServer, TellsFurtherConnectionsThatItIsBusy) {
  HttpServerOptions options = small_server();
  options.max_connections = 2;
  start(options);
  Client first(port()), second(port());
  for (Client* client : {&first, &second}) {
    client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client->answer(), HasSubstr("GET / 0\n"));
  }
  const std::string answer = tell("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("Retry-After: "));
}

TEST_F(RunningServer, LimitsTheMemoryOfAllBodies) {
  HttpServerOptions options = small_server();
  options.max_bodies = 1500;
  start(options);
  Client first(port());
  first.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
  // Until the first client's head has arrived there is room for the second.
  std::string answer;
  do {
    answer = tell("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n");
  } while (answer.find("HTTP/1.1 503 ") != 0);
  first.send(std::string(1000, 'x'));
  EXPECT_THAT(first.answer(), HasSubstr("POST / 1000\n"));
  do {
    answer =
        tell("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n" + std::string(900, 'x'));
  } while (answer.find("HTTP/1.1 503 ") == 0);
  EXPECT_THAT(answer, HasSubstr("POST / 900\n"));
}

/// Exchanges that a test keeps, to answer them later.
struct Kept {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::shared_ptr<HttpExchange>> exchanges;

  HttpServer::Handle handle() {
    return [this](const std::shared_ptr<HttpExchange>& exchange) {
      const std::lock_guard<std::mutex> lock(mutex);
      exchanges.push_back(exchange);
      changed.notify_all();
    };
  }
  std::shared_ptr<HttpExchange> take() {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return !exchanges.empty(); });
    auto exchange = exchanges.back();
    exchanges.pop_back();
    return exchange;
  }
};

TEST_F(RunningServer, NoticesThatAClientHasGone) {
  Kept kept;
  start(small_server(), kept.handle());
  Client client(port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto exchange = kept.take();
  EXPECT_FALSE(exchange->gone());
  client.close();
  while (!exchange->gone()) std::this_thread::yield();
  exchange->respond({});  // for nobody
}

TEST_F(RunningServer, AnswersRequestsInProgressBeforeItEnds) {
  Kept kept;
  start(small_server(), kept.handle());
  Client busy(port());
  const Client idle(port());
  busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto exchange = kept.take();
  server_->stop();
  EXPECT_EQ(idle.rest(), "");  // closed at once
  EXPECT_TRUE(server_->draining());
  std::thread later([&] { exchange->respond({200, "late\n", "text/plain", {}}); });
  const std::string answer = busy.rest();
  EXPECT_THAT(answer, HasSubstr("late\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  later.join();
  thread_.join();
}

TEST_F(RunningServer, AnswersARequestThatWasForgotten) {
  start(small_server(), [](const std::shared_ptr<HttpExchange>&) {});
  EXPECT_THAT(tell("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 500 "));
}

TEST_F(RunningServer, SurvivesDamagedRequests) {
  start(small_server());
  const std::string good =
      "POST /a?b=c HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
      "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string bad = good;
    for (unsigned change = 0; change <= random() % 4 && !bad.empty(); ++change) {
      const std::size_t at = random() % bad.size();
      switch (random() % 4) {
        case 0:
          bad[at] = static_cast<char>(random());
          break;
        case 1:
          bad.erase(at, 1 + random() % 20);
          break;
        case 2:
          bad.insert(at, bad.substr(random() % bad.size(), random() % 40));
          break;
        default:
          bad.resize(at + 1);
      }
    }
    const std::string answer = tell(bad);
    EXPECT_THAT(answer, AnyOf("", StartsWith("HTTP/1.1 4"), StartsWith("HTTP/1.1 2"))) << bad;
  }
  EXPECT_THAT(tell(good), HasSubstr("POST /a?b=c 5\n"));
}

TEST(HttpServer, SaysWhichPlaceItCannotListenOn) {
  const auto listen = [](const HttpServerOptions& options) {
    return std::make_unique<HttpServer>(
        options, [](const HttpRequest&) {}, [](const std::shared_ptr<HttpExchange>&) {},
        [](const HttpRequest&, int, double) {});
  };
  HttpServerOptions options;
  const auto first = listen(options);
  options.port = first->port();
  try {
    listen(options);
    FAIL() << "two servers on one port";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("127.0.0.1:" + std::to_string(options.port)));
    EXPECT_THAT(error.what(), HasSubstr("--port"));
  }
}

}  // namespace
}  // namespace saccade::test
