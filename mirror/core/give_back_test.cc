// Windows that take nothing, and lanes that give back what waits there.
#include "mirror/core/give_back.h"

#include <gtest/gtest.h>

#include <list>
#include <string>

#include "mirror/core/lane.h"
#include "mirror/core/produce_window.h"
#include "mirror/testing/batches.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;
using std::chrono::seconds;

struct GiveBackTest : testing::Test {
  TimePoint now{};
  Random random{1};
  net::SlabPool slabs;
  Counters counters;
  Budget budget{1 << 20, slabs};
  Lane::Settings settings{.topic = "orders", .destination_topic = "orders"};
  std::optional<Lane> lane;
  std::list<ProduceWindow> windows;  // by destination partition
  std::vector<OutgoingBatch*> sent;

  void make(std::int32_t partitions) {
    if (partitions > 1) settings.mode = LaneMode::kKey;
    settings.destination_partitions = partitions;
    lane.emplace(settings, Position{}, counters, budget);
    for (std::int32_t i = 0; i < partitions; ++i) {
      windows.emplace_back(ProduceWindow::Settings{.in_flight_max = 5}, ProducerIdentity{7});
    }
  }

  ProduceWindow& window(int partition = 0) { return *std::next(windows.begin(), partition); }

  // A chunk of batches, in a slab of its own.
  void mirror(const std::vector<TestBatch>& batches,
              std::vector<protocol::AbortedTransaction> aborted = {}) {
    Buffer chunk;
    for (const TestBatch& batch : batches) {
      const Buffer bytes = source_batch(batch);
      chunk.insert(chunk.end(), bytes.begin(), bytes.end());
    }
    net::SlabRef slab = slabs.allocate(chunk.size());
    std::ranges::copy(chunk, slab.bytes().begin());
    lane->on_fetched(slab, slab.bytes(), std::move(aborted));
    pump();
  }

  void pump() {
    for (Lane::Routed& item : lane->pump()) {
      window(item.partition).push(std::move(item.batch), now);
    }
  }

  void send(int partition = 0) {
    while (window(partition).ready(now)) sent.push_back(&window(partition).send_next());
  }

  // The oldest batch under way is acknowledged.
  void acknowledge(int partition = 0) {
    OutgoingBatch& batch = *sent.front();
    sent.erase(sent.begin());
    window(partition).on_acknowledged(batch, -1, now);
    for (const OutgoingBatch& done : window(partition).take_done()) lane->on_acknowledged(done);
  }

  void reject(int partition = 0) {
    OutgoingBatch& batch = *sent.front();
    sent.erase(sent.begin());
    window(partition).on_rejected(batch, ErrorCode::kNotEnoughReplicas, now, random);
  }

  void give_back_all() {
    std::vector<ProduceWindow*> all;
    for (ProduceWindow& one : windows) all.push_back(&one);
    lane->set_blocked(true);
    give_back(*lane, all);
    for (ProduceWindow* one : all) one->detach(budget);
  }
};

TEST_F(GiveBackTest, AWindowIsBlockedFiveSecondsAfterItsLastMove) {
  make(1);
  now += seconds(100);
  EXPECT_FALSE(window().blocked(now)) << "idle";
  mirror({numbered_batch(0, 1), numbered_batch(1, 1)});
  EXPECT_FALSE(window().blocked(now));
  now += seconds(4);
  mirror({numbered_batch(2, 1)});
  now += seconds(1);
  EXPECT_TRUE(window().blocked(now));
  send();
  EXPECT_TRUE(window().blocked(now));
  acknowledge();
  EXPECT_FALSE(window().blocked(now));
  send();
  now += seconds(5);
  EXPECT_TRUE(window().blocked(now));
  acknowledge();
  acknowledge();
  now += seconds(5);
  EXPECT_FALSE(window().blocked(now)) << "idle";
}

TEST_F(GiveBackTest, WhatWasNeverSentGoesExceptTheFirst) {
  make(1);
  mirror({numbered_batch(0, 4), numbered_batch(4, 4), numbered_batch(8, 4)});
  give_back_all();
  EXPECT_EQ(window().queued_batches(), 1u);
  EXPECT_EQ(lane->fetch_offset(), 4);
  EXPECT_EQ(slabs.live_bytes(), 0u);
  EXPECT_EQ(budget.used_bytes(), source_batch(numbered_batch(0, 4)).size());
  send();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(records_of(*sent[0])[3].value, "3");
  acknowledge();
  EXPECT_EQ(lane->progress().committable().offset, 4);
  EXPECT_EQ(budget.used_bytes(), 0u);
}

TEST_F(GiveBackTest, WhatWasSentStaysWithItsSequence) {
  make(1);
  mirror({numbered_batch(0, 1), numbered_batch(1, 1), numbered_batch(2, 1), numbered_batch(3, 1)});
  window().push(outgoing_batch(99, 1), now);  // of another lane
  send();
  acknowledge();
  send();
  while (!sent.empty()) reject();
  mirror({numbered_batch(4, 1), numbered_batch(5, 1)});
  give_back_all();
  EXPECT_EQ(window().queued_batches(), 4u);
  EXPECT_EQ(lane->fetch_offset(), 4);
  now += seconds(10);
  send();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(protocol::BatchView(ConstBytes(sent[0]->header)).base_sequence(), 1);
  EXPECT_TRUE(protocol::BatchView(sent[0]->records.bytes()).is_crc_valid());
}

