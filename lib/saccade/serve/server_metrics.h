#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace saccade {

/// Counts what a server does. All members may be called from several threads.
class ServerMetrics {
 public:
  /// An answered request. @param path  of a known endpoint, or "other"
  void count_request(const std::string& path, int status, double seconds);
  /// A failed request. @param kind  the code of its RequestError
  void count_failure(const std::string& kind);
  /// A batch that the model captioned.
  void count_batch(std::size_t images);

  /// What the server is doing now.
  struct Gauges {
    std::size_t connections = 0, preparing = 0, captioning = 0, explaining = 0;
  };

  /// In Prometheus' text format, version 0.0.4.
  std::string prometheus(const Gauges& now) const;

 private:
  static constexpr std::size_t kBounds = 12;

  /// Counts of values up to each bound, as Prometheus has them.
  struct Histogram {
    std::array<std::uint64_t, kBounds> at_most{};
    std::uint64_t count = 0;
    double sum = 0;
    void add(double value, const std::array<double, kBounds>& bounds);
  };
  static const std::array<double, kBounds> kSeconds, kSizes;
  static void print(std::string& out, const std::string& name, const std::string& label,
                    const Histogram& histogram, const std::array<double, kBounds>& bounds);

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, std::uint64_t> requests_;
  std::map<std::string, Histogram> seconds_;
  std::map<std::string, std::uint64_t> failures_;
  Histogram batches_;
};

}  // namespace saccade
