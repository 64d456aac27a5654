// The layout of a record batch of magic 2 (KIP-98), and a view that reads its header.
// Source: Kafka's DefaultRecordBatch. A BatchView owns nothing: whoever holds the bytes keeps them
// alive. Reading is total: any 61 bytes can be looked at, whatever they hold. No thread rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/check.h"
#include "base/crc32c.h"
#include "compression/codec.h"

namespace kmirror::protocol {

// Byte offsets of the header's fields. The CRC covers everything from the attributes on.
namespace batch_field {
inline constexpr std::size_t kBaseOffset = 0;        // int64
inline constexpr std::size_t kBatchLength = 8;       // int32, bytes after this field
inline constexpr std::size_t kLeaderEpoch = 12;      // int32
inline constexpr std::size_t kMagic = 16;            // int8, in all message formats
inline constexpr std::size_t kCrc = 17;              // uint32
inline constexpr std::size_t kAttributes = 21;       // int16
inline constexpr std::size_t kLastOffsetDelta = 23;  // int32
inline constexpr std::size_t kBaseTimestamp = 27;    // int64, milliseconds
inline constexpr std::size_t kMaxTimestamp = 35;     // int64, milliseconds
inline constexpr std::size_t kProducerId = 43;       // int64
inline constexpr std::size_t kProducerEpoch = 51;    // int16
inline constexpr std::size_t kBaseSequence = 53;     // int32
inline constexpr std::size_t kRecordCount = 57;      // int32
}  // namespace batch_field

inline constexpr std::size_t kBatchHeaderBytes = 61;
static_assert(batch_field::kRecordCount + sizeof(std::int32_t) == kBatchHeaderBytes);

// Base offset and length: the part of a batch that its length does not count.
inline constexpr std::size_t kBatchPrefixBytes = 12;
static_assert(batch_field::kBatchLength + sizeof(std::int32_t) == kBatchPrefixBytes);

namespace batch_attribute {
inline constexpr std::int16_t kCodecMask = 0x07;
inline constexpr std::int16_t kLogAppendTime = 0x08;
inline constexpr std::int16_t kTransactional = 0x10;
inline constexpr std::int16_t kControl = 0x20;
inline constexpr std::int16_t kDeleteHorizon = 0x40;
}  // namespace batch_attribute

enum class TimestampType : std::uint8_t { kCreateTime, kLogAppendTime };

class BatchView {
 public:
  // `batch` is one whole batch, header and payload, or a header alone.
  explicit BatchView(ConstBytes batch) : bytes_(batch) {
    KM_CHECK(batch.size() >= kBatchHeaderBytes, "a batch begins with a whole header");
  }

  ConstBytes bytes() const { return bytes_; }
  // The records: as they are, or one compressed stream.
  ConstBytes payload() const { return bytes_.subspan(kBatchHeaderBytes); }

  std::int64_t base_offset() const { return at<std::int64_t>(batch_field::kBaseOffset); }
  std::int32_t batch_length() const { return at<std::int32_t>(batch_field::kBatchLength); }
  std::int32_t leader_epoch() const { return at<std::int32_t>(batch_field::kLeaderEpoch); }
  std::int8_t magic() const { return at<std::int8_t>(batch_field::kMagic); }
  std::uint32_t crc() const { return at<std::uint32_t>(batch_field::kCrc); }
  std::int16_t attributes() const { return at<std::int16_t>(batch_field::kAttributes); }
  std::int32_t last_offset_delta() const { return at<std::int32_t>(batch_field::kLastOffsetDelta); }
  std::int64_t base_timestamp_ms() const { return at<std::int64_t>(batch_field::kBaseTimestamp); }
  std::int64_t max_timestamp_ms() const { return at<std::int64_t>(batch_field::kMaxTimestamp); }
  std::int64_t producer_id() const { return at<std::int64_t>(batch_field::kProducerId); }
  std::int16_t producer_epoch() const { return at<std::int16_t>(batch_field::kProducerEpoch); }
  std::int32_t base_sequence() const { return at<std::int32_t>(batch_field::kBaseSequence); }
  std::int32_t record_count() const { return at<std::int32_t>(batch_field::kRecordCount); }

  // Offsets wrap around instead of overflowing; a BatchReader yields no batch where they would.
  std::int64_t last_offset() const { return offset_at(last_offset_delta()); }
  std::int64_t next_offset() const { return offset_at(last_offset_delta() + std::int64_t{1}); }
  std::int64_t offset_at(std::int64_t offset_delta) const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(base_offset()) +
                                     static_cast<std::uint64_t>(offset_delta));
  }

  // The time that consumers see: under LogAppendTime it is the same for all records.
  std::int64_t timestamp_at(std::int64_t timestamp_delta_ms) const {
    if (timestamp_type() == TimestampType::kLogAppendTime) return max_timestamp_ms();
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(base_timestamp_ms()) +
                                     static_cast<std::uint64_t>(timestamp_delta_ms));
  }

  // None where the bits name a codec that does not exist.
  std::optional<compression::Codec> codec() const {
    return compression::codec_from_id(attributes() & batch_attribute::kCodecMask);
  }
  // What payload() is compressed with: compaction leaves empty batches without a compressed stream,
  // whatever their codec bits say.
  std::optional<compression::Codec> payload_codec() const {
    const auto named = codec();
    return named && record_count() == 0 ? compression::Codec::kNone : named;
  }
  TimestampType timestamp_type() const {
    return has(batch_attribute::kLogAppendTime) ? TimestampType::kLogAppendTime
                                                : TimestampType::kCreateTime;
  }
  bool is_transactional() const { return has(batch_attribute::kTransactional); }
  bool is_control() const { return has(batch_attribute::kControl); }
  bool has_delete_horizon() const { return has(batch_attribute::kDeleteHorizon); }

  // Compaction took records away (or a client of an old broker miscounted): the offset deltas are
  // not 0 to n-1, and a broker would not take the batch as it is.
  bool has_holes() const { return record_count() != last_offset_delta() + std::int64_t{1}; }

  // Reads the whole batch.
  bool is_crc_valid() const { return crc32c(bytes_.subspan(batch_field::kAttributes)) == crc(); }

 private:
  template <class T>
  T at(std::size_t field) const {
    return load_be<T>(bytes_.data() + field);
  }
  bool has(std::int16_t attribute) const { return (attributes() & attribute) != 0; }

  ConstBytes bytes_;
};

}  // namespace kmirror::protocol