TEST_F(GiveBackTest, WhatIsUnderWayIsDetachedLater) {
  make(1);
  mirror({numbered_batch(0, 1), numbered_batch(1, 1)});
  send();
  const std::uint8_t* bytes = sent[0]->records.bytes().data();
  give_back_all();
  EXPECT_EQ(sent[0]->records.bytes().data(), bytes);
  EXPECT_GT(slabs.live_bytes(), 0u);
  reject();
  give_back_all();
  EXPECT_EQ(slabs.live_bytes(), 0u);
}

TEST_F(GiveBackTest, ABlockedLaneTakesNothingUntilItFlowsAgain) {
  make(1);
  mirror({numbered_batch(0, 1), numbered_batch(1, 1)});
  EXPECT_TRUE(lane->wants_fetch());
  give_back_all();
  EXPECT_FALSE(lane->wants_fetch());
  EXPECT_FALSE(lane->waits_for_room());
  mirror({numbered_batch(2, 1)});
  EXPECT_FALSE(lane->has_backlog());
  EXPECT_EQ(lane->fetch_offset(), 1);
  lane->set_blocked(false);
  EXPECT_TRUE(lane->wants_fetch());
  mirror({numbered_batch(1, 1)});
  EXPECT_EQ(window().queued_batches(), 2u);
}

TEST_F(GiveBackTest, CreditComesBackAndTheEndIsReachedLater) {
  settings.credit_bytes = 100;
  make(1);
  lane->set_end(3);
  mirror({numbered_batch(0, 1), numbered_batch(1, 1), numbered_batch(2, 1)});
  give_back_all();
  send();
  acknowledge();
  lane->set_blocked(false);
  EXPECT_TRUE(lane->wants_fetch());
  EXPECT_FALSE(lane->reached_end());
  mirror({numbered_batch(1, 1), numbered_batch(2, 1)});
  for (int i = 0; i < 2; ++i) {
    send();
    acknowledge();
  }
  EXPECT_TRUE(lane->reached_end());
}

TEST_F(GiveBackTest, WhatIsReadTwiceCountsOnce) {
  make(1);
  TestBatch aborted = numbered_batch(1, 2);
  aborted.attributes = protocol::batch_attribute::kTransactional;
  aborted.producer_id = 9;
  const std::vector<TestBatch> chunk{numbered_batch(0, 1), aborted, marker_batch(3, 9, false),
                                     numbered_batch(4, 2)};
  mirror(chunk, {{9, 1}});
  EXPECT_EQ(lane->fetch_offset(), 6);
  give_back_all();
  EXPECT_EQ(lane->fetch_offset(), 1);
  lane->set_blocked(false);
  mirror(chunk, {{9, 1}});
  EXPECT_EQ(lane->fetch_offset(), 6);
  EXPECT_EQ(counters.passed_through, 2u);
  EXPECT_EQ(counters.control_batches, 1u);
  EXPECT_EQ(counters.aborted_batches, 1u);
  EXPECT_EQ(window().queued_batches(), 2u);
}

// One part at the destination, or on its way there, keeps all of its entry.
TEST_F(GiveBackTest, TheEntriesOfAKeyLaneStayOrGoAsAWhole) {
  make(2);
  TestBatch batch{.records = {}};
  for (int i = 0; i < 20; ++i) batch.records.push_back({std::to_string(i), std::to_string(i)});
  mirror({batch});
  batch.base_offset = 20;
  mirror({batch});
  batch.base_offset = 40;
  mirror({batch});
  EXPECT_EQ(window(0).queued_batches(), 3u);
  send(0);
  acknowledge(0);
  give_back_all();
  EXPECT_EQ(window(0).queued_batches(), 1u);
  EXPECT_EQ(window(1).queued_batches(), 2u);
  EXPECT_EQ(lane->fetch_offset(), 40);
}

TEST_F(GiveBackTest, AKeyLaneGivesBackFromAllItsWindows) {
  make(2);
  TestBatch batch{.records = {}};
  for (int i = 0; i < 20; ++i) {
    batch.records.push_back({std::to_string(i), std::string(5000, 'x')});
  }
  for (batch.base_offset = 0; batch.base_offset < 60; batch.base_offset += 20) mirror({batch});
  send(1);
  give_back_all();
  EXPECT_EQ(window(0).queued_batches(), 1u);
  EXPECT_EQ(window(1).queued_batches(), 1u);
  EXPECT_EQ(lane->fetch_offset(), 20);
  EXPECT_GT(slabs.live_bytes(), 0u) << "under way";
  reject(1);
  give_back_all();
  EXPECT_EQ(slabs.live_bytes(), 0u);
  EXPECT_EQ(budget.used_bytes(), budget.held_bytes());
}

}  // namespace
}  // namespace kmirror::mirror
