#include "mirror/core/produce_window.h"

#include <gtest/gtest.h>

#include <string>

#include "mirror/testing/window_fixture.h"

namespace kmirror::mirror {
namespace {

using protocol::BatchView;
using protocol::ErrorCode;
using std::chrono::milliseconds;
using Action = ProduceWindow::Action;

constexpr std::int64_t kProducerId = 77;

// Batches are called by letters: "a" is the first pushed.
struct WindowTest : WindowFixture {
  Lane two{{.topic = "two"}, {}, counters, budget};

  void make(int in_flight_max = 5, std::int64_t producer_id = kProducerId) {
    WindowFixture::make(in_flight_max, producer_id);
  }

  void ack(std::string_view names) {
    for (const char name : names) WindowFixture::ack(name, -1);
  }

  // A window with `a` acknowledged and all others under way.
  void start(std::string_view others) {
    make();
    push("a");
    push(others);
    ASSERT_EQ(send(), "a0/0");
    ack("a");
    send();
    done.clear();
  }
};

TEST_F(WindowTest, SendsOneAheadOfTheFirstAcknowledgementAndFiveAfterIt) {
  make();
  push("abcdefgh");
  EXPECT_EQ(send(), "a0/0");
  ack("a");
  EXPECT_EQ(send(), "b0/10 c0/20 d0/30 e0/40 f0/50");
  ack("b");
  EXPECT_EQ(send(), "g0/60");
  ack("cdefg");
  EXPECT_EQ(send(), "h0/70");
  ack("h");
  EXPECT_EQ(done, "abcdefgh");
  EXPECT_TRUE(window->idle());
  EXPECT_EQ(window->next_try(), kNever);
}

TEST_F(WindowTest, StampsWhatTheBrokerAsksOfAProducer) {
  make();
  push("a");
  send();
  const BatchView header(sent.at('a')->header);
  EXPECT_EQ(header.producer_id(), kProducerId);
  EXPECT_EQ(header.base_offset(), 0);
  EXPECT_TRUE(BatchView(sent.at('a')->records.bytes()).is_crc_valid());
}

TEST_F(WindowTest, MoreThanABrokerRemembersIsNeverUnderWay) {
  make(100);
  push("abcdefgh");
  send();
  ack("a");
  EXPECT_EQ(send(), "b0/10 c0/20 d0/30 e0/40 f0/50");
}

TEST_F(WindowTest, ALostConnectionRepeatsSequencesAndBoundariesInOrder) {
  start("bcde");
  lose("bcde");
  EXPECT_EQ(send(), "");
  EXPECT_GT(window->next_try(), now);
  pass_time();
  EXPECT_EQ(send(), "b0/10");
  ack("b");
  push("f");
  EXPECT_EQ(send(), "c0/20 d0/30 e0/40 f0/50");
  ack("cdef");
  EXPECT_EQ(done, "bcdef");
}

TEST_F(WindowTest, NothingIsSentUntilEverythingUnderWayHasResolved) {
  start("bcd");
  EXPECT_EQ(reject('c', ErrorCode::kNotLeaderOrFollower), Action::kRefreshMetadata);
  pass_time();
  EXPECT_EQ(send(), "");
  EXPECT_EQ(window->next_try(), kNever);
  ack("b");
  EXPECT_EQ(done, "b");
  EXPECT_EQ(send(), "");
  EXPECT_EQ(reject('d', ErrorCode::kOutOfOrderSequenceNumber), Action::kRetry);
  EXPECT_EQ(send(), "c0/20");
  ack("c");
  EXPECT_EQ(send(), "d0/30");
}

TEST_F(WindowTest, ATimeOutAtTheHeadDoesNotUndoWhatWasAcknowledgedBehindIt) {
  start("bcdef");
  EXPECT_EQ(reject('b', ErrorCode::kRequestTimedOut), Action::kRetry);
  ack("cdef");
  EXPECT_EQ(done, "");
  push("g");
  pass_time();
  // The broker has b to f: with g behind them it would not recognize b any more.
  EXPECT_EQ(send(), "b0/10");
  ack("b");
  EXPECT_EQ(done, "bcdef");
  EXPECT_EQ(send(), "g0/60");
}

// Answers may come out of order while a partition moves from one broker to another.
TEST_F(WindowTest, NothingIsSentThatWouldPushTheHeadOutOfTheBrokersMemory) {
  start("bcdef");
  push("g");
  ack("cdef");
  EXPECT_EQ(send(), "");
  ack("b");
  EXPECT_EQ(send(), "g0/60");
}

TEST_F(WindowTest, AGapBehindABatchThatFailedKeepsTheSequences) {
  start("bcd");
  EXPECT_EQ(reject('b', ErrorCode::kNotEnoughReplicas), Action::kRetry);
  EXPECT_EQ(reject('c', ErrorCode::kOutOfOrderSequenceNumber), Action::kRetry);
  EXPECT_EQ(reject('d', ErrorCode::kOutOfOrderSequenceNumber), Action::kRetry);
  pass_time();
  EXPECT_EQ(send(), "b0/10");
  ack("b");
  EXPECT_EQ(send(), "c0/20 d0/30");
}

TEST_F(WindowTest, AtTheHeadASequenceErrorBeginsTheNextEpoch) {
  for (const ErrorCode code : {ErrorCode::kOutOfOrderSequenceNumber, ErrorCode::kUnknownProducerId,
                               ErrorCode::kInvalidProducerEpoch}) {
    start("bc");
    EXPECT_EQ(reject('b', code), Action::kRetry);
    EXPECT_EQ(reject('c', ErrorCode::kOutOfOrderSequenceNumber), Action::kRetry);
    push("d");
    pass_time();
    EXPECT_EQ(send(), "b1/0") << error_name(code);
    ack("b");
    EXPECT_EQ(send(), "c1/10 d1/20") << error_name(code);
  }
}

TEST_F(WindowTest, ASequenceErrorThatDoesNotEndStopsTheLane) {
  start("b");
  for (int epoch = 1; epoch <= 5; ++epoch) {
    EXPECT_EQ(reject('b', ErrorCode::kInvalidProducerEpoch), Action::kRetry);
    pass_time();
    EXPECT_EQ(send(), fmt::format("b{}/0", epoch));
  }
  EXPECT_EQ(reject('b', ErrorCode::kInvalidProducerEpoch), Action::kStopLane);
}

TEST_F(WindowTest, ALaneWhoseBatchIsRefusedIsDroppedAndTheOthersGoOnInANewEpoch) {
  start("");
  push("bc");
  push("d", 10, &two);
  push("e");
  push("f", 7, &two);
  EXPECT_EQ(send(), "b0/10 c0/20 d0/30 e0/40 f0/50");
  EXPECT_EQ(reject('b', ErrorCode::kMessageTooLarge), Action::kStopLane);
  window->drop_lane(&one);
  for (const char name : {'c', 'd', 'e', 'f'}) {
    EXPECT_EQ(reject(name, ErrorCode::kOutOfOrderSequenceNumber), Action::kRetry);
  }
  EXPECT_EQ(window->queued_batches(), 2u);
  pass_time();
  EXPECT_EQ(send(), "d1/0");
  ack("d");
  EXPECT_EQ(send(), "f1/10");
  ack("f");
  EXPECT_EQ(done, "df");
}

TEST_F(WindowTest, ARefusalCountsOnlyWithNothingBeforeIt) {
  start("bc");
  EXPECT_EQ(reject('c', ErrorCode::kMessageTooLarge), Action::kRetry);
  lose("b");  // It may be in the log: its sequence must stay.
  pass_time();
  EXPECT_EQ(send(), "b0/10");
  ack("b");
  EXPECT_EQ(send(), "c0/20");
  EXPECT_EQ(reject('c', ErrorCode::kMessageTooLarge), Action::kStopLane);
  window->drop_lane(&one);
  EXPECT_TRUE(window->idle());
}

TEST_F(WindowTest, WhatWasAcknowledgedBehindADroppedBatchIsDone) {
  start("");
  push("b");
  push("c", 10, &two);
  send();
  ack("c");
  EXPECT_EQ(reject('b', ErrorCode::kMessageTooLarge), Action::kStopLane);
  EXPECT_EQ(done, "");
  window->drop_lane(&one);
  take();
  EXPECT_EQ(done, "c");
  EXPECT_TRUE(window->idle());
}

TEST_F(WindowTest, CorruptMessageIsTriedThreeTimes) {
  start("b");
  EXPECT_EQ(reject('b', ErrorCode::kNotLeaderOrFollower), Action::kRefreshMetadata);
  for (int i = 0; i < 2; ++i) {
    pass_time();
    EXPECT_EQ(send(), "b0/10");
    EXPECT_EQ(reject('b', ErrorCode::kCorruptMessage), Action::kRetry);
  }
  pass_time();
  send();
  EXPECT_EQ(reject('b', ErrorCode::kCorruptMessage), Action::kStopLane);
}

TEST_F(WindowTest, WithoutIdempotenceOneIsUnderWayAndBearsNoProducer) {
  make(5, -1);
  push("abc");
  EXPECT_EQ(send(), "a-1/-1");
  EXPECT_EQ(BatchView(sent.at('a')->header).producer_id(), -1);
  lose("a");
  pass_time();
  EXPECT_EQ(send(), "a-1/-1");
  ack("a");
  EXPECT_EQ(send(), "b-1/-1");
  EXPECT_EQ(reject('b', ErrorCode::kMessageTooLarge), Action::kStopLane);
  window->drop_lane(&one);
  EXPECT_TRUE(window->idle());
}

TEST_F(WindowTest, SequencesWrapBehindTheLargestInt32) {
  make();
  OutgoingBatch huge = outgoing_batch('a', 1, &one);
  huge.record_count = 2'147'483'643;
  window->push(std::move(huge), now);
  push("bc");
  EXPECT_EQ(send(), "a0/0");
  ack("a");
  EXPECT_EQ(send(), "b0/2147483643 c0/5");
}

TEST_F(WindowTest, WaitsLongerAfterEachFailureUntilOneIsAcknowledged) {
  start("b");
  Duration before{};
  for (int i = 0; i < 3; ++i) {
    lose("b");
    const Duration wait = window->next_try() - now;
    EXPECT_GT(wait, before * 3 / 2);
    EXPECT_FALSE(window->ready(window->next_try() - Duration(1)));
    now = window->next_try();
    EXPECT_TRUE(window->ready(now));
    send();
    before = wait;
  }
  ack("b");
  push("c");
  send();
  lose("c");
  EXPECT_LE(window->next_try() - now, milliseconds(120));
}

TEST_F(WindowTest, SeveralFailuresOfOneDrainAreOneStepOfTheBackOff) {
  start("bcdef");
  lose("bcdef");
  EXPECT_LE(window->next_try() - now, milliseconds(120));
}

}  // namespace
}  // namespace kmirror::mirror
