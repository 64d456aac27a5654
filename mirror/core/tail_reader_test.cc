#include "mirror/core/tail_reader.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>

#include "mirror/testing/batches.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;
using Step = TailReader::Step;

constexpr std::int64_t kOurs = 5;
constexpr std::int64_t kTheirs = 6;

struct TailReaderTest : testing::Test {
  std::vector<Buffer> log;  // by batches of ten records
  std::int64_t log_start = 0;
  std::int64_t high_watermark = 0;
  TailReader reader{20, kOurs};

  // Ten records more, by this producer.
  void append(std::int64_t producer_id) {
    TestBatch batch = numbered_batch(end(), 10);
    batch.producer_id = producer_id;
    log.push_back(source_batch(batch));
  }

  std::int64_t end() const { return 10 * static_cast<std::int64_t>(log.size()); }

  // A log of offsets 0 to 50, of which 20 are not ours to look at.
  void begin() {
    for (const std::int64_t producer_id : {kTheirs, kTheirs, kOurs, kTheirs, kOurs}) {
      append(producer_id);
    }
    high_watermark = end();
  }

  Step answer(std::size_t batches_max = 100) {
    protocol::FetchResponse::Partition answer{.high_watermark = high_watermark};
    Buffer bytes;
    if (reader.wants_log_start()) return reader.on_log_start(log_start);
    if (reader.offset() < log_start || reader.offset() > end()) {
      answer.error_code = ErrorCode::kOffsetOutOfRange;
      return reader.on_fetched(answer);
    }
    for (std::size_t i = 0; i < log.size() && batches_max > 0; ++i) {
      const auto first = static_cast<std::int64_t>(10 * i);
      if (first + 10 <= reader.offset() || first >= high_watermark) continue;
      bytes.insert(bytes.end(), log[i].begin(), log[i].end());
      --batches_max;
    }
    answer.records = protocol::RecordsView(ConstBytes(bytes));
    return reader.on_fetched(answer);
  }

  Step refuse(ErrorCode error) {
    return reader.on_fetched({.error_code = error, .high_watermark = -1});
  }

  std::string found() const {
    std::string text;
    for (const TailBatch& batch : reader.batches()) {
      text += fmt::format("{}{}", text.empty() ? "" : " ", batch.base_offset);
    }
    return text;
  }
};

TEST_F(TailReaderTest, WhatIsOursIsFoundAndTheEndIsShownByWhatLiesBehindIt) {
  begin();
  EXPECT_EQ(reader.offset(), 20);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(reader.offset(), 51);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kWhole);
  EXPECT_EQ(found(), "20 40");
  EXPECT_EQ(reader.batches()[0].record_count, 10);
  EXPECT_FALSE(reader.is_cut_off());
  EXPECT_EQ(reader.deleted_before(), 0);
}

TEST_F(TailReaderTest, ALongTailTakesSeveralAnswers) {
  begin();
  EXPECT_EQ(answer(1), Step::kReadOn);
  EXPECT_EQ(reader.offset(), 51) << "what lies behind what readers see?";
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(reader.offset(), 30);
  EXPECT_EQ(answer(0), Step::kReadOn) << "no room for it in the answer";
  EXPECT_EQ(reader.offset(), 30);
  EXPECT_EQ(answer(), Step::kWhole);
  EXPECT_EQ(found(), "20 40");
}

TEST_F(TailReaderTest, WhatIsNotReplicatedIsWaitedFor) {
  begin();
  high_watermark = 30;
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(reader.offset(), 31);
  EXPECT_EQ(answer(), Step::kReadOn) << "so there is more, but how much?";
  EXPECT_EQ(reader.offset(), 40);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(reader.offset(), 130);
  EXPECT_EQ(answer(), Step::kReadOnLater);
  EXPECT_EQ(reader.offset(), 30);
  high_watermark = 50;
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(reader.offset(), 51) << "whether there is more at all";
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kWhole);
  EXPECT_EQ(found(), "20 40");
}

// What is read is always behind, by more and more.
TEST_F(TailReaderTest, ALogThatOthersWriteToFasterThanItIsReadComesToAnEndToo) {
  begin();
  Step step = Step::kReadOn;
  int answers = 0;
  for (; step == Step::kReadOn && answers < 100; ++answers) {
    step = answer(1);
    for (int i = 0; i < 3; ++i) append(answers == 0 ? kOurs : kTheirs);
    high_watermark = end();
  }
  EXPECT_EQ(step, Step::kWhole);
  EXPECT_EQ(answers, 16) << "three of them to find that it ends before 150";
  EXPECT_EQ(found(), "20 40 50 60 70");
}

