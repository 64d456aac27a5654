#include "broker/core/compaction.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "protocol/records/batch_reader.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::broker {
namespace {

using protocol::BatchView;
using protocol::testing::StoredRecord;

constexpr std::int64_t kNow = 1'000'000;
constexpr std::int64_t kRetention = 1'000;

struct Sender {
  std::int64_t id = -1;
  std::int16_t epoch = -1;
  std::int32_t sequence = -1;
  bool transactional = false;
};

class CompactionTest : public testing::Test {
 protected:
  // A batch of records "k=v"; "k" alone is a tombstone.
  void append(const std::vector<std::string>& texts, const Sender& sender = {},
              compression::Codec codec = compression::Codec::kNone) {
    protocol::testing::StoredBatch batch{.base_timestamp_ms = 500,
                                         .max_timestamp_ms = 499 + std::ssize(texts),
                                         .producer_id = sender.id,
                                         .producer_epoch = sender.epoch,
                                         .base_sequence = sender.sequence};
    if (sender.transactional) batch.attributes = protocol::batch_attribute::kTransactional;
    for (const std::string& text : texts) {
      const auto delta = static_cast<std::int32_t>(batch.records.size());
      const auto equals = text.find('=');
      StoredRecord& record = batch.records.emplace_back();
      record.timestamp_delta_ms = record.offset_delta = delta;
      record.key = text.substr(0, equals);
      if (equals != std::string::npos) record.value = text.substr(equals + 1);
      batch.last_offset_delta = delta;
    }
    log.append(protocol::testing::batch_of(batch, codec), 0, 1 << 20);
  }

  void end(const Sender& sender, bool commit) {
    log.append_marker(sender.id, sender.epoch, commit, 0, kNow, 0);
  }

  void clean(std::int64_t now_ms = kNow, std::int64_t limit_offset = -1) {
    log.roll();
    compact(log, {.now_ms = now_ms,
                  .delete_retention_ms = kRetention,
                  .limit_offset = limit_offset < 0 ? log.end_offset() : limit_offset});
  }

  // "0..2: 1@501 a=1, 2@502 b" for each batch.
  std::vector<std::string> contents() const {
    std::vector<std::string> all;
    for (const auto& segment : log.segments()) {
      for (const LogBatch& stored : segment.batches) all.push_back(text_of(stored.view()));
    }
    return all;
  }

  static std::string text_of(const BatchView& batch) {
    EXPECT_TRUE(batch.is_crc_valid());
    EXPECT_EQ(batch.batch_length() + 12, std::ssize(batch.bytes()));
    std::string text = fmt::format("{}..{}:", batch.base_offset(), batch.last_offset());
    if (batch.is_control() && batch.record_count() > 0) return text + " marker";
    Buffer scratch;
    const auto opened = protocol::open_batch(batch, 1 << 20, scratch);
    EXPECT_EQ(opened.error, protocol::OpenError::kNone);
    protocol::RecordCursor cursor(opened.payload, batch.record_count());
    protocol::RecordView record;
    while (cursor.next(record)) {
      text += fmt::format(" {}@{} {}", batch.offset_at(record.offset_delta),
                          batch.timestamp_at(record.timestamp_delta_ms), as_text(*record.key));
      if (record.value) text += fmt::format("={}", as_text(*record.value));
    }
    EXPECT_TRUE(cursor.ok());
    return text;
  }

  using Texts = std::vector<std::string>;
  static constexpr Sender kX{.id = 7, .epoch = 0, .sequence = 0, .transactional = true};

