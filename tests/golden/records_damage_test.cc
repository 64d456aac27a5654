// Damage to record batches that Kafka's classes wrote: the checksum tells of every changed byte,
// and where it is made right again, what reads the batch fails cleanly and takes little memory.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "allocations.h"
#include "base/crc32c.h"
#include "golden_records.h"
#include "proof.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"
#include "protocol/records/record_stream.h"

namespace kmirror::golden {
namespace {

using protocol::BatchReader;
using protocol::BatchView;
namespace field = protocol::batch_field;

// Sanitizers make it some fifty times slower: there a byte takes fifteen other values.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kStep = 17;
#else
constexpr int kStep = 1;
#endif

// The payloads of the golden batches have at most 70,100 bytes.
constexpr std::size_t kLimitBytes = 128 << 10;

// A payload is decompressed into a buffer that grows by doubling, up to the limit; all that is
// asked for counts, given back or not.
constexpr std::size_t kMemoryLimit = 4 * kLimitBytes;

enum class Outcome : std::uint8_t {
  kRead,      // every record, and every byte of it
  kRefused,   // not a batch, or no records
  kWrongCrc,  // of a batch whose header makes sense
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

// Outcome of a walk over records, by RecordCursor or RecordStream.
template <class Records>
Outcome walk(Records records) {
  std::size_t sum = 0;
  for (protocol::RecordView record; records.next(record);) sum += sum_of(record);
  EXPECT_LT(sum, 255 * kLimitBytes);
  return records.ok() ? Outcome::kRead : Outcome::kRefused;
}

Outcome read_whole(const BatchView& batch, Buffer& scratch) {
  const protocol::OpenedBatch opened = open_batch(batch, kLimitBytes, scratch);
  if (opened.error == protocol::OpenError::kWrongCrc) return Outcome::kWrongCrc;
  if (opened.error != protocol::OpenError::kNone) return Outcome::kRefused;
  return walk(protocol::RecordCursor(opened.payload, batch.record_count()));
}

Outcome read(ConstBytes bytes, Buffer& scratch) {
  BatchReader reader(bytes);
  if (reader.next() != BatchReader::Step::kBatch) return Outcome::kRefused;
  return read_whole(reader.batch(), scratch);
}

// In one piece and in pieces, which must agree; each with fresh memory, so that all of what is
// taken counts.
Outcome read_within_limit(const GoldenEntry& entry, std::size_t position) {
  BatchReader reader(entry.bytes);
  if (reader.next() != BatchReader::Step::kBatch) return Outcome::kRefused;
  const std::size_t before = allocated_bytes();
  Buffer scratch;
  const Outcome whole = read_whole(reader.batch(), scratch);
  const std::size_t between = allocated_bytes();
  const Outcome streamed = walk(protocol::RecordStream(reader.batch(), kLimitBytes));
  EXPECT_LE(between - before, kMemoryLimit) << entry.name << ", byte " << position;
  EXPECT_LE(allocated_bytes() - between, kMemoryLimit) << entry.name << ", byte " << position;
  EXPECT_EQ(streamed, whole) << entry.name << ", byte " << position;
  return whole;
}

void mend_crc(Buffer& batch) {
  store_be(batch.data() + field::kCrc, crc32c(ConstBytes(batch).subspan(field::kAttributes)));
}

// Every byte of the headers; of large payloads some.
bool is_sampled(std::size_t position, std::size_t size) {
  return size < 2000 || position < 200 || position % 499 == 0;
}

// Base offset and leader epoch are the broker's to write, behind the producer's back.
bool is_checked(std::size_t position) {
  return position >= field::kMagic ||
         (position >= field::kBatchLength && position < field::kLeaderEpoch);
}

TEST(RecordsDamage, EveryChangedByteIsNoticed) {
  Count changes("changed bytes of batches noticed");
  Buffer scratch;
  for (GoldenEntry& entry : golden_batches()) {
    for (std::size_t position = 0; position < entry.bytes.size(); ++position) {
      if (!is_sampled(position, entry.bytes.size())) continue;
      for (int change = kStep; change < 256; change += kStep) {
        entry.bytes[position] += static_cast<std::uint8_t>(change);
        const Outcome outcome = read(entry.bytes, scratch);
        entry.bytes[position] -= static_cast<std::uint8_t>(change);
        if (is_checked(position)) {
          ASSERT_NE(outcome, Outcome::kRead) << entry.name << ", byte " << position;
          changes.add(1);
        } else {
          ASSERT_NE(outcome, Outcome::kWrongCrc) << entry.name << ", byte " << position;
        }
      }
    }
  }
}

// Every value in the header and in small batches, some in the others.
TEST(RecordsDamage, EveryChangedByteUnderARightChecksumIsReadCleanly) {
  Count changes("batches with a changed byte and a right checksum read or refused");
  for (GoldenEntry& entry : golden_batches()) {
    for (std::size_t position = field::kAttributes; position < entry.bytes.size(); ++position) {
      if (!is_sampled(position, entry.bytes.size())) continue;
      const bool every = position < protocol::kBatchHeaderBytes || entry.bytes.size() < 130;
      const int step = every ? kStep : 17;
      const std::uint8_t original = entry.bytes[position];
      for (int change = step; change < 256; change += step) {
        entry.bytes[position] = static_cast<std::uint8_t>(original + change);
        mend_crc(entry.bytes);
        ASSERT_NE(read_within_limit(entry, position), Outcome::kWrongCrc);
        changes.add(1);
      }
      entry.bytes[position] = original;
    }
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

TEST(RecordsDamage, ACutPayloadIsNeverReadAsWhole) {
  Count prefixes("batches with a cut payload refused");
  for (const GoldenEntry& whole : golden_batches()) {
    for (std::size_t size = protocol::kBatchHeaderBytes; size < whole.bytes.size(); ++size) {
      if (!is_sampled(size, whole.bytes.size())) continue;
      GoldenEntry entry{whole.name,
                        {whole.bytes.begin(), whole.bytes.begin() + static_cast<long>(size)}};
      store_be(entry.bytes.data() + field::kBatchLength,
               static_cast<std::int32_t>(size - protocol::kBatchPrefixBytes));
      mend_crc(entry.bytes);
      ASSERT_EQ(read_within_limit(entry, size), Outcome::kRefused) << entry.name << ", " << size;
      prefixes.add(1);
    }
  }
}

}  // namespace
}  // namespace kmirror::golden
