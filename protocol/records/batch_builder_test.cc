#include "protocol/records/batch_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/join.h"
#include "base/random.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/golden_batches.h"
#include "protocol/records/header_patch.h"
#include "protocol/records/open_batch.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

// What the Java client's records looked like before they were batches.
void append_golden_records(BatchBuilder& builder) {
  const RecordHeader headers[] = {{as_bytes("h1"), as_bytes("x")},
                                  {as_bytes("h2"), std::nullopt},
                                  {as_bytes(""), as_bytes("")}};
  builder.append(1700000000000, as_bytes("k1"), as_bytes("value one"));
  builder.append(1700000000005, std::nullopt, as_bytes("value two"), headers);
  builder.append(1699999999999, as_bytes("tomb"), std::nullopt);
  builder.append(1700000000300, as_bytes(""), as_bytes(""));
  builder.append(1700000000300, as_bytes("k2"), as_bytes(std::string(300, 'a')));
}

// The golden batch as a producer would send it.
Buffer produced(const Buffer& golden) {
  Buffer batch = golden;
  patch_for_produce(batch, {});
  return batch;
}

TEST(BatchBuilderTest, WritesWhatJavaWrites) {
  BatchBuilder builder(Codec::kNone);
  append_golden_records(builder);
  EXPECT_EQ(builder.size_bytes(), golden::kPlain.size());
  const BuiltBatch batch = builder.finish();
  EXPECT_EQ(join(batch.pieces), produced(golden::kPlain));
  EXPECT_EQ(batch.size_bytes, golden::kPlain.size());
  EXPECT_EQ(batch.record_count, 5);
}

TEST(BatchBuilderTest, KeepsANullTimestamp) {
  BatchBuilder builder(Codec::kNone);
  builder.append(-1, as_bytes("k"), as_bytes("v"));
  EXPECT_EQ(join(builder.finish().pieces), produced(golden::kNoTimestamp));
}

TEST(BatchBuilderTest, CompressesTheSameRecords) {
  for (const Codec codec : kCodecs) {
    SCOPED_TRACE(codec_name(codec));
    BatchBuilder builder(codec);
    append_golden_records(builder);
    const BuiltBatch batch = builder.finish();
    const Buffer bytes = join(batch.pieces);
    EXPECT_EQ(bytes.size(), batch.size_bytes);
    const BatchView view(bytes);
    EXPECT_EQ(view.codec(), codec);
    EXPECT_EQ(view.record_count(), 5);
    EXPECT_EQ(view.base_timestamp_ms(), 1700000000000);
    EXPECT_EQ(view.max_timestamp_ms(), 1700000000300);
    Buffer scratch;
    const auto opened = open_batch(view, 1 << 20, scratch);
    ASSERT_EQ(opened.error, OpenError::kNone);
    const ConstBytes plain = ConstBytes(golden::kPlain).subspan(kBatchHeaderBytes);
    EXPECT_TRUE(std::ranges::equal(opened.payload, plain));
  }
}

TEST(BatchBuilderTest, LargeBodiesAreNotCopied) {
  BatchBuilder builder(Codec::kNone);
  builder.append(1700000000000, as_bytes("small"), as_bytes("value"));
  builder.append(1700000000005, as_bytes("large"), Buffer(5000, 'v'));
  builder.append(1700000000010, as_bytes("after it"), as_bytes("value"));
  const auto source = std::make_shared<Buffer>(join(builder.finish().pieces));
  const BatchView view(*source);
  RecordCursor cursor(view.payload(), view.record_count());
  RecordView record;
  ConstBytes large;
  while (cursor.next(record)) {
    if (record.body.size() > 5000) large = record.body;
    builder.append_shared(view.base_timestamp_ms() + record.timestamp_delta_ms, record.body,
                          source);
  }
  BuiltBatch batch = builder.finish();
  EXPECT_EQ(join(batch.pieces), *source);
  ASSERT_EQ(batch.pieces.size(), 3U);
  EXPECT_EQ(batch.pieces[1].data(), large.data());
  EXPECT_EQ(batch.pieces[1].size(), large.size());
  EXPECT_EQ(source.use_count(), 2);
  batch = {};
  EXPECT_EQ(source.use_count(), 1);
}

// No more pieces than blocks.
TEST(BatchBuilderTest, SmallRecordsStandTogether) {
  BatchBuilder builder(Codec::kNone);
  for (int i = 0; i < 1000; ++i) builder.append(i, as_bytes(""), as_bytes(""));
  EXPECT_LE(builder.finish().pieces.size(), 10U);
}

