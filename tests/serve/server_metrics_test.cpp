#include "saccade/serve/server_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

TEST(ServerMetrics, CountsRequestsTimesFailuresAndBatches) {
  ServerMetrics metrics;
  metrics.count_request("/v1/caption", 200, 0.02);
  metrics.count_request("/v1/caption", 200, 0.2);
  metrics.count_request("/v1/caption", 503, 40);
  metrics.count_failure("busy");
  metrics.count_batch(3);
  metrics.count_batch(1);
  const std::string text = metrics.prometheus({5, 1, 2, 3});
  for (const char* line : {
           "saccade_requests_total{path=\"/v1/caption\",status=\"200\"} 2\n",
           "saccade_requests_total{path=\"/v1/caption\",status=\"503\"} 1\n",
           "saccade_request_seconds_bucket{path=\"/v1/caption\",le=\"0.01\"} 0\n",
           "saccade_request_seconds_bucket{path=\"/v1/caption\",le=\"0.025\"} 1\n",
           "saccade_request_seconds_bucket{path=\"/v1/caption\",le=\"30\"} 2\n",
           "saccade_request_seconds_bucket{path=\"/v1/caption\",le=\"+Inf\"} 3\n",
           "saccade_request_seconds_sum{path=\"/v1/caption\"} 40.22\n",
           "saccade_failures_total{code=\"busy\"} 1\n",
           "saccade_images_total 4\n",
           "saccade_batch_images_bucket{le=\"1\"} 1\n",
           "saccade_batch_images_bucket{le=\"3\"} 2\n",
           "saccade_batch_images_count 2\n",
           "saccade_queue_length{queue=\"explain\"} 3\n",
           "saccade_connections 5\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

}  // namespace
}  // namespace saccade::test
