// Damage to record batches that Kafka's classes wrote: the checksum tells of every changed byte,
// and where it is made right again, what reads the batch fails cleanly and takes little memory.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "allocations.h"
#include "base/crc32.h"
#include "golden_messages.h"
#include "golden_records.h"
#include "proof.h"
#include "protocol/records/batch_crc.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/legacy_cursor.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"
#include "protocol/records/record_stream.h"
#include "records_memory.h"

namespace kmirror::golden {
namespace {

using protocol::BatchReader;
using protocol::BatchView;
using protocol::LegacyMessageView;
using protocol::LegacyRecord;
using protocol::RecordView;
namespace field = protocol::batch_field;

// Smaller entries are damaged in every byte, which takes every other value. Larger ones
// are sampled: every byte of the headers, and some of the payload, with some values. Sanitizers
// make it some fifty times slower, so with them all are.
constexpr std::size_t kLargeBytes = 2000;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kAllSampled = true;
constexpr int kPayloadStep = 85;
#else
constexpr bool kAllSampled = false;
constexpr int kPayloadStep = 17;
#endif

bool is_large(const Buffer& entry) {
  return entry.size() >= kLargeBytes;
}

bool is_sampled(const Buffer& entry) {
  return kAllSampled || is_large(entry);
}

bool is_left_out(std::size_t position, const Buffer& entry) {
  return is_large(entry) && position >= 200 && position % 499 != 0;
}

// Counts what is done: one line for entries that are not large, and one for those that are.
class Changes {
 public:
  explicit Changes(std::string_view what)
      : large_(fmt::format("sampled {}, of {} bytes or more", what, kLargeBytes)),
        small_(fmt::format("{}{}", kAllSampled ? "sampled " : "", what)) {}

  void add(std::size_t entry_bytes) { (entry_bytes < kLargeBytes ? small_ : large_).add(1); }

