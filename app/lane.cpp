#include "lane.h"

#include "saccade/io/error_text.h"

namespace saccade::app {

void respond_with_error(HttpExchange& exchange, ServerMetrics& metrics) {
  try {
    throw;
  } catch (const RequestError& error) {
    metrics.count_failure(error.code);
    exchange.respond(error_response(error));
  } catch (...) {
    metrics.count_failure("internal");
    exchange.respond(error_response({500, "internal", current_error_text()}));
  }
}

void respond_stale(HttpExchange& exchange, ServerMetrics& metrics) {
  if (exchange.gone()) return metrics.count_failure("client_gone");
  metrics.count_failure("overdue");
  exchange.respond(error_response({503, "overdue", "the server was too busy to answer in time"}));
}

RequestError busy_error(ServerMetrics& metrics) {
  metrics.count_failure("busy");
  return {503, "busy", "too many requests wait; try again later"};
}

}  // namespace saccade::app