TEST(BatchBuilderTest, SmallBodiesNeedNoOwner) {
  const auto source = std::make_shared<Buffer>(golden::kTransactional);
  BatchBuilder builder(Codec::kNone);
  builder.append_shared(1, ConstBytes(*source).subspan(kBatchHeaderBytes + 4, 5), source);
  const BuiltBatch batch = builder.finish();
  EXPECT_EQ(source.use_count(), 1);
}

TEST(BatchBuilderTest, CompressedBatchesNeedNoOwner) {
  const auto source = std::make_shared<Buffer>(golden::kNoTimestamp);
  BatchBuilder builder(Codec::kLz4);
  builder.append_shared(1, ConstBytes(*source).subspan(kBatchHeaderBytes + 5), source);
  const BuiltBatch batch = builder.finish();
  EXPECT_EQ(source.use_count(), 1);
}

TEST(BatchBuilderTest, TheHeaderCanBeStamped) {
  const ProducerStamp stamp{.producer_id = 7, .producer_epoch = 1, .base_sequence = 99};
  for (const Codec codec : kCodecs) {
    BatchBuilder builder(codec);
    append_golden_records(builder);
    BuiltBatch batch = builder.finish();
    patch_for_produce(batch.header, stamp);
    const Buffer bytes = join(batch.pieces);
    EXPECT_TRUE(BatchView(bytes).is_crc_valid());
    EXPECT_EQ(BatchView(bytes).base_sequence(), 99);
  }
}

TEST(BatchBuilderTest, StartsAnewAfterFinish) {
  for (const Codec codec : kCodecs) {
    BatchBuilder builder(codec);
    append_golden_records(builder);
    const BuiltBatch batch = builder.finish();
    const Buffer first = join(batch.pieces);
    EXPECT_EQ(batch.owners.front().use_count(), 1) << "the builder lets go of the memory";
    EXPECT_TRUE(builder.empty());
    EXPECT_EQ(builder.size_bytes(), kBatchHeaderBytes);
    append_golden_records(builder);
    EXPECT_EQ(join(builder.finish().pieces), first);
  }
}

TEST(BatchBuilderTest, RandomRecordsComeBack) {
  Random random(5);
  for (int round = 0; round < 300; ++round) {
    const Codec codec = kCodecs[random.below(std::size(kCodecs))];
    BatchBuilder builder(codec);
    struct Record {
      std::int64_t timestamp_ms;
      Buffer body;
    };
    std::vector<Record> records(1 + random.below(200));
    for (auto& record : records) {
      // Any distance between two timestamps is allowed, also one that wraps around.
      record.timestamp_ms = static_cast<std::int64_t>(random.next() >> random.below(64));
      const Buffer value(random.below(random.below(10) == 0 ? 5000 : 50), 'x');
      BatchBuilder one(Codec::kNone);
      one.append(0, std::nullopt, value);
      const Buffer bytes = join(one.finish().pieces);
      RecordView view;
      RecordCursor cursor(BatchView(bytes).payload(), 1);
      ASSERT_TRUE(cursor.next(view));
      record.body.assign(view.body.begin(), view.body.end());
      const std::size_t expected = builder.size_with_bytes(record.timestamp_ms, record.body.size());
      builder.append_shared(record.timestamp_ms, record.body, nullptr);
      ASSERT_EQ(builder.size_bytes(), expected);
    }
    const BuiltBatch batch = builder.finish();
    const Buffer bytes = join(batch.pieces);
    const BatchView view(bytes);
    Buffer scratch;
    const auto opened = open_batch(view, 1 << 24, scratch);
    ASSERT_EQ(opened.error, OpenError::kNone);
    RecordCursor cursor(opened.payload, view.record_count());
    RecordView record;
    std::int32_t index = 0;
    for (const auto& expected : records) {
      ASSERT_TRUE(cursor.next(record));
      ASSERT_EQ(record.offset_delta, index++);
      const auto timestamp_ms =
          static_cast<std::int64_t>(static_cast<std::uint64_t>(view.base_timestamp_ms()) +
                                    static_cast<std::uint64_t>(record.timestamp_delta_ms));
      ASSERT_EQ(timestamp_ms, expected.timestamp_ms);
      ASSERT_TRUE(std::ranges::equal(record.body, expected.body));
    }
    ASSERT_FALSE(cursor.next(record));
    ASSERT_TRUE(cursor.ok());
  }
}

}  // namespace
}  // namespace kmirror::protocol