 private:
  Count large_;
  Count small_;  // ends first, and so stands first
};

// The payloads of the golden batches have at most 70,100 bytes.
constexpr std::size_t kLimitBytes = 128 << 10;

enum class Outcome : std::uint8_t {
  kRead,      // every record, and every byte of it
  kRefused,   // neither a batch nor a message, or without all of its records
  kWrongCrc,  // of what has a header that makes sense
};

std::size_t sum_of(const std::optional<ConstBytes>& bytes) {
  std::size_t sum = 0;
  for (const std::uint8_t byte : bytes.value_or(ConstBytes())) sum += byte;
  return sum;
}

// Touches every byte, so that a sanitizer sees those beyond the batch.
std::size_t sum_of(const protocol::RecordView& record) {
  std::size_t sum = sum_of(record.key) + sum_of(record.value);
  protocol::HeaderCursor headers(record);
  for (protocol::RecordHeader header; headers.next(header);) {
    sum += sum_of(header.key) + sum_of(header.value);
  }
  return sum;
}

std::size_t sum_of(const LegacyRecord& record) {
  return sum_of(record.key) + sum_of(record.value);
}

template <class Record>
Outcome walk(auto cursor) {
  std::size_t sum = 0;
  for (Record record; cursor.next(record);) sum += sum_of(record);
  EXPECT_LT(sum, 255 * kLimitBytes);
  return cursor.ok() ? Outcome::kRead : Outcome::kRefused;
}

Outcome walk_whole(const BatchView& batch, ConstBytes payload) {
  return walk<RecordView>(protocol::RecordCursor(payload, batch.record_count()));
}

Outcome walk_whole(const LegacyMessageView& message, ConstBytes payload) {
  return walk<LegacyRecord>(protocol::LegacyCursor(message, payload));
}

Outcome walk_in_pieces(const BatchView& batch) {
  return walk<RecordView>(protocol::RecordStream(batch, kLimitBytes));
}

Outcome walk_in_pieces(const LegacyMessageView& message) {
  return walk<LegacyRecord>(protocol::LegacyCursor(message, kLimitBytes));
}

Payload payload_of(const BatchView& batch) {
  return {batch.payload_codec(), batch.payload()};
}

Payload payload_of(const LegacyMessageView& message) {
  return {message.codec(), message.value().value_or(ConstBytes())};
}

// A wrapper of format 1 is gone through twice.
int times_in_pieces(const BatchView&) {
  return 1;
}

int times_in_pieces(const LegacyMessageView& message) {
  return message.magic() == 1 ? 2 : 1;
}

// Read whole and in pieces, which must agree; each with fresh memory, so that all of it counts.
Outcome read(const auto& entry, const protocol::OpenedBatch& opened, std::size_t before) {
  if (opened.error == protocol::OpenError::kWrongCrc) return Outcome::kWrongCrc;
  const bool is_open = opened.error == protocol::OpenError::kNone;
  const Outcome whole = is_open ? walk_whole(entry, opened.payload) : Outcome::kRefused;
  const std::size_t between = allocated_bytes();
  const Outcome in_pieces = walk_in_pieces(entry);
  const std::size_t after = allocated_bytes();
  const Payload payload = payload_of(entry);
  EXPECT_TRUE(is_worth(between - before, payload, kLimitBytes, 1)) << between - before;
  EXPECT_TRUE(is_worth(after - between, payload, kLimitBytes, times_in_pieces(entry)))
      << after - between;
  EXPECT_EQ(in_pieces, whole);
  return whole;
}

Outcome read(ConstBytes bytes) {
  BatchReader reader(bytes);
  const BatchReader::Step step = reader.next();
  const std::size_t before = allocated_bytes();
  Buffer scratch;
  if (step == BatchReader::Step::kBatch) {
    return read(reader.batch(), open_batch(reader.batch(), kLimitBytes, scratch), before);
  }
  if (step != BatchReader::Step::kLegacy) return Outcome::kRefused;
  const LegacyMessageView message(reader.bytes());
  if (!message.ok()) return Outcome::kRefused;
  return read(message, open_message(message, kLimitBytes, scratch), before);
}

void mend_crc_of_message(MutableBytes message) {
  store_be(message.data() + protocol::message_field::kCrc, crc32(message.subspan(field::kMagic)));
}

void mend_size(Buffer& entry) {
  store_be(entry.data() + field::kBatchLength,
           static_cast<std::int32_t>(entry.size() - protocol::kBatchPrefixBytes));
}

// A wrapper's value is cut with it.
void mend_sizes_of_message(Buffer& message) {
  mend_size(message);
  const std::size_t header =
      message[field::kMagic] == 0 ? protocol::kMinMessageBytes : protocol::kMinMessageBytesOfMagic1;
  if (!LegacyMessageView(message).is_compressed() || message.size() < header) return;
  store_be(message.data() + header - 4, static_cast<std::int32_t>(message.size() - header));
}

// What the tests must know of a format.
struct Format {
  std::size_t first_checked;  // the position from which on the checksum tells of a change
  std::size_t header_bytes;
  void (*mend_sizes)(Buffer& entry);
  void (*mend_crc)(MutableBytes entry);
};

const Format kBatches = {field::kAttributes, protocol::kBatchHeaderBytes, mend_size,
                         protocol::write_crc};
const Format kMessages = {field::kMagic, protocol::kMinMessageBytes, mend_sizes_of_message,
                          mend_crc_of_message};

// Base offset and leader epoch are the broker's to write, behind the producer's back.
bool is_noticed(std::size_t position, bool is_batch) {
  if (position < field::kBatchLength) return false;
  return !is_batch || position < field::kLeaderEpoch || position >= field::kMagic;
}

void expect_noticed(std::vector<GoldenEntry> entries, std::string_view proof) {
  Changes changes(proof);
  for (GoldenEntry& entry : entries) {
    const bool batch = is_batch(entry.bytes);
    for (std::size_t position = 0; position < entry.bytes.size(); ++position) {
      if (is_left_out(position, entry.bytes)) continue;
      for (int change = kChangeStep; change < 256; change += kChangeStep) {
        entry.bytes[position] += static_cast<std::uint8_t>(change);
        const Outcome outcome = read(entry.bytes);
        entry.bytes[position] -= static_cast<std::uint8_t>(change);
        const bool noticed = is_noticed(position, batch);
        ASSERT_NE(outcome, noticed ? Outcome::kRead : Outcome::kWrongCrc)
            << entry.name << ", byte " << position;
        if (noticed) changes.add(entry.bytes.size());
      }
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << entry.name;
  }
}

void expect_read_cleanly(std::vector<GoldenEntry> entries, const Format& format,
                         std::string_view proof) {
  Changes changes(proof);
  for (GoldenEntry& entry : entries) {
    for (std::size_t position = format.first_checked; position < entry.bytes.size(); ++position) {
      if (is_left_out(position, entry.bytes)) continue;
      const bool in_header = position < format.header_bytes;
      const int step = in_header || !is_sampled(entry.bytes) ? kChangeStep : kPayloadStep;
      const std::uint8_t original = entry.bytes[position];
      for (int change = step; change < 256; change += step) {
        entry.bytes[position] = static_cast<std::uint8_t>(original + change);
        format.mend_crc(entry.bytes);
        const Outcome outcome = read(entry.bytes);
        ASSERT_TRUE(outcome != Outcome::kWrongCrc || position == field::kMagic);
        changes.add(entry.bytes.size());
      }
      entry.bytes[position] = original;
      ASSERT_FALSE(testing::Test::HasFailure()) << entry.name << ", byte " << position;
    }
    // Nothing of the damage stays behind in what the codecs keep for their next stream.
    format.mend_crc(entry.bytes);
    ASSERT_EQ(read(entry.bytes), Outcome::kRead) << entry.name;
  }
}

void expect_cuts_refused(const std::vector<GoldenEntry>& entries, const Format& format,
                         std::string_view proof) {
  Changes cuts(proof);
  for (const GoldenEntry& entry : entries) {
    for (std::size_t size = format.header_bytes; size < entry.bytes.size(); ++size) {
      if (is_left_out(size, entry.bytes)) continue;
      Buffer cut(entry.bytes.begin(), entry.bytes.begin() + static_cast<long>(size));
      format.mend_sizes(cut);
      format.mend_crc(cut);
      ASSERT_EQ(read(cut), Outcome::kRefused) << entry.name << ", " << size << " bytes";
      cuts.add(entry.bytes.size());
    }
  }
}

TEST(RecordsDamage, EveryChangedByteOfABatchIsNoticed) {
  expect_noticed(golden_batches(), "changed bytes of batches noticed");
}

TEST(RecordsDamage, EveryChangedByteOfAMessageIsNoticed) {
  expect_noticed(golden_messages(), "changed bytes of messages noticed");
}

TEST(RecordsDamage, EveryChangedByteOfABatchIsReadCleanly) {
  expect_read_cleanly(golden_batches(), kBatches,
                      "changed bytes of batches under a right checksum read or refused");
}

TEST(RecordsDamage, EveryChangedByteOfAMessageIsReadCleanly) {
  expect_read_cleanly(golden_messages(), kMessages,
                      "changed bytes of messages under a right checksum read or refused");
}

TEST(RecordsDamage, ACutBatchIsNeverReadAsWhole) {
  expect_cuts_refused(golden_batches(), kBatches, "cut batches under a right checksum refused");
}

TEST(RecordsDamage, ACutMessageIsNeverReadAsWhole) {
  expect_cuts_refused(golden_messages(), kMessages, "cut messages under a right checksum refused");
}

// The message in `payload` that holds the byte at `position`.
MutableBytes message_at(Buffer& payload, std::size_t position) {
  std::size_t begin = 0;
  for (const ConstBytes message : whole_entries(payload)) {
    const std::size_t end = begin + message.size();
    if (position < end) return MutableBytes(payload).subspan(begin, message.size());
    begin = end;
  }
  return {};  // the truncated one at the end
}

// Behind the checksums of wrapper and message.
TEST(RecordsDamage, EveryChangedByteWithinAWrapperIsReadCleanly) {
  Changes changes("changed bytes within wrappers under right checksums read or refused");
  for (const GoldenEntry& entry : golden_messages()) {
    const LegacyMessageView wrapper(entry.bytes);
    if (!wrapper.is_compressed()) continue;
    Buffer payload;
    ASSERT_EQ(open_message(wrapper, kLimitBytes, payload).error, protocol::OpenError::kNone);
    for (std::size_t position = 0; position < payload.size(); ++position) {
      if (is_left_out(position, payload)) continue;
      const MutableBytes message = message_at(payload, position);
      const Buffer original(message.begin(), message.end());
      const int step = is_sampled(payload) ? kPayloadStep : kChangeStep;
      for (int change = step; change < 256 && !message.empty(); change += step) {
        payload[position] += static_cast<std::uint8_t>(change);
        mend_crc_of_message(message);
        const std::size_t before = allocated_bytes();
        walk_whole(wrapper, payload);
        ASSERT_EQ(allocated_bytes(), before) << entry.name << ", " << position;
        std::ranges::copy(original, message.begin());
        changes.add(payload.size());
      }
    }
  }
}

}  // namespace
}  // namespace kmirror::golden
