// Owner of spawned coroutines: each runs on the Runtime's executor, and join() returns when all
// have ended. An exception that leaves a task is a programmer's error (or lack of memory) and
// leaves the executor's run. The group outlives its tasks; used on one executor.
#pragma once

#include "net/runtime.h"
#include "net/wakeup.h"

namespace kmirror::net {

class TaskGroup {
 public:
  explicit TaskGroup(Runtime& runtime) : runtime_(runtime), ended_(runtime) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void spawn(Awaitable<void> task);

  // Waits until no task is left. One caller at a time.
  Awaitable<void> join();

 private:
  Runtime& runtime_;
  Wakeup ended_;
  int running_ = 0;
};

}  // namespace kmirror::net
