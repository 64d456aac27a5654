// Followers that answer readers (KIP-392), and where leaders send readers to.
#include "broker/testing/topic_cluster.h"

namespace kmirror::broker {
namespace {

using protocol::ErrorCode;
using std::chrono::milliseconds;

struct FollowersTest : TopicCluster {
  FollowersTest() { start_with({.nodes = {}, .rack_aware = true}); }
};

TEST_F(FollowersTest, OneThatKeepsUpServesWhatTheLeaderDoes) {
  append({.records = 3});
  for (const std::int32_t node : {1, 2, 3}) {
    const auto asked = fetch(node, {});
    EXPECT_EQ(of(asked).high_watermark, 3) << node;
    EXPECT_EQ(read_to(of(asked)), 3) << node;
  }
}

TEST_F(FollowersTest, OneThatIsBehindServesWhatItHas) {
  append({.records = 3});
  hold_back(3);
  append({.records = 4});
  ASSERT_EQ(partition->high_watermark(), 7);
  const auto asked = fetch(3, {});
  EXPECT_EQ(of(asked).error_code, ErrorCode::kNone);
  EXPECT_EQ(of(asked).high_watermark, 3);
  EXPECT_EQ(of(asked).last_stable_offset, 3);
  EXPECT_EQ(read_to(of(asked)), 3);
  EXPECT_EQ(read_to(of(fetch(3, {.offset = 3}))), -1);
  EXPECT_EQ(of(fetch(3, {.offset = 3})).error_code, ErrorCode::kNone);
  EXPECT_EQ(of(fetch(3, {.offset = 4})).error_code, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(of(fetch(2, {.offset = 7})).error_code, ErrorCode::kNone);
}

TEST_F(FollowersTest, WhoWaitsAtOneIsToldWhenItHasMore) {
  hold_back(3);
  append();
  const auto asked = fetch(3, {.max_wait_ms = 1000});
  EXPECT_FALSE(asked->is_answered);
  cluster->resume_replicas(3);
  settle();
  ASSERT_TRUE(asked->is_answered);
  EXPECT_EQ(read_to(of(asked)), 1);
}

TEST_F(FollowersTest, WhoWaitsKeepsOnlyWhatTheLastLookFound) {
  const auto asked = fetch(1, {.max_wait_ms = 1000, .min_bytes = 1 << 20});
  for (int i = 0; i < 5; ++i) {
    append();
    settle();
  }
  pass(milliseconds(1001));
  ASSERT_TRUE(asked->is_answered);
  EXPECT_EQ(read_to(of(asked)), 5);
  EXPECT_EQ(asked->call.held.size(), 5u);
}

TEST_F(FollowersTest, TheyHearOfTheHighWatermarkWithTheirNextFetch) {
  start_with({.nodes = {}, .replication_delay = milliseconds(100)});
  append();
  pass(milliseconds(110));
  EXPECT_EQ(of(fetch(1, {})).high_watermark, 1);
  EXPECT_EQ(of(fetch(2, {})).high_watermark, 0);
  pass(milliseconds(100));
  EXPECT_EQ(of(fetch(2, {})).high_watermark, 1);
}

// To the follower the transaction is still open.
TEST_F(FollowersTest, WhatIsStableIsWhatOneHasTheMarkerOf) {
  append({.records = 2, .producer_id = 7, .is_transactional = true});
  append({.records = 3});
  hold_back(3);
  partition->log.append_marker(7, 0, true, 0, 2000, 0);
  cluster->on_appended(partition);
  EXPECT_EQ(of(fetch(2, {.isolation_level = 1})).last_stable_offset, 6);
  const auto asked = fetch(3, {.isolation_level = 1});
  EXPECT_EQ(of(asked).high_watermark, 5);
  EXPECT_EQ(of(asked).last_stable_offset, 0);
  EXPECT_EQ(read_to(of(asked)), -1);
}

TEST_F(FollowersTest, EpochsThatOneHasNotSeenAreNotItsOwn) {
  append();
  hold_back(3);
  cluster->move_leader(*partition, 2);
  append();
  EXPECT_EQ(of(fetch(1, {.offset = 1, .last_fetched_epoch = 1})).error_code, ErrorCode::kNone);
  EXPECT_EQ(of(fetch(3, {.offset = 1, .last_fetched_epoch = 0})).error_code, ErrorCode::kNone);
  EXPECT_EQ(of(fetch(3, {.offset = 1, .last_fetched_epoch = 1})).error_code,
            ErrorCode::kOffsetOutOfRange);
}

TEST_F(FollowersTest, ReadersAreSentToTheirRackWhereItHasTheirOffset) {
  append({.records = 3});
  cluster->paused_replicas.insert(2);
  append({.records = 2});
  const auto sent_to = [this](std::int64_t offset, std::string_view rack) {
    const auto asked = fetch(1, {.offset = offset, .rack = rack});
    EXPECT_EQ(read_to(of(asked)) < 0, of(asked).preferred_read_replica >= 0 || offset >= 3);
    return of(asked).preferred_read_replica;
  };
  EXPECT_EQ(sent_to(0, "b"), 3) << "it has most";
  EXPECT_EQ(sent_to(0, "a"), -1) << "the leader's own";
  EXPECT_EQ(sent_to(0, "c"), -1) << "nobody's";
  EXPECT_EQ(sent_to(0, ""), -1);
  cluster->stop_node(3);
  EXPECT_EQ(sent_to(3, "b"), 2);
  EXPECT_EQ(sent_to(4, "b"), -1) << "nobody there has it";
  cluster->stop_node(2);
  EXPECT_EQ(sent_to(0, "b"), -1);
}

TEST_F(FollowersTest, ReadersAreNotSentToWhomIsOutOfSync) {
  append();
  cluster->stop_node(2);
  EXPECT_EQ(of(fetch(1, {.rack = "b"})).preferred_read_replica, 3);
  hold_back(3);
  EXPECT_EQ(of(fetch(1, {.rack = "b"})).preferred_read_replica, -1);
}

}  // namespace
}  // namespace kmirror::broker