TEST_F(TailReaderTest, ALogWhoseReplicasAreAlwaysBehindComesToAnEndToo) {
  begin();
  append(kTheirs);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOn) << "it ends at 60";
  EXPECT_EQ(reader.offset(), 150);
  EXPECT_EQ(answer(), Step::kReadOnLater);
  for (int i = 0; i < 100; ++i) append(i == 0 ? kOurs : kTheirs);
  high_watermark = 140;
  EXPECT_EQ(answer(), Step::kReadOn);
  for (Step step = Step::kReadOn; step != Step::kReadOnLater;) {
    step = answer();
    ASSERT_TRUE(step == Step::kReadOn || step == Step::kReadOnLater);
  }
  high_watermark = 150;
  EXPECT_EQ(answer(), Step::kWhole);
  EXPECT_EQ(found(), "20 40 60");
}

TEST_F(TailReaderTest, TheHighWatermarkOfANewLeaderIsWaitedFor) {
  begin();
  high_watermark = 10;
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(reader.offset(), 21);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOnLater) << "it ends before 120";
  EXPECT_EQ(reader.offset(), 20);
  high_watermark = 50;
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kWhole);
  EXPECT_EQ(found(), "20 40");
}

TEST_F(TailReaderTest, ALogThatWasCutOffHasNothing) {
  append(kOurs);
  high_watermark = 10;
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_TRUE(reader.wants_log_start());
  EXPECT_EQ(answer(), Step::kWhole);
  EXPECT_TRUE(reader.is_cut_off());
  EXPECT_EQ(found(), "");
}

TEST_F(TailReaderTest, ALogWhoseRecordsAreDeletedIsReadFromWhereItBegins) {
  begin();
  log_start = 35;  // Readers get the whole batch.
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_TRUE(reader.wants_log_start());
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_FALSE(reader.wants_log_start());
  EXPECT_EQ(reader.offset(), 35);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kWhole);
  EXPECT_EQ(found(), "40");
  EXPECT_EQ(reader.deleted_before(), 35);
  EXPECT_FALSE(reader.is_cut_off());
}

TEST_F(TailReaderTest, WhatIsDeletedMeanwhileIsPassedOver) {
  begin();
  EXPECT_EQ(answer(1), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOn);
  for (int i = 0; i < 5; ++i) append(i == 0 ? kOurs : kTheirs);
  high_watermark = end();
  log_start = 60;  // Behind the bound, which was 50.
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_TRUE(reader.wants_log_start());
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(reader.offset(), 101) << "where does it end now?";
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kWhole);
  EXPECT_EQ(found(), "20");
  EXPECT_EQ(reader.deleted_before(), 60);
}

TEST_F(TailReaderTest, WhatWasDeletedIsNotTakenForWhatLiesBehindTheEnd) {
  begin();
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(reader.offset(), 51);
  for (int i = 0; i < 5; ++i) append(kOurs);
  high_watermark = end();
  log_start = 60;
  EXPECT_EQ(answer(), Step::kReadOn) << "it may end at 50";
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_TRUE(reader.wants_log_start());
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kWhole);
  EXPECT_EQ(found(), "20 40 60 70 80 90");
}

TEST_F(TailReaderTest, ALogThatIsCutOffMeanwhileIsReadAgain) {
  begin();
  EXPECT_EQ(answer(1), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kReadOn);
  EXPECT_EQ(reader.offset(), 30);
  EXPECT_EQ(refuse(ErrorCode::kOffsetOutOfRange), Step::kReadOn);
  EXPECT_EQ(answer(), Step::kFailed);
}

TEST_F(TailReaderTest, FailuresAndRefusals) {
  EXPECT_EQ(refuse(ErrorCode::kNotLeaderOrFollower), Step::kFailed);
  EXPECT_EQ(refuse(ErrorCode::kTopicAuthorizationFailed), Step::kRefused);
  const Buffer nonsense(100, 0xff);
  protocol::FetchResponse::Partition answer{.high_watermark = 50};
  answer.records = protocol::RecordsView(ConstBytes(nonsense));
  EXPECT_EQ(reader.on_fetched(answer), Step::kFailed);
}

TEST_F(TailReaderTest, OffsetsThatNoLogHasAreNotAskedFor) {
  const auto largest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(reader.on_fetched({.high_watermark = largest}), Step::kFailed);
  reader = TailReader(20, kOurs);
  Step step = reader.on_fetched({.high_watermark = 20});
  for (int i = 0; i < 20 && step == Step::kReadOn; ++i) {
    EXPECT_GT(reader.offset(), 20);
    step = reader.on_fetched({.high_watermark = 20});
  }
  EXPECT_EQ(step, Step::kFailed) << "everything is within its range";
}

}  // namespace
}  // namespace kmirror::mirror
