#include "saccade/serve/batch_queue.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Numbers share a batch if they are equal modulo 10; negative ones are stale.
using Numbers = BatchQueue<int>;

std::unique_ptr<Numbers> numbers(std::size_t capacity, std::size_t batch_size,
                                 std::function<bool()> more = nullptr) {
  return std::make_unique<Numbers>(
      BatchQueueOptions{capacity, batch_size, std::chrono::hours(1), std::move(more)},
      [](int a, int b) { return a % 10 == b % 10; }, [](int a) { return a < 0; });
}

bool push(Numbers& queue, int number) { return queue.push(number); }

std::vector<int> take(Numbers& queue) {
  std::vector<int> stale;
  return queue.take(stale);
}

TEST(BatchQueue, HandsOutItemsThatShareABatchInTheirOrder) {
  const auto queue = numbers(10, 3);
  for (const int number : {11, 12, 21, 31, 41}) push(*queue, number);
  EXPECT_THAT(take(*queue), ElementsAre(11, 21, 31));
  EXPECT_THAT(take(*queue), ElementsAre(12));
  EXPECT_THAT(take(*queue), ElementsAre(41));
}

TEST(BatchQueue, RefusesItemsWhenItIsFullOrClosed) {
  const auto queue = numbers(2, 1);
  EXPECT_TRUE(push(*queue, 1));
  EXPECT_TRUE(push(*queue, 2));
  EXPECT_FALSE(push(*queue, 3));
  take(*queue);
  EXPECT_TRUE(push(*queue, 3));
  queue->close();
  take(*queue);
  EXPECT_FALSE(push(*queue, 4));
  EXPECT_FALSE(queue->ended());
  take(*queue);
  EXPECT_TRUE(queue->ended());
  EXPECT_THAT(take(*queue), IsEmpty());
}

TEST(BatchQueue, ReturnsStaleItemsApart) {
  const auto queue = numbers(10, 4);
  for (const int number : {-1, 1, -11, 11}) push(*queue, number);
  std::vector<int> stale;
  EXPECT_THAT(queue->take(stale), ElementsAre(1, 11));
  EXPECT_THAT(stale, ElementsAre(-1, -11));
  push(*queue, -1);
  EXPECT_THAT(queue->take(stale), IsEmpty());
  EXPECT_THAT(stale, SizeIs(3));
}

TEST(BatchQueue, WaitsForItemsThatAreOnTheirWayOnly) {
  std::atomic<int> coming{1};
  const auto queue = numbers(10, 4, [&] { return coming > 0; });
  push(*queue, 1);
  std::thread later([&] {
    --coming;
    push(*queue, 11);
  });
  EXPECT_THAT(take(*queue), ElementsAre(1, 11));  // would wait for an hour if more were coming
  later.join();
}

TEST(BatchQueue, DoesNotWaitWhenABatchIsFull) {
  const auto queue = numbers(10, 2, [] { return true; });
  push(*queue, 1);
  push(*queue, 11);
  push(*queue, 21);
  EXPECT_THAT(take(*queue), ElementsAre(1, 11));
}

TEST(BatchQueue, WakesThoseWhoWaitForAPlaceOrAnItemWhenItCloses) {
  const auto queue = numbers(1, 1);
  push(*queue, 1);
  std::atomic<bool> pushed{true};
  std::thread pusher([&] {
    int number = 2;
    pushed = queue->push_wait(number);
  });
  queue->close();
  pusher.join();
  // Either the place was never free, or the queue was closed first.
  EXPECT_FALSE(pushed);
}

TEST(BatchQueue, LosesNothingBetweenManyThreads) {
  constexpr int kThreads = 4, kEach = 500;
  const auto queue = numbers(8, 3);
  std::mutex mutex;
  std::vector<int> seen;
  std::vector<std::thread> pushers, takers;
  for (int t = 0; t < kThreads; ++t) {
    takers.emplace_back([&] {
      while (!queue->ended()) {
        const std::vector<int> batch = take(*queue);
        const std::lock_guard<std::mutex> lock(mutex);
        seen.insert(seen.end(), batch.begin(), batch.end());
      }
    });
    pushers.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        int number = t * kEach + i;
        ASSERT_TRUE(queue->push_wait(number));
      }
    });
  }
  for (std::thread& thread : pushers) thread.join();
  queue->close();
  for (std::thread& thread : takers) thread.join();
  std::sort(seen.begin(), seen.end());
  ASSERT_THAT(seen, SizeIs(kThreads * kEach));
  for (int i = 0; i < kThreads * kEach; ++i) EXPECT_EQ(seen[std::size_t(i)], i);
}

}  // namespace
}  // namespace saccade::test
