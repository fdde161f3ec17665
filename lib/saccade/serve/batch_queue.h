#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace saccade {

struct BatchQueueOptions {
  std::size_t capacity = 64;   ///< items that may wait, ≥ 1
  std::size_t batch_size = 1;  ///< items taken together, ≥ 1
  /// How long an item may wait for others while `more` says that they are on their way.
  std::chrono::milliseconds wait{0};
  std::function<bool()> more;  ///< may be empty: none
};

/// A bounded queue between threads that hands out items in batches. Items leave in the order in
/// which they came, except that those which may share a batch with the first one leave with it. If
/// several threads wait, they share the items evenly.
template <typename Item>
class BatchQueue {
 public:
  /// Whether two items may share a batch; called under the queue's lock.
  using SameBatch = std::function<bool(const Item&, const Item&)>;
  /// Whether nobody waits for an item's result any more; called under the queue's lock.
  using Stale = std::function<bool(const Item&)>;

  BatchQueue(BatchQueueOptions options, SameBatch same, Stale stale)
      : options_(std::move(options)), same_(std::move(same)), stale_(std::move(stale)) {}

  /// @return false if the queue is full or closed; the item is then unchanged
  bool push(Item& item) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closed_ || items_.size() >= options_.capacity) return false;
    add(item);
    return true;
  }

  /// The same, but waits for a free place. @return false if the queue is closed
  bool push_wait(Item& item) {
    std::unique_lock<std::mutex> lock(mutex_);
    taken_.wait(lock, [&] { return closed_ || items_.size() < options_.capacity; });
    if (closed_) return false;
    add(item);
    return true;
  }

  /// Waits for items.
  /// @param stale  receives the stale items that were in the queue
  /// @return 1 to batch_size items that may share a batch; none if there are only stale ones, or if
  ///         the queue is closed and empty
  std::vector<Item> take(std::vector<Item>& stale) {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_;
    added_.wait(lock, [&] { return closed_ || !items_.empty(); });
    if (!items_.empty()) {
      added_.wait_until(lock, items_.front().since + options_.wait, [&] {
        return closed_ || items_.size() >= options_.batch_size || !options_.more ||
               !options_.more();
      });
    }
    remove_stale(stale);
    const std::size_t share = (items_.size() + waiting_ - 1) / waiting_;
    --waiting_;
    std::vector<Item> batch = first_batch(std::min(options_.batch_size, share));
    if (!items_.empty()) added_.notify_one();
    lock.unlock();
    taken_.notify_all();
    return batch;
  }

  /// Refuses further items. Those in the queue can still be taken.
  void close() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      closed_ = true;
    }
    added_.notify_all();
    taken_.notify_all();
  }

  bool ended() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return closed_ && items_.empty();
  }
  std::size_t size() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return items_.size();
  }

 private:
  struct Entry {
    Item item;
    std::chrono::steady_clock::time_point since;
  };

  void add(Item& item) {
    items_.push_back({std::move(item), std::chrono::steady_clock::now()});
    added_.notify_all();
  }

  void remove_stale(std::vector<Item>& stale) {
    for (auto at = items_.begin(); at != items_.end();) {
      if (stale_(at->item)) {
        stale.push_back(std::move(at->item));
        at = items_.erase(at);
      } else {
        ++at;
      }
    }
  }

  std::vector<Item> first_batch(std::size_t size) {
    std::vector<Item> batch;
    for (auto at = items_.begin(); at != items_.end() && batch.size() < size;) {
      if (batch.empty() || same_(batch.front(), at->item)) {
        batch.push_back(std::move(at->item));
        at = items_.erase(at);
      } else {
        ++at;
      }
    }
    return batch;
  }

  const BatchQueueOptions options_;
  const SameBatch same_;
  const Stale stale_;
  mutable std::mutex mutex_;
  std::condition_variable added_, taken_;
  std::deque<Entry> items_;
  std::size_t waiting_ = 0;  // threads in `take`
  bool closed_ = false;
};

}  // namespace saccade
