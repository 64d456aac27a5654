// How a window goes on where the end of the log is not there to be read whole.
#include <gtest/gtest.h>

#include "mirror/testing/tail_fixture.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;
using Action = ProduceWindow::Action;

struct LostTailTest : TailFixture {};

TEST_F(LostTailTest, ALogThatLostWhatWasAcknowledgedIsToldOfAndBeginsANewEpoch) {
  start("bcd");
  end = high_watermark = 90;
  log.clear();
  EXPECT_EQ(reject('b', ErrorCode::kOutOfOrderSequenceNumber), Action::kRetry);
  lose("cd");
  pass_time();
  EXPECT_EQ(answer(), News::kNone);
  EXPECT_EQ(answer(), News::kCutOff);
  EXPECT_EQ(send(), "b1/0");
}

// Retention, or somebody's request, while batches are in doubt.
TEST_F(LostTailTest, WhatWasDeletedBeforeABatchThatIsFoundIsNotSentAgain) {
  start("bcdefghi");
  append("bcdefg");
  log_start = 145;  // Within e.
  lose("bcdefghi");
  pass_time();
  EXPECT_EQ(read_tail(), 5) << "nothing there, where it begins, records, the end, is it?";
  EXPECT_EQ(send(), "g0/60");
  ack("g");
  EXPECT_EQ(done, "bcdefg");
  EXPECT_EQ(send(), "h0/70 i0/80");
}

TEST_F(LostTailTest, TheLastBatchAloneTellsOfThoseThatWereDeleted) {
  start("bcdefghi");
  append("bcdefg");
  log_start = 169;  // Of g the last record is left.
  lose("bcdefghi");
  pass_time();
  read_tail();
  EXPECT_EQ(send(), "g0/60");
}

TEST_F(LostTailTest, WhereNothingIsLeftOfWhatWasDeletedTheFirstIsSentAgainAndToldOf) {
  start("bcdefghi");
  append("bcdefg");
  log_start = 170;
  lose("bcdefghi");
  pass_time();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(answer(), News::kNone);
  EXPECT_EQ(answer(), News::kDeleted);
  EXPECT_EQ(send(), "b0/10");
}

TEST_F(LostTailTest, AnAnswerAboutTheLogsStartThatDoesNotComeIsAskedForAgain) {
  start("bcd");
  append("bcd");
  log_start = 135;
  lose("bcd");
  pass_time();
  answer();
  const auto question = window->tail_to_read(now);
  ASSERT_TRUE(question && question->log_start);
  window->on_tail_lost(*question, now, random);
  EXPECT_EQ(answer(), std::nullopt) << "it backs off";
  pass_time();
  EXPECT_EQ(read_tail(), 4);
  window->on_log_start(*question, 1000, now, random);
  EXPECT_EQ(send(), "d0/30") << "a late answer says nothing";
}

// To stop would be no better: the next start reads them at the source again.
TEST_F(LostTailTest, IfItCannotBeReadAnyMoreThatIsToldWhereMuchIsInDoubt) {
  for (const std::string_view others : {"bcdef", "bcdefg"}) {
    log.clear();
    end = high_watermark = 100;
    start(others);
    append(others);
    lose(others);
    pass_time();
    const News news = others.size() > 5 ? News::kUnreadable : News::kNone;
    EXPECT_EQ(answer(ErrorCode::kTopicAuthorizationFailed), news);
    EXPECT_EQ(send(), "b0/10");
  }
}

}  // namespace
}  // namespace kmirror::mirror
