#include "saccade/serve/server_metrics.h"

#include <cstdio>

namespace saccade {
namespace {

std::string metric_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

void metric_head(std::string& out, const std::string& name, const char* type, const char* help) {
  out += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

void metric_line(std::string& out, const std::string& name, const std::string& labels,
                 double value) {
  out += name + (labels.empty() ? "" : "{" + labels + "}") + " " + metric_number(value) + "\n";
}

}  // namespace

const std::array<double, ServerMetrics::kBounds> ServerMetrics::kSeconds{
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
const std::array<double, ServerMetrics::kBounds> ServerMetrics::kSizes{1,  2,  3,  4,  6,  8,
                                                                       12, 16, 24, 32, 48, 64};

void ServerMetrics::Histogram::add(double value, const std::array<double, kBounds>& bounds) {
  for (std::size_t i = 0; i < kBounds; ++i) at_most[i] += value <= bounds[i] ? 1 : 0;
  ++count;
  sum += value;
}

void ServerMetrics::count_request(const std::string& path, int status, double seconds) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++requests_[{path, status}];
  seconds_[path].add(seconds, kSeconds);
}

void ServerMetrics::count_failure(const std::string& kind) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++failures_[kind];
}

void ServerMetrics::count_batch(std::size_t images) {
  const std::lock_guard<std::mutex> lock(mutex_);
  batches_.add(static_cast<double>(images), kSizes);
}

void ServerMetrics::print(std::string& out, const std::string& name, const std::string& label,
                          const Histogram& histogram, const std::array<double, kBounds>& bounds) {
  const std::string before = label.empty() ? "" : label + ",";
  for (std::size_t i = 0; i < kBounds; ++i) {
    metric_line(out, name + "_bucket", before + "le=\"" + metric_number(bounds[i]) + "\"",
                double(histogram.at_most[i]));
  }
  metric_line(out, name + "_bucket", before + "le=\"+Inf\"", double(histogram.count));
  metric_line(out, name + "_sum", label, histogram.sum);
  metric_line(out, name + "_count", label, double(histogram.count));
}

std::string ServerMetrics::prometheus(const Gauges& now) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string out;
  metric_head(out, "saccade_requests_total", "counter", "Answered requests.");
  for (const auto& [key, count] : requests_) {
    metric_line(out, "saccade_requests_total",
                "path=\"" + key.first + "\",status=\"" + std::to_string(key.second) + "\"",
                double(count));
  }
  metric_head(out, "saccade_request_seconds", "histogram",
              "Time from the end of a request to its answer.");
  for (const auto& [path, histogram] : seconds_) {
    print(out, "saccade_request_seconds", "path=\"" + path + "\"", histogram, kSeconds);
  }
  metric_head(out, "saccade_failures_total", "counter",
              "Failed requests by the code of their error.");
  for (const auto& [kind, count] : failures_) {
    metric_line(out, "saccade_failures_total", "code=\"" + kind + "\"", double(count));
  }
  metric_head(out, "saccade_images_total", "counter", "Captioned images.");
  metric_line(out, "saccade_images_total", "", batches_.sum);
  metric_head(out, "saccade_batch_images", "histogram", "Images per batch of the model.");
  print(out, "saccade_batch_images", "", batches_, kSizes);
  metric_head(out, "saccade_queue_length", "gauge", "Requests that wait.");
  metric_line(out, "saccade_queue_length", "queue=\"prepare\"", double(now.preparing));
  metric_line(out, "saccade_queue_length", "queue=\"caption\"", double(now.captioning));
  metric_line(out, "saccade_queue_length", "queue=\"explain\"", double(now.explaining));
  metric_head(out, "saccade_connections", "gauge", "Open connections.");
  metric_line(out, "saccade_connections", "", double(now.connections));
  return out;
}

}  // namespace saccade
