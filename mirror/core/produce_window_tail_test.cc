// How a window goes on after it has read the end of the log.
#include <gtest/gtest.h>

#include "mirror/testing/tail_fixture.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;
using Action = ProduceWindow::Action;

struct TailTest : TailFixture {};

TEST_F(TailTest, MoreThanFiveAreUnderWayOnlyIfTheLogCanBeRead) {
  make();
  push("abcdefghi");
  send();
  ack("a");
  EXPECT_EQ(send(), "b0/10 c0/20 d0/30 e0/40 f0/50");
  const auto trial = window->tail_to_try();
  ASSERT_TRUE(trial);
  window->on_tail(*trial, {.error_code = ErrorCode::kNotLeaderOrFollower}, now, random);
  EXPECT_EQ(send(), "");
  ASSERT_TRUE(window->tail_to_try()) << "that said nothing";
  window->on_tail(*trial, {.error_code = ErrorCode::kTopicAuthorizationFailed}, now, random);
  EXPECT_EQ(send(), "");
  EXPECT_FALSE(window->tail_to_try());
  lose("bcdef");
  pass_time();
  EXPECT_FALSE(window->tail_to_read(now));
  EXPECT_EQ(send(), "b0/10");
}

TEST_F(TailTest, WhatTheLogHasIsNotSentAgainButForTheNewest) {
  start("bcdefghi");
  append("bcdefg");
  lose("bcdefghi");
  EXPECT_EQ(send(), "");
  EXPECT_FALSE(window->tail_to_read(now)) << "it backs off";
  EXPECT_GT(window->next_try(), now);
  pass_time();
  EXPECT_EQ(send(), "");
  EXPECT_EQ(read_tail(), 3);
  // Its acknowledgement says that as many replicas have it as should, and all before it.
  EXPECT_EQ(send(), "g0/60");
  EXPECT_EQ(done, "");
  ack("g");
  EXPECT_EQ(done, "bcdefg");
  EXPECT_EQ(send(), "h0/70 i0/80");
}

TEST_F(TailTest, WhereNothingArrivedTheFirstIsSentAgain) {
  start("bcdefgh");
  lose("bcdefgh");
  pass_time();
  EXPECT_EQ(read_tail(), 3);
  EXPECT_EQ(send(), "b0/10");
  ack("b");
  EXPECT_EQ(send(), "c0/20 d0/30 e0/40 f0/50 g0/60 h0/70");
}

TEST_F(TailTest, ASingleBatchIsSentAgainWithoutAQuestion) {
  start("b");
  append("b");
  lose("b");
  pass_time();
  EXPECT_FALSE(window->tail_to_read(now));
  EXPECT_EQ(send(), "b0/10");
}

TEST_F(TailTest, AfterATailOnlyWhatWasSentSinceIsInDoubt) {
  start("bcd");
  lose("bcd");
  pass_time();
  EXPECT_EQ(read_tail(), 3);
  EXPECT_EQ(send(), "b0/10");
  EXPECT_EQ(reject('b', ErrorCode::kNotEnoughReplicas), Action::kRetry);
  pass_time();
  EXPECT_EQ(read_tail(), 0);
  EXPECT_EQ(send(), "b0/10");
}

// They come when the tail has been read, and push the batch that is sent again out of the broker's
// memory.
TEST_F(TailTest, LateRequestsAreFoundWhenTheyAreInTheWay) {
  start("bcdefghi");
  lose("bcdefghi");
  pass_time();
  EXPECT_EQ(read_tail(), 3);
  EXPECT_EQ(send(), "b0/10");
  append("bcdefgh");
  EXPECT_EQ(reject('b', ErrorCode::kOutOfOrderSequenceNumber), Action::kRetry);
  pass_time();
  EXPECT_EQ(read_tail(), 3);
  EXPECT_EQ(send(), "h0/70");
  ack("h");
  EXPECT_EQ(send(), "i0/80");
  EXPECT_EQ(done, "bcdefgh");
}

TEST_F(TailTest, WhatIsNotReplicatedIsWaitedFor) {
  start("bcdefghi");
  append("bcdefghi");
  high_watermark = 150;
  lose("bcdefghi");
  pass_time();
  EXPECT_EQ(read_tail(), 4);
  EXPECT_TRUE(window->waits_for_tail(now));
  EXPECT_EQ(send(), "");
  EXPECT_GT(window->next_try(), now);
  high_watermark = 190;
  pass_time();
  EXPECT_EQ(read_tail(), 3);
  EXPECT_EQ(send(), "i0/80");
}

