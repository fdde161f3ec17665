#include "task_lane.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>

#include "saccade/model/device.h"

namespace saccade::app {

struct TaskLane::Job {
  std::shared_ptr<HttpExchange> exchange;
  Task task;
  std::chrono::steady_clock::time_point deadline;
};

TaskLane::TaskLane(const LaneOptions& options, ServerMetrics& metrics)
    : options_(options),
      metrics_(metrics),
      operator_threads_(std::max(1, at::get_num_threads() / 2)),
      queue_(
          {options.queue, 1, std::chrono::milliseconds(0), nullptr},
          [](const auto&, const auto&) { return false; },
          [](const auto& job) {
            return job->exchange->gone() || std::chrono::steady_clock::now() > job->deadline;
          }),
      thread_([this] { run(); }) {}

TaskLane::~TaskLane() {
  queue_.close();
  thread_.join();
}

void TaskLane::add(std::shared_ptr<HttpExchange> exchange, Task task) {
  auto job = std::make_unique<Job>(
      Job{std::move(exchange), std::move(task), std::chrono::steady_clock::now() + options_.time});
  if (!queue_.push(job)) throw busy_error(metrics_);
}

void TaskLane::run() {
  const OperatorThreads threads(operator_threads_);
  while (!queue_.ended()) {
    std::vector<std::unique_ptr<Job>> stale;
    const auto jobs = queue_.take(stale);
    for (const auto& job : stale) respond_stale(*job->exchange, metrics_);
    for (const auto& job : jobs) {
      try {
        job->exchange->respond(job->task(job->exchange->request));
      } catch (...) {
        respond_with_error(*job->exchange, metrics_);
      }
    }
  }
}

}  // namespace saccade::app
