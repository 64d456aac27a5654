#include "mirror/core/pipe_depth.h"

#include <gtest/gtest.h>

#include <deque>

namespace kmirror::mirror {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A line to a broker that works on one request after the other; there are always more to send.
struct PipeDepthTest : testing::Test {
  static constexpr std::size_t kRequest = 100'000;

  Duration way{};   // there and back
  Duration work{};  // of the broker, for a request
  PipeDepth depth;
  TimePoint now{};
  TimePoint free_at{};  // the broker
  std::deque<std::pair<PipeDepth::Sent, TimePoint>> under_way;
  std::size_t bytes = 0;
  std::uint64_t answered = 0;  // requests

  void run(Duration time) {
    const TimePoint end = now + time;
    while (now < end) {
      while (depth.has_room(static_cast<int>(under_way.size()), bytes)) {
        free_at = std::max(free_at, now + way / 2) + work;
        under_way.emplace_back(depth.on_sent(kRequest, now), free_at + way / 2);
        bytes += kRequest;
      }
      now = under_way.front().second;
      depth.on_answered(under_way.front().first, now);
      under_way.pop_front();
      bytes -= kRequest;
      ++answered;
    }
  }
};

TEST_F(PipeDepthTest, ALongLineIsFilled) {
  way = milliseconds(80);
  work = milliseconds(1);
  run(seconds(2));
  EXPECT_GT(depth.bytes(), 80 * kRequest);
  EXPECT_LT(depth.bytes(), 140 * kRequest) << "hardly more than it holds queues";
}

TEST_F(PipeDepthTest, AShortLineIsNot) {
  way = microseconds(100);
  work = milliseconds(1);
  run(seconds(2));
  EXPECT_LT(depth.bytes(), 2 * kRequest);
}

// Otherwise the queue that it caused would be taken for the line's length for ever.
TEST_F(PipeDepthTest, ALineThatBecomesShortIsMeasuredAgain) {
  way = milliseconds(80);
  work = milliseconds(1);
  run(milliseconds(700));
  way = microseconds(100);
  run(milliseconds(200));
  EXPECT_GT(depth.bytes(), 40 * kRequest);
  run(seconds(2));
  EXPECT_LT(depth.bytes(), 2 * kRequest);
}

TEST_F(PipeDepthTest, MeasuringCostsLittle) {
  way = milliseconds(80);
  work = milliseconds(1);
  run(seconds(3));
  const std::uint64_t before = answered;
  run(seconds(30));
  EXPECT_GT(answered - before, 29'600u) << "of a thousand a second";
}

TEST_F(PipeDepthTest, ALineThatBecomesSlowHoldsLess) {
  way = milliseconds(80);
  work = milliseconds(1);
  run(seconds(2));
  work = milliseconds(8);
  run(seconds(5));
  EXPECT_GT(depth.bytes(), 10 * kRequest);
  EXPECT_LT(depth.bytes(), 20 * kRequest);
}

TEST_F(PipeDepthTest, OneLateAnswerChangesLittle) {
  way = milliseconds(80);
  work = milliseconds(1);
  run(seconds(2));
  const std::size_t before = depth.bytes();
  free_at += milliseconds(400);
  run(milliseconds(600));
  EXPECT_GT(depth.bytes(), before / 2);
}

}  // namespace
}  // namespace kmirror::mirror
