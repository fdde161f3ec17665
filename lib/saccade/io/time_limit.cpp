#include "saccade/io/time_limit.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace saccade {
namespace {

struct Shared {
  std::mutex mutex;
  std::condition_variable changed;
  int left_behind = 0;
};

/// Never destroyed: a thread that was left behind may end after main().
Shared& shared() {
  static Shared& shared = *new Shared;
  return shared;
}

struct Run {
  bool ended = false;
  bool left_behind = false;
};

}  // namespace

bool run_within(std::chrono::milliseconds limit, std::function<void()> action) {
  const auto until = std::chrono::steady_clock::now() + limit;
  Shared& all = shared();
  const auto run = std::make_shared<Run>();
  std::unique_lock lock(all.mutex);
  if (all.left_behind >= kMaxLeftBehind) {
    throw std::runtime_error(std::to_string(all.left_behind) +
                             " files that could not be read in time are still being waited for; "
                             "check whether a drive or its network has stalled");
  }
  lock.unlock();
  std::thread([run, action = std::move(action), &all] {
    action();
    const std::lock_guard ended(all.mutex);
    run->ended = true;
    if (run->left_behind) --all.left_behind;
    all.changed.notify_all();
  }).detach();
  lock.lock();
  if (!all.changed.wait_until(lock, until, [&] { return run->ended; })) {
    run->left_behind = true;
    ++all.left_behind;
  }
  return run->ended;
}

}  // namespace saccade
