#include "broker/core/accept_batch.h"

#include <gtest/gtest.h>

#include <limits>

#include "protocol/records/batch_view.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::broker {
namespace {

using protocol::BatchView;
using protocol::testing::batch_of;
namespace attribute = protocol::batch_attribute;

constexpr std::int64_t kNow = 1'000'000;

struct AcceptBatchTest : testing::Test {
  AcceptedBatch accept(const Buffer& batch) {
    return accept_batch(batch, {.topic = topic, .produce_version = 9, .now_ms = kNow});
  }

  TopicConfig::Values topic = TopicConfig({}, {}, {{"compression.type", "zstd"}}).values();
};

// Records of such a batch have the time of its appending, also for who compresses them anew
// (DefaultRecordBatch.iterator).
TEST_F(AcceptBatchTest, ARebuiltBatchKeepsTheTimesThatReadersSaw) {
  const auto accepted = accept(batch_of({.attributes = attribute::kLogAppendTime,
                                         .base_timestamp_ms = 1000,
                                         .max_timestamp_ms = 5000,
                                         .records = {{.value = "v"}}}));
  ASSERT_EQ(accepted.error, protocol::ErrorCode::kNone) << accepted.reason;
  const BatchView stored{ConstBytes(accepted.batch)};
  EXPECT_EQ(stored.timestamp_type(), protocol::TimestampType::kCreateTime);
  EXPECT_EQ(stored.base_timestamp_ms(), 5000);
  EXPECT_EQ(stored.max_timestamp_ms(), 5000);
}

TEST_F(AcceptBatchTest, TheLargestTimeIsTooFarAhead) {
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  const auto accepted = accept(batch_of(
      {.base_timestamp_ms = kLargest, .max_timestamp_ms = kLargest, .records = {{.value = "v"}}}));
  EXPECT_EQ(accepted.error, protocol::ErrorCode::kInvalidTimestamp);
}

}  // namespace
}  // namespace kmirror::broker
