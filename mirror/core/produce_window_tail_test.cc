// How a window goes on after it has read the end of the log.
#include <gtest/gtest.h>

#include <string>

#include "mirror/testing/window_fixture.h"

namespace kmirror::mirror {
namespace {

using protocol::BatchView;
using protocol::ErrorCode;
using std::chrono::milliseconds;
using Action = ProduceWindow::Action;
using News = ProduceWindow::TailNews;
using Partition = protocol::FetchResponse::Partition;

// Batches are called by letters and have ten records. The log begins with 100 records of others.
struct TailTest : WindowFixture {
  std::vector<Buffer> log;
  std::int64_t log_start = 0;
  std::int64_t high_watermark = 100;
  std::int64_t end = 100;

  void make(int in_flight_max = 100) { WindowFixture::make(in_flight_max, 77); }

  // The broker appends what was sent.
  void append(std::string_view names) {
    for (const char name : names) {
      Buffer& batch = log.emplace_back(flatten(sent.at(name)->records.slices()));
      store_be(batch.data() + protocol::batch_field::kBaseOffset, end);
      end += 10;
    }
    high_watermark = end;
  }

  void ack(std::string_view names) {
    for (const char name : names) WindowFixture::ack(name, 100 + 10 * (name - 'a'));
  }

  // The leader answers one question, if there is one.
  std::optional<News> answer(ErrorCode error = ErrorCode::kNone) {
    const auto question = window->tail_to_read(now);
    if (!question) return std::nullopt;
    if (question->log_start) {
      const News news = window->on_log_start(*question, log_start, now, random);
      take();
      return news;
    }
    Partition answer{.error_code = error, .high_watermark = high_watermark};
    Buffer bytes;
    if (error == ErrorCode::kNone && (question->offset < log_start || question->offset > end)) {
      answer.error_code = ErrorCode::kOffsetOutOfRange;
    }
    for (const Buffer& batch : log) {
      const BatchView view{ConstBytes(batch)};
      const bool seen = view.next_offset() <= high_watermark;
      if (seen && view.next_offset() > question->offset) {
        bytes.insert(bytes.end(), batch.begin(), batch.end());
      }
    }
    answer.records = protocol::RecordsView(ConstBytes(bytes));
    const News news = window->on_tail(*question, answer, now, random);
    take();
    return news;
  }

  // How many questions the window has until it goes on.
  int read_tail() {
    int questions = 0;
    while (questions < 100 && answer()) ++questions;
    return questions;
  }

  // A window with `a` acknowledged and all others under way; a question was answered once.
  void start(std::string_view others) {
    make();
    push("a");
    push(others);
    ASSERT_EQ(send(), "a0/0");
    append("a");
    ack("a");
    send();
    const auto trial = window->tail_to_try();
    if (others.size() > 5) {
      ASSERT_TRUE(trial);
      EXPECT_EQ(trial->offset, 110);
      EXPECT_EQ(trial->bytes_max, 1);
      window->on_tail(*trial, {.high_watermark = high_watermark}, now, random);
      send();
    }
    EXPECT_FALSE(window->tail_to_try());
    EXPECT_TRUE(sent.contains(others.back()));
    done.clear();
  }
};

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

TEST_F(TailTest, ALogThatLostWhatWasAcknowledgedIsToldOfAndBeginsANewEpoch) {
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
TEST_F(TailTest, WhatWasDeletedBeforeABatchThatIsFoundIsNotSentAgain) {
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

TEST_F(TailTest, TheLastBatchAloneTellsOfThoseThatWereDeleted) {
  start("bcdefghi");
  append("bcdefg");
  log_start = 169;  // Of g the last record is left.
  lose("bcdefghi");
  pass_time();
  read_tail();
  EXPECT_EQ(send(), "g0/60");
}

TEST_F(TailTest, WhereNothingIsLeftOfWhatWasDeletedTheFirstIsSentAgainAndToldOf) {
  start("bcdefghi");
  append("bcdefg");
  log_start = 170;
  lose("bcdefghi");
  pass_time();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(answer(), News::kNone);
  EXPECT_EQ(answer(), News::kDeleted);
  EXPECT_EQ(send(), "b0/10");
}

TEST_F(TailTest, AnAnswerAboutTheLogsStartThatDoesNotComeIsAskedForAgain) {
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
