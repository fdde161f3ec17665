#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

#include "saccade/serve/batch_queue.h"

#include "lane.h"

namespace saccade::app {

/// Answers the requests that take long, one after another on a thread of its own. Captions do not
/// wait for them; both share the processors.
class TaskLane {
 public:
  /// Called on the lane's thread; an exception becomes the answer.
  using Task = std::function<HttpResponse(HttpRequest& request)>;

  /// @param metrics  must outlive this object.
  TaskLane(const LaneOptions& options, ServerMetrics& metrics);
  /// Answers the requests that wait.
  ~TaskLane();
  TaskLane(const TaskLane&) = delete;
  TaskLane& operator=(const TaskLane&) = delete;

  /// @throws RequestError 503 if too many requests wait
  void add(std::shared_ptr<HttpExchange> exchange, Task task);

  std::size_t waiting() const { return queue_.size(); }

 private:
  struct Job;
  void run();

  const LaneOptions options_;
  ServerMetrics& metrics_;
  const int operator_threads_;
  BatchQueue<std::unique_ptr<Job>> queue_;
  std::thread thread_;
};

}  // namespace saccade::app
