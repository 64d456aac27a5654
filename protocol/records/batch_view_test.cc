#include "protocol/records/batch_view.h"

#include <gtest/gtest.h>

#include <limits>

#include "protocol/records/golden_batches.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;

TEST(BatchViewTest, ReadsEveryField) {
  const BatchView batch(golden::kTransactional);
  EXPECT_EQ(batch.base_offset(), 1000);
  EXPECT_EQ(batch.batch_length() + kBatchPrefixBytes, golden::kTransactional.size());
  EXPECT_EQ(batch.leader_epoch(), 7);
  EXPECT_EQ(batch.magic(), 2);
  EXPECT_EQ(batch.crc(), 0xDB04B22EU);
  EXPECT_EQ(batch.attributes(), 0x10);
  EXPECT_EQ(batch.last_offset_delta(), 1);
  EXPECT_EQ(batch.base_timestamp_ms(), 5);
  EXPECT_EQ(batch.max_timestamp_ms(), 6);
  EXPECT_EQ(batch.producer_id(), 4711);
  EXPECT_EQ(batch.producer_epoch(), 3);
  EXPECT_EQ(batch.base_sequence(), 42);
  EXPECT_EQ(batch.record_count(), 2);
  EXPECT_EQ(batch.last_offset(), 1001);
  EXPECT_EQ(batch.next_offset(), 1002);
  EXPECT_EQ(batch.payload().size(), golden::kTransactional.size() - 61);
}

TEST(BatchViewTest, ReadsAttributes) {
  struct Case {
    const Buffer& bytes;
    std::optional<Codec> codec;
    bool append_time, transactional, control, delete_horizon, holes;
  };
  const Case cases[] = {
      {golden::kPlain, Codec::kNone, false, false, false, false, false},
      {golden::kGzip, Codec::kGzip, false, false, false, false, false},
      {golden::kSnappy, Codec::kSnappy, false, false, false, false, false},
      {golden::kLz4, Codec::kLz4, false, false, false, false, false},
      {golden::kZstd, Codec::kZstd, false, false, false, false, false},
      {golden::kTransactional, Codec::kNone, false, true, false, false, false},
      {golden::kAppendTime, Codec::kNone, true, false, false, false, false},
      {golden::kAbort, Codec::kNone, false, true, true, false, false},
      {golden::kNoTimestamp, Codec::kNone, false, false, false, false, false},
      {golden::kEmpty, Codec::kNone, false, false, false, false, true},
      {golden::kCompacted, Codec::kNone, false, false, false, true, true},
  };
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    SCOPED_TRACE(i);
    const Case& c = cases[i];
    const BatchView batch(c.bytes);
    EXPECT_EQ(batch.codec(), c.codec);
    EXPECT_EQ(batch.timestamp_type() == TimestampType::kLogAppendTime, c.append_time);
    EXPECT_EQ(batch.is_transactional(), c.transactional);
    EXPECT_EQ(batch.is_control(), c.control);
    EXPECT_EQ(batch.has_delete_horizon(), c.delete_horizon);
    EXPECT_EQ(batch.has_holes(), c.holes);
    EXPECT_TRUE(batch.is_crc_valid());
  }
}

TEST(BatchViewTest, UnknownCodecIsNone) {
  for (std::uint8_t bits : {5, 6, 7}) {
    Buffer bytes = golden::kPlain;
    bytes[batch_field::kAttributes + 1] = bits;
    EXPECT_EQ(BatchView(bytes).codec(), std::nullopt);
  }
}

TEST(BatchViewTest, CrcCoversAllFromTheAttributesOn) {
  for (std::size_t i = 0; i < golden::kPlain.size(); ++i) {
    Buffer bytes = golden::kPlain;
    bytes[i] ^= 0x10;
    EXPECT_EQ(BatchView(bytes).is_crc_valid(), i < batch_field::kCrc) << i;
  }
}

TEST(BatchViewTest, OffsetsWrapAround) {
  Buffer bytes = golden::kPlain;
  store_be<std::int64_t>(bytes.data(), std::numeric_limits<std::int64_t>::max());
  store_be<std::int32_t>(bytes.data() + batch_field::kLastOffsetDelta, 1);
  EXPECT_EQ(BatchView(bytes).last_offset(), std::numeric_limits<std::int64_t>::min());
}

}  // namespace
}  // namespace kmirror::protocol
