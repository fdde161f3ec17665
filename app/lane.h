#pragma once

#include <chrono>
#include <cstddef>

#include "saccade/serve/server_metrics.h"

#include "http_server.h"

namespace saccade::app {

// What the queues of the server share.

struct LaneOptions {
  std::size_t queue = 64;                 ///< requests that may wait, ≥ 1
  std::size_t batch_size = 16;            ///< images, ≥ 1
  std::chrono::milliseconds wait{5};      ///< for a batch to fill
  std::chrono::milliseconds time{30000};  ///< from the arrival of a request to its answer
};

/// Answers with the exception that is being handled: its status if it is a RequestError, else 500.
void respond_with_error(HttpExchange& exchange, ServerMetrics& metrics);

/// Ends a request whose client has gone or whose time is up.
void respond_stale(HttpExchange& exchange, ServerMetrics& metrics);

/// The error for a request that finds the queue full.
RequestError busy_error(ServerMetrics& metrics);

}  // namespace saccade::app
