// A shard whose destination is far away, or lets nobody read.
#include "mirror/tail_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mirror/testing/shard_fixture.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;

struct TailLoopTest : ShardFixture {
  TailLoopTest() {
    topics(1, 1);
    end = 1000;
    flow.fill(0, 250, 4);
    flow.produce_time = milliseconds(80);
  }
};

TEST_F(TailLoopTest, ALongLineHoldsManyBatchesAndACutRepeatsNone) {
  int requests = 0;
  flow.on_produce = [&] {
    if (++requests == 100) flow.cluster.broker(2).hang_up();
  };
  const Duration took = mirror_all();
  EXPECT_LT(took, 250 * flow.produce_time / 5) << "five at a time take longer";
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 1000));
  EXPECT_EQ(flow.committed[0], 1000);
  EXPECT_GT(flow.tail_fetches, 1);
  EXPECT_LT(requests, 250 + 100) << "what the log has is not sent again";
}

TEST_F(TailLoopTest, WhatTheDestinationDeletesMeanwhileIsNotSentAgain) {
  int requests = 0;
  flow.on_produce = [&] {
    if (++requests != 100) return;
    flow.copy_start = 4 * static_cast<std::int64_t>(flow.log[0].size() - 2);
    flow.cluster.broker(2).hang_up();
  };
  mirror_all();
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 1000));
  EXPECT_EQ(flow.committed[0], 1000);
  EXPECT_EQ(flow.start_questions, 1);
  EXPECT_THAT(runtime.lines, testing::Not(testing::Contains(testing::HasSubstr("sent again"))));
}

TEST_F(TailLoopTest, WhereAllThatWasInDoubtIsDeletedThatIsTold) {
  int requests = 0;
  flow.on_produce = [&] {
    if (++requests != 100) return;
    flow.copy_start = 4 * static_cast<std::int64_t>(flow.log[0].size() + 1);  // With this one.
    flow.cluster.broker(2).hang_up();
  };
  mirror_all();
  EXPECT_EQ(flow.committed[0], 1000);
  EXPECT_THAT(runtime.lines, testing::Contains(testing::HasSubstr("sent again")));
}

TEST_F(TailLoopTest, OneTailThatIsLongDoesNotKeepTheOthersFromBeingRead) {
  topics(6, 6);
  for (int partition = 1; partition < 6; ++partition) flow.fill(partition, 250, 4);
  int requests = 0;
  flow.on_produce = [&] {
    if (++requests != 100) return;
    flow.endless_tail = 0;
    flow.cluster.broker(2).hang_up();
  };
  runtime.run(begin());
  runtime.run(wait(seconds(30)));
  EXPECT_LT(flow.copy[0].size(), 1000u);
  for (int partition = 1; partition < 6; ++partition) {
    EXPECT_EQ(flow.copy[partition], FakeFlow::numbers(0, 1000)) << partition;
  }
  flow.endless_tail = -1;
  const bool ended = runtime.run(all_ended(seconds(60)));
  EXPECT_TRUE(ended);
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 1000));
  runtime.run(finish());
}

TEST_F(TailLoopTest, WhereNobodyMayReadFiveAreUnderWay) {
  flow.tail_error = ErrorCode::kTopicAuthorizationFailed;
  const Duration took = mirror_all();
  EXPECT_GT(took, 230 * flow.produce_time / 5);
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 1000));
  EXPECT_EQ(flow.tail_fetches, 1);
  EXPECT_THAT(runtime.lines, testing::Contains(testing::HasSubstr("may not be read")));
}

TEST_F(TailLoopTest, IfReadingIsForbiddenWhileMuchIsInDoubtThatIsTold) {
  int requests = 0;
  flow.on_produce = [&] {
    if (++requests != 100) return;
    flow.tail_error = ErrorCode::kTopicAuthorizationFailed;
    flow.cluster.broker(2).hang_up();
  };
  mirror_all();
  EXPECT_EQ(flow.committed[0], 1000);
  EXPECT_THAT(runtime.lines,
              testing::Contains(testing::HasSubstr("copy partition 0: may not be read any more")));
}

TEST_F(TailLoopTest, ATailThatCannotBeReadForAWhileIsReadInTheEnd) {
  int requests = 0;
  flow.on_produce = [&] {
    if (++requests != 100) return;
    flow.cluster.broker(2).hang_up();
    flow.tail_error = ErrorCode::kKafkaStorageError;
  };
  runtime.run(begin());
  runtime.run(wait(seconds(20)));
  const std::vector<std::string> before = flow.copy[0];
  EXPECT_LT(before.size(), 1000u);
  EXPECT_THAT(runtime.lines, testing::Contains(testing::HasSubstr("cannot be read to go on")));
  flow.tail_error = ErrorCode::kNone;
  const bool ended = runtime.run(all_ended(seconds(60)));
  EXPECT_TRUE(ended);
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 1000));
  runtime.run(finish());
}

TEST_F(TailLoopTest, WhatABrokerRefusesBeforeAndAfterItRestartsDidNotLast) {
  int requests = 0;
  flow.on_produce = [&] {
    if (++requests != 100) return;
    flow.cluster.broker(2).hang_up();
    flow.tail_error = ErrorCode::kNotLeaderOrFollower;
    flow.tail_fetches = 0;  // It was read in the beginning.
  };
  runtime.run(begin());
  while (requests < 100 || flow.tail_fetches == 0) runtime.run(wait(milliseconds(100)));
  flow.cluster.broker(2).accepts = false;
  flow.cluster.broker(2).hang_up();
  runtime.run(wait(seconds(6)));
  flow.cluster.broker(2).accepts = true;
  flow.tail_error = ErrorCode::kFencedLeaderEpoch;
  const int before = flow.tail_fetches;
  while (flow.tail_fetches == before) runtime.run(wait(milliseconds(100)));
  flow.tail_error = ErrorCode::kNone;
  const bool ended = runtime.run(all_ended(seconds(60)));
  EXPECT_TRUE(ended);
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 1000));
  EXPECT_THAT(runtime.lines, testing::Not(testing::Contains(testing::HasSubstr("cannot be read"))));
  runtime.run(finish());
}

}  // namespace
}  // namespace kmirror::mirror
