// A flag that a loop sleeps on: notify() wakes the sleeper, or the next one if nobody sleeps yet,
// so no notice is lost. One waiter at a time; used on one executor; owned by the loop's owner.
#pragma once

#include <algorithm>
#include <memory>

#include "net/runtime.h"

namespace kmirror::net {

class Wakeup {
 public:
  explicit Wakeup(Runtime& runtime) : runtime_(runtime), timer_(runtime.make_timer()) {}

  void notify() {
    notified_ = true;
    timer_->cancel();
  }

  // The same, but the sleeper may go on inside this call.
  void hand_over() {
    notified_ = true;
    timer_->hand_over();
  }

  // Whether the next wait returns at once.
  bool notified() const { return notified_; }

  // Returns at the first notice since the last wait, or at `deadline`; simulations make sure that
  // those who wait look again at what they wait for.
  Awaitable<void> wait(TimePoint deadline = kNever) {
    if (runtime_.buggify("early wakeup")) deadline = std::min(deadline, runtime_.now());
    if (!notified_) co_await timer_->wait_until(deadline);
    notified_ = false;
  }

 private:
  Runtime& runtime_;
  std::unique_ptr<Timer> timer_;
  bool notified_ = false;
};

}  // namespace kmirror::net
