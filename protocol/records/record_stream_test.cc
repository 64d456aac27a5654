#include "protocol/records/record_stream.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/testing/memory_in_use.h"
#include "protocol/records/golden_batches.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};
constexpr std::size_t kWindows[] = {1, 7, 100, PayloadStream::kWindowBytes};

Buffer compressed(Codec codec, ConstBytes payload) {
  compression::Compressor compressor(codec);
  compressor.append(payload);
  Buffer packed;
  compressor.finish(packed);
  return packed;
}

Buffer batch_of(Codec codec, std::int32_t record_count, ConstBytes stored_payload) {
  Buffer batch(golden::kPlain.begin(), golden::kPlain.begin() + kBatchHeaderBytes);
  batch[batch_field::kAttributes + 1] = static_cast<std::uint8_t>(codec);
  store_be(batch.data() + batch_field::kRecordCount, record_count);
  batch.insert(batch.end(), stored_payload.begin(), stored_payload.end());
  return batch;
}

ConstBytes plain_payload() {
  return ConstBytes(golden::kPlain).subspan(kBatchHeaderBytes);
}

// What a walk over records gave, in words that compare.
struct Walk {
  std::vector<std::string> records;
  std::string end;

  bool operator==(const Walk&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Walk& walk) {
  return out << walk.records.size() << " records, then " << walk.end;
}

template <class Source>
Walk walk(Source& source) {
  Walk walk;
  RecordView record;
  while (source.next(record)) {
    std::string words = std::to_string(record.offset_delta) + " " +
                        std::to_string(record.timestamp_delta_ms) + " " +
                        std::to_string(record.header_count) + " ";
    for (const auto& field : {record.key, record.value}) {
      words += field ? std::string(as_text(*field)) + "." : "null.";
    }
    words += as_text(record.headers);
    words += as_text(record.body);
    walk.records.push_back(words);
  }
  EXPECT_FALSE(source.next(record));
  if (!source.ok()) {
    walk.end =
        source.malformed().what + std::string(" at ") + std::to_string(source.malformed().position);
  }
  return walk;
}

Walk streamed(ConstBytes batch, std::size_t max_record_bytes = kDefaultMaxRecordBytes,
              std::size_t window_bytes = PayloadStream::kWindowBytes) {
  RecordStream stream(BatchView(batch), max_record_bytes, window_bytes);
  return walk(stream);
}

Walk at_once(std::int32_t record_count, ConstBytes payload) {
  RecordCursor cursor(payload, record_count);
  return walk(cursor);
}

TEST(RecordStreamTest, ReadsWhatJavaWrote) {
  const Walk expected = at_once(5, plain_payload());
  ASSERT_EQ(expected.records.size(), 5u);
  ASSERT_EQ(expected.end, "");
  for (const Buffer* batch :
       {&golden::kPlain, &golden::kGzip, &golden::kSnappy, &golden::kLz4, &golden::kZstd}) {
    for (const std::size_t window : kWindows) {
      EXPECT_EQ(streamed(*batch, kDefaultMaxRecordBytes, window), expected);
    }
  }
}

TEST(RecordStreamTest, EveryPrefixEndsAsForTheCursor) {
  for (std::size_t size = 0; size < plain_payload().size(); ++size) {
    const ConstBytes payload = plain_payload().first(size);
    const Walk expected = at_once(5, payload);
    ASSERT_NE(expected.end, "");
    for (const Codec codec : kCodecs) {
      const Buffer batch = batch_of(codec, 5, compressed(codec, payload));
      for (const std::size_t window : kWindows) {
        ASSERT_EQ(streamed(batch, kDefaultMaxRecordBytes, window), expected) << size;
      }
    }
  }
}

TEST(RecordStreamTest, DamagedPayloadsEndAsForTheCursor) {
  Random random(12);
  int malformed = 0;
  for (int round = 0; round < 3000; ++round) {
    Buffer payload(plain_payload().begin(), plain_payload().end());
    for (std::size_t changes = 1 + random.below(2); changes > 0; --changes) {
      payload[random.below(payload.size())] = static_cast<std::uint8_t>(random.next());
    }
    const auto count = static_cast<std::int32_t>(random.below(8));
    const Codec codec = kCodecs[round % 5];
    const Buffer batch = batch_of(codec, count, count == 0 ? payload : compressed(codec, payload));
    Walk expected = at_once(count, payload);
    Walk seen = streamed(batch, kDefaultMaxRecordBytes, kWindows[random.below(4)]);
    // Only the stream has a limit.
    if (seen.end.starts_with("record is larger than is allowed")) {
      EXPECT_TRUE(expected.end.starts_with("record reaches beyond its batch")) << expected.end;
      expected.end.replace(0, expected.end.find(" at "), "record is larger than is allowed");
    }
    ASSERT_EQ(seen, expected);
    malformed += seen.end.empty() ? 0 : 1;
  }
  EXPECT_GT(malformed, 1000);
}

// Of the five records the last declares 310 bytes, and the largest other one 26.
TEST(RecordStreamTest, RecordsAboveTheLimitAreRefused) {
  for (const Buffer* batch : {&golden::kGzip, &golden::kSnappy, &golden::kLz4, &golden::kZstd}) {
    EXPECT_EQ(streamed(*batch, 310).end, "");
    const Walk walk = streamed(*batch, 309);
    EXPECT_EQ(walk.records.size(), 4u);
    EXPECT_EQ(walk.end, "record is larger than is allowed at 64");
    EXPECT_EQ(streamed(*batch, 0).end, "record is larger than is allowed at 0");
  }
  EXPECT_EQ(streamed(golden::kPlain, 0).end, "") << "no memory is needed for it";
}

TEST(RecordStreamTest, ARecordAboveTheLimitIsPassedOver) {
  testing::StoredBatch stored{.last_offset_delta = 2};
  for (int i = 0; i < 3; ++i) {
    stored.records.push_back({.offset_delta = i, .value = std::string(i == 1 ? 500'000 : 5, 'v')});
  }
  const Buffer batch = testing::batch_of(stored, Codec::kGzip);
  RecordStream stream(BatchView(batch), 1000);
  EXPECT_FALSE(stream.pass_large());
  EXPECT_EQ(walk(stream).records.size(), 1u);
  EXPECT_STREQ(stream.malformed().what, kRecordTooLarge);
  ASSERT_TRUE(stream.pass_large());
  const Walk rest = walk(stream);
  ASSERT_EQ(rest.records.size(), 1u);
  EXPECT_TRUE(rest.records[0].starts_with("2 ")) << rest.records[0];
  EXPECT_EQ(rest.end, "");
  EXPECT_FALSE(stream.pass_large());
}

TEST(RecordStreamTest, ARecordAboveTheLimitMayReachBeyondItsBatch) {
  const Buffer batch = batch_of(Codec::kGzip, 2, compressed(Codec::kGzip, Buffer{0xd0, 0x0f, 0}));
  RecordStream stream(BatchView(batch), 999);
  EXPECT_EQ(walk(stream).end, "record is larger than is allowed at 0");
  ASSERT_TRUE(stream.pass_large());
  EXPECT_EQ(walk(stream).end, "record reaches beyond its batch at 3");
  EXPECT_FALSE(stream.pass_large());
}

TEST(RecordStreamTest, ABatchWithoutRecordsHasNoStream) {
  for (const Codec codec : kCodecs) {
    EXPECT_EQ(streamed(batch_of(codec, 0, {})), Walk{});
    EXPECT_EQ(streamed(batch_of(codec, 0, Buffer{1})).end,
              "bytes are left over behind the last record at 0");
  }
}

TEST(RecordStreamTest, RefusesWhatHasNoMeaning) {
  Buffer unknown = golden::kGzip;
  unknown[batch_field::kAttributes + 1] = 6;
  EXPECT_EQ(streamed(unknown).end, "compression codec is unknown at 0");
  EXPECT_EQ(streamed(batch_of(Codec::kGzip, -1, {})).end, "record count is negative at 0");
}

TEST(RecordStreamTest, RecordsBeforeDamagedDataAreGiven) {
  Buffer payload;
  for (int copies = 0; copies < 1000; ++copies) {
    payload.insert(payload.end(), plain_payload().begin(), plain_payload().end());
  }
  for (const Codec codec : {Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    Buffer packed = compressed(codec, payload);
    packed.pop_back();
    const Walk walk = streamed(batch_of(codec, 5000, packed), kDefaultMaxRecordBytes, 1000);
    EXPECT_GT(walk.records.size(), 3000u);
    EXPECT_TRUE(walk.end.starts_with("compressed data is damaged at ")) << walk.end;
  }
}

// The end of the last record is not yet the end of the stream, which may be wrong behind it.
TEST(RecordStreamTest, TheTrailerIsChecked) {
  Buffer damaged = golden::kGzip;
  damaged[damaged.size() - 5] ^= 1;  // of gzip's CRC-32
  for (const std::size_t window : kWindows) {
    const Walk walk = streamed(damaged, kDefaultMaxRecordBytes, window);
    EXPECT_EQ(walk.records.size(), 5u);
    EXPECT_EQ(walk.end, "compressed data is damaged at 376");
  }
}

TEST(RecordStreamTest, SaysThatAWindowIsTooLarge) {
  const Buffer frame = {0x28, 0xb5, 0x2f, 0xfd, 0, 0x90, 1, 0, 0};  // window 2^28
  EXPECT_EQ(streamed(batch_of(Codec::kZstd, 1, frame)).end,
            "compressed data refers back further than is kept in memory at 0");
}

// Every length and count that a record has, as large as it can be, in front of more zeros than a
// record may have: beside the record that is there, little is taken for the window and the codec.
// (Sanitizers keep other books, so with them only the errors are tested.)
TEST(RecordStreamTest, LyingLengthsTakeNoMemory) {
  struct Case {
    Buffer start;
    const char* end;
  };
  static_assert(kDefaultMaxRecordBytes == 1 << 20, "which is what the records below declare");
  const Case cases[] = {
      {{0xfe, 0xff, 0xff, 0xff, 0x0f}, "record is larger than is allowed at 0"},
      {{0x80, 0x80, 0x80, 0x01, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x0f}, "bad record key at 7"},
      {{0x80, 0x80, 0x80, 0x01, 0, 0, 0, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f}, "bad record value at 8"},
      // Each header of this record has an empty key and an empty value.
      {{0x80, 0x80, 0x80, 0x01, 0, 0, 0, 1, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f},
       "bad record header at 1048580"},
      {{0x0c, 0, 0, 0, 1, 1, 0}, "record is empty at 8"},  // and 2^31 - 2 more
  };
  const Buffer zeros(64 << 10);
  for (const Codec codec : kCodecs) {
    if (codec == Codec::kNone) continue;  // There the payload is memory of the caller's.
    SCOPED_TRACE(codec_name(codec));
    for (const Case& c : cases) {
      // Of zstd a frame for each piece: its window is as large as what is in it.
      Buffer packed = compressed(codec, c.start);
      Buffer whole = c.start;
      for (int copies = 0; copies < 64; ++copies) {
        static const Buffer frame = compressed(Codec::kZstd, zeros);
        packed.insert(packed.end(), frame.begin(), frame.end());
        whole.insert(whole.end(), zeros.begin(), zeros.end());
      }
      if (codec != Codec::kZstd) packed = compressed(codec, whole);
      const Buffer batch = batch_of(codec, std::numeric_limits<std::int32_t>::max(), packed);
      RecordStream other(BatchView(batch), kDefaultMaxRecordBytes);  // has the spare context
      const std::int64_t before = memory_in_use();
      RecordStream stream(BatchView(batch), kDefaultMaxRecordBytes);
      EXPECT_EQ(walk(stream).end, c.end);
      EXPECT_LT(memory_in_use() - before, kDefaultMaxRecordBytes + (256 << 10));
    }
  }
}

}  // namespace
}  // namespace kmirror::protocol