  Log log{ProducerRules{}};
};

TEST_F(CompactionTest, KeepsTheNewestOfEveryKey) {
  append({"a=1", "b=1", "a=2"});
  append({"b=2"});
  append({"c=1", "c=2"}, {}, compression::Codec::kGzip);
  append({"a=3"});
  clean();
  EXPECT_EQ(contents(), (Texts{"3..3: 3@500 b=2", "4..5: 5@501 c=2", "6..6: 6@500 a=3"}));
  EXPECT_EQ(log.end_offset(), 7);
  EXPECT_EQ(log.start_offset(), 0);
}

TEST_F(CompactionTest, LeavesOffsetsOfBatchesAsTheyAre) {
  append({"a=1", "b=1", "c=1"});
  append({"a=2", "c=2"});
  clean();
  EXPECT_EQ(contents(), (Texts{"0..2: 1@501 b=1", "3..4: 3@500 a=2 4@501 c=2"}));
  const auto read = log.read(0, log.end_offset(), 1 << 20, true);
  ASSERT_FALSE(read.empty());
  EXPECT_TRUE(BatchView(read[0].bytes).has_holes());
}

TEST_F(CompactionTest, DoesNotTouchWhatIsNotStableOrNewest) {
  append({"a=1"});
  append({"a=2"});
  append({"a=3"});
  clean(kNow, 2);
  EXPECT_EQ(contents(), (Texts{"1..1: 1@500 a=2", "2..2: 2@500 a=3"}));
}

TEST_F(CompactionTest, DoesNothingTwice) {
  append({"a=1", "b=1"});
  append({"a=2"});
  clean();
  const Texts once = contents();
  const auto first = log.segments()[0].batches[0].bytes;
  clean();
  EXPECT_EQ(contents(), once);
  EXPECT_EQ(log.segments()[0].batches[0].bytes, first);
}

TEST_F(CompactionTest, TombstonesLiveOnForAWhile) {
  append({"a=1", "b=1"});
  append({"a", "c=1"});
  append({"z=1"});
  clean();
  EXPECT_EQ(contents(), (Texts{"0..1: 1@501 b=1", "2..3: 2@500 a 3@501 c=1", "4..4: 4@500 z=1"}));
  const BatchView marked = log.segments()[0].batches[1].view();
  EXPECT_TRUE(marked.has_delete_horizon());
  EXPECT_EQ(marked.base_timestamp_ms(), kNow + kRetention);
  clean(kNow + kRetention - 1);
  EXPECT_EQ(contents()[1], "2..3: 2@500 a 3@501 c=1");
  clean(kNow + kRetention);
  EXPECT_EQ(contents()[1], "2..3: 3@501 c=1");
}

TEST_F(CompactionTest, LeavesEmptyBatchesForWhatProducersNeed) {
  append({"a=1", "b=1"}, {.id = 7, .epoch = 0, .sequence = 0});
  append({"a=2", "b=2"});
  append({"z=1"});
  clean();
  EXPECT_EQ(contents(), (Texts{"0..1:", "2..3: 2@500 a=2 3@501 b=2", "4..4: 4@500 z=1"}));
  const BatchView empty = log.segments()[0].batches[0].view();
  EXPECT_EQ(empty.bytes().size(), 61u);
  EXPECT_EQ(empty.record_count(), 0);
  EXPECT_EQ(empty.base_timestamp_ms(), -1);
  EXPECT_EQ(empty.base_sequence(), 0);
  log.expire_producers(std::numeric_limits<std::int64_t>::max());
  clean();
  EXPECT_EQ(contents().size(), 2u);
}

TEST_F(CompactionTest, TheLastBatchLeavesItsOffset) {
  append({"a=1"});
  append({"a=2"}, kX);
  end(kX, false);
  clean();
  EXPECT_EQ(contents().back(), "2..2: marker");
  EXPECT_EQ(log.end_offset(), 3);
}

TEST_F(CompactionTest, DropsAbortedData) {
  append({"a=1"});
  append({"a=2"}, kX);
  end(kX, false);
  append({"b=1"}, {.id = 7, .epoch = 1, .sequence = 0});
  append({"z=1"});
  clean();
  EXPECT_EQ(contents(),
            (Texts{"0..0: 0@500 a=1", "2..2: marker", "3..3: 3@500 b=1", "4..4: 4@500 z=1"}));
  EXPECT_TRUE(log.aborted_between(0, 5).empty());
}

TEST_F(CompactionTest, DropsMarkersOfWhatHasNothingLeft) {
  append({"a=1"}, kX);
  end(kX, true);
  append({"a=2"}, {.id = 7, .epoch = 1, .sequence = 0});
  append({"z=1"});
  const Texts after = {"1..1: marker", "2..2: 2@500 a=2", "3..3: 3@500 z=1"};
  clean();
  EXPECT_EQ(contents(), after);
  EXPECT_FALSE(log.segments()[0].batches[0].view().has_delete_horizon());
  clean();  // Now nothing of the transaction is met on the way.
  EXPECT_EQ(contents(), after);
  EXPECT_TRUE(log.segments()[0].batches[0].view().has_delete_horizon());
  clean(kNow + kRetention);
  EXPECT_EQ(contents(), (Texts{"2..2: 2@500 a=2", "3..3: 3@500 z=1"}));
}

TEST_F(CompactionTest, RecordsAreFoundByTimeAfterwards) {
  append({"a=1", "b=1"});
  append({"a=2"});
  append({"z=1"});
  clean();
  const auto found = log.find_timestamp(501, log.end_offset());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->offset, 1);
}

}  // namespace
}  // namespace kmirror::broker
