#include "net/asio/asio_runtime.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <chrono>

#include "net/task_group.h"

namespace kmirror::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

struct AsioRuntimeTest : testing::Test {
  AsioRuntime runtime{1, [](LogLevel, std::string_view) {}};
  TaskGroup tasks{runtime};
  std::unique_ptr<Timer> timer = runtime.make_timer();
  std::string story;

  void wait_until(TimePoint when) { tasks.spawn(wait(*timer, when, story)); }

  static Awaitable<void> wait(Timer& timer, TimePoint when, std::string& story) {
    const bool fired = co_await timer.wait_until(when);
    story += fired ? " fired" : " cancelled";
  }
};

TEST_F(AsioRuntimeTest, ATimerFiresAtItsTime) {
  const TimePoint when = runtime.now() + milliseconds(20);
  wait_until(when);
  runtime.run();
  EXPECT_EQ(story, " fired");
  EXPECT_GE(runtime.now(), when);
}

TEST_F(AsioRuntimeTest, WhoWaitsForATimeGoesOnAfterACancel) {
  wait_until(runtime.now() + hours(1));
  asio::post(runtime.executor(), [&] {
    timer->cancel();
    story += "after";
  });
  runtime.run();
  EXPECT_EQ(story, "after cancelled");
}

TEST_F(AsioRuntimeTest, WhoWaitsForEverGoesOnAfterACancel) {
  wait_until(kNever);
  asio::post(runtime.executor(), [&] {
    timer->cancel();
    story += "after";
  });
  runtime.run();
  EXPECT_EQ(story, "after cancelled");
}

TEST_F(AsioRuntimeTest, WhoWaitsForEverGoesOnInsideAHandOver) {
  wait_until(kNever);
  asio::post(runtime.executor(), [&] {
    timer->hand_over();
    story += " before";
  });
  runtime.run();
  EXPECT_EQ(story, " cancelled before");
}

TEST_F(AsioRuntimeTest, WhoWaitsForATimeGoesOnAfterAHandOver) {
  wait_until(runtime.now() + hours(1));
  asio::post(runtime.executor(), [&] {
    timer->hand_over();
    story += "after";
  });
  runtime.run();
  EXPECT_EQ(story, "after cancelled");
}

TEST_F(AsioRuntimeTest, ATimerWithoutAWaiterTakesNoNoteOfBeingCancelled) {
  timer->cancel();
  timer->hand_over();
  wait_until(runtime.now() + milliseconds(1));
  runtime.run();
  EXPECT_EQ(story, " fired");
}

}  // namespace
}  // namespace kmirror::net
