#pragma once

#include <chrono>
#include <functional>

namespace saccade {

/// The number of actions that run_within may have left behind at the same time.
constexpr int kMaxLeftBehind = 64;

/// Runs an action on another thread and waits for it, for system calls that may never return, such
/// as those on a file of a network drive that does not respond: no thread can be made to leave
/// them. When the time is up, the thread is left behind; it ends after the action, or with the
/// process. The action must own what it uses, and must not throw.
/// @return whether the action has ended
/// @throws std::runtime_error at once if kMaxLeftBehind actions are left behind and still run.
bool run_within(std::chrono::milliseconds limit, std::function<void()> action);

}  // namespace saccade
