// The layout of an entry of a message set, the formats before KIP-98 (magic 0 and 1), and a view
// that reads it. An entry holds one message; a message with a codec is a wrapper: its value is a
// compressed message set (LegacyCursor walks it). Source: Kafka's LegacyRecord and
// AbstractLegacyRecordBatch. A view owns nothing: whoever holds the bytes keeps them alive. Reading
// is total: whatever the bytes hold, nothing beyond them is read. No thread rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "compression/codec.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/malformed.h"

namespace kmirror::protocol {

// Byte offsets of an entry's fields. The CRC-32 covers everything from the magic on. Behind the
// attributes follow the timestamp (magic 1 only), the key and the value, these two behind an int32
// with their length; -1 stands for null. Codec and timestamp type have the bits of batch_attribute.
namespace message_field {
inline constexpr std::size_t kOffset = 0;       // int64
inline constexpr std::size_t kSize = 8;         // int32, bytes after this field
inline constexpr std::size_t kCrc = 12;         // uint32
inline constexpr std::size_t kMagic = 16;       // int8, in all message formats
inline constexpr std::size_t kAttributes = 17;  // int8
inline constexpr std::size_t kTimestamp = 18;   // int64, milliseconds
}  // namespace message_field

// Offset and size: the part of an entry that its size does not count.
inline constexpr std::size_t kMessagePrefixBytes = kBatchPrefixBytes;
static_assert(message_field::kSize + sizeof(std::int32_t) == kMessagePrefixBytes);

// The shortest entries: key and value are null.
inline constexpr std::size_t kMinMessageBytes = 26;
inline constexpr std::size_t kMinMessageBytesOfMagic1 = 34;
static_assert(message_field::kTimestamp + 2 * sizeof(std::int32_t) == kMinMessageBytes);
static_assert(kMinMessageBytes + sizeof(std::int64_t) == kMinMessageBytesOfMagic1);

// Stands for a record without a timestamp (RecordBatch.NO_TIMESTAMP).
inline constexpr std::int64_t kNoTimestamp = -1;

class LegacyMessageView {
 public:
  // `entry` is one whole entry, as a BatchReader finds it.
  explicit LegacyMessageView(ConstBytes entry);

  // False where magic or lengths make no sense: malformed() says what, and where in the entry. Key
  // and value are null then.
  bool ok() const { return malformed_.what == nullptr; }
  const Malformed& malformed() const { return malformed_; }

  ConstBytes bytes() const { return bytes_; }
  std::int64_t offset() const { return at<std::int64_t>(message_field::kOffset); }
  std::int32_t size() const { return at<std::int32_t>(message_field::kSize); }
  std::uint32_t crc() const { return at<std::uint32_t>(message_field::kCrc); }
  std::int8_t magic() const { return at<std::int8_t>(message_field::kMagic); }
  std::int8_t attributes() const { return at<std::int8_t>(message_field::kAttributes); }

  // Of a wrapper: the largest one within it, or the time of its appending. Magic 0 has none.
  std::int64_t timestamp_ms() const {
    return has_timestamp() ? at<std::int64_t>(message_field::kTimestamp) : kNoTimestamp;
  }
  TimestampType timestamp_type() const {
    return has_timestamp() && (attributes() & batch_attribute::kLogAppendTime) != 0
               ? TimestampType::kLogAppendTime
               : TimestampType::kCreateTime;
  }

  // None where the bits name a codec that these formats do not have; zstd is one of them (KIP-110).
  std::optional<compression::Codec> codec() const;
  // Kafka before 0.10 knew magic 0 only.
  compression::Lz4Header lz4_header() const {
    return magic() == 0 ? compression::Lz4Header::kAnyChecksum : compression::Lz4Header::kChecked;
  }
  bool is_compressed() const { return (attributes() & batch_attribute::kCodecMask) != 0; }

  std::optional<ConstBytes> key() const { return key_; }
  std::optional<ConstBytes> value() const { return value_; }

  // Reads the whole entry.
  bool is_crc_valid() const;

 private:
  template <class T>
  T at(std::size_t field) const {
    return load_be<T>(bytes_.data() + field);
  }
  bool has_timestamp() const { return magic() == 1 && bytes_.size() >= kMinMessageBytesOfMagic1; }
  Malformed read_fields(std::optional<ConstBytes>& key, std::optional<ConstBytes>& value) const;
  bool read_field(std::size_t& position, std::optional<ConstBytes>& field) const;

  ConstBytes bytes_;
  std::optional<ConstBytes> key_;
  std::optional<ConstBytes> value_;
  Malformed malformed_;
};

}  // namespace kmirror::protocol