TEST_F(TailTest, ABrokerThatForgotTheProducerGetsOnlyWhatItDoesNotHaveInANewEpoch) {
  start("bcdefg");
  append("bcd");
  lose("bcdefg");
  pass_time();
  read_tail();
  EXPECT_EQ(send(), "d0/30");
  EXPECT_EQ(reject('d', ErrorCode::kUnknownProducerId), Action::kRetry);
  pass_time();
  EXPECT_EQ(read_tail(), 3);
  EXPECT_EQ(send(), "e1/0");
  EXPECT_EQ(done, "") << "perhaps too few replicas have them";
  ack("e");
  EXPECT_EQ(done, "bcde");
  EXPECT_EQ(send(), "f1/10 g1/20");
}

TEST_F(TailTest, WhatIsFoundIsDoneAtOnceWhereNothingIsLeftToSend) {
  start("bcd");
  append("bcd");
  lose("bcd");
  pass_time();
  read_tail();
  EXPECT_EQ(send(), "d0/30");
  EXPECT_EQ(reject('d', ErrorCode::kUnknownProducerId), Action::kRetry);
  pass_time();
  read_tail();
  EXPECT_EQ(done, "bcd");
  EXPECT_TRUE(window->idle());
}

// It would be given back, and nothing be left that is acknowledged.
TEST_F(TailTest, WhatIsToBeSentBehindAllThatIsFoundStays) {
  start("bcd");
  append("bcd");
  lose("bcd");
  pass_time();
  read_tail();
  send();
  push("ef");
  EXPECT_EQ(reject('d', ErrorCode::kUnknownProducerId), Action::kRetry);
  pass_time();
  read_tail();
  EXPECT_EQ(done, "");
  EXPECT_EQ(window->behind_what_stays(&one), Progress::Entry{'f'});
  window->give_back(&one, 'f');
  EXPECT_EQ(send(), "e1/0");
  ack("e");
  EXPECT_EQ(done, "bcde");
  EXPECT_TRUE(window->idle());
}

// It forgot the producer before, or would have refused what overtook the first.
TEST_F(TailTest, WhatOvertookABatchIsNotSentAgain) {
  start("bcdefg");
  append("cde");
  lose("bcdefg");
  pass_time();
  read_tail();
  EXPECT_EQ(send(), "b0/10");
  EXPECT_EQ(reject('b', ErrorCode::kOutOfOrderSequenceNumber), Action::kRetry);
  pass_time();
  EXPECT_EQ(read_tail(), 3);
  EXPECT_EQ(send(), "b1/0");
  ack("b");
  EXPECT_EQ(done, "bcde");
  EXPECT_EQ(send(), "f1/10 g1/20");
}

TEST_F(TailTest, AQuestionThatFailsIsAskedAgain) {
  start("bcd");
  append("bc");
  lose("bcd");
  pass_time();
  EXPECT_EQ(answer(ErrorCode::kNotLeaderOrFollower), News::kNone);
  EXPECT_EQ(answer(), std::nullopt) << "it backs off";
  pass_time();
  const auto question = window->tail_to_read(now);
  ASSERT_TRUE(question);
  window->on_tail_lost(*question, now, random);
  EXPECT_EQ(answer(), std::nullopt);
  pass_time();
  EXPECT_EQ(read_tail(), 3);
  EXPECT_EQ(send(), "c0/20");
}

TEST_F(TailTest, ALateAnswerToAnotherQuestionSaysNothing) {
  start("bcd");
  lose("bcd");
  pass_time();
  const auto question = window->tail_to_read(now);
  ASSERT_TRUE(question);
  EXPECT_EQ(read_tail(), 3);
  send();
  append("b");
  ack("b");
  send();
  append("cd");
  lose("cd");
  pass_time();
  window->on_tail(*question, {.error_code = ErrorCode::kOffsetOutOfRange}, now, random);
  EXPECT_EQ(send(), "");
  EXPECT_EQ(read_tail(), 3);
  EXPECT_EQ(send(), "d0/30");
}

TEST_F(TailTest, ALaneThatIsDroppedMeanwhileLeavesNothingToAsk) {
  start("bcd");
  lose("bcd");
  pass_time();
  EXPECT_TRUE(window->tail_to_read(now));
  window->drop_lane(&one);
  EXPECT_FALSE(window->tail_to_read(now));
  EXPECT_TRUE(window->idle());
  push("e");
  EXPECT_EQ(send(), "e1/0");
}

TEST_F(TailTest, WhatWasAcknowledgedBehindAnotherIsNotSentAgain) {
  start("bcdef");
  append("bcdef");
  EXPECT_EQ(reject('b', ErrorCode::kRequestTimedOut), Action::kRetry);
  ack("cd");
  lose("ef");
  pass_time();
  EXPECT_EQ(read_tail(), 3);
  EXPECT_EQ(send(), "f0/50");
  ack("f");
  EXPECT_EQ(done, "bcdef");
}

}  // namespace
}  // namespace kmirror::mirror
