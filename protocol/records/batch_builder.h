// Builds record batches of magic 2 as a producer sends them. An uncompressed batch is a list of
// pieces for one gather write: header, record heads and small bodies lie in blocks of the batch's
// own, larger record bodies stay where they are. One owner each, no locking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "compression/codec.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/record_cursor.h"
#include "protocol/wire/varint.h"

namespace kmirror::protocol {

struct BuiltBatch {
  std::vector<ConstBytes> pieces;  // the batch, in wire order
  MutableBytes header;             // its first 61 bytes, where patch_for_produce writes a stamp
  std::size_t size_bytes = 0;      // of all pieces
  std::int32_t record_count = 0;
  std::vector<std::shared_ptr<const void>> owners;  // of the memory of the pieces
};

// The bytes of a record's body (RecordView::body) with these fields.
std::size_t body_bytes(const std::optional<ConstBytes>& key, const std::optional<ConstBytes>& value,
                       std::span<const RecordHeader> headers = {});

class BatchBuilder {
 public:
  explicit BatchBuilder(compression::Codec codec, std::optional<int> level = std::nullopt);

  // Appends a record whose body (RecordView::body) stays where it is, unless it is small or the
  // batch is compressed; `owner` keeps it alive until the built batch is destroyed, and may be null
  // if the caller sees to that.
  void append_shared(std::int64_t timestamp_ms, ConstBytes body,
                     const std::shared_ptr<const void>& owner);

  // Appends a record that is copied.
  void append(std::int64_t timestamp_ms, std::optional<ConstBytes> key,
              std::optional<ConstBytes> value, std::span<const RecordHeader> headers = {});

  bool empty() const { return record_count_ == 0; }
  std::int32_t record_count() const { return record_count_; }

  // The size of the batch so far, and with one more record: exact without compression, and with it
  // the size that it would have without.
  std::size_t size_bytes() const { return kBatchHeaderBytes + records_bytes_; }
  std::size_t size_with_bytes(std::int64_t timestamp_ms, std::size_t body_bytes) const;
  // Whether that is at most `limit_bytes`.
  bool fits(std::int64_t timestamp_ms, std::size_t body_bytes, std::size_t limit_bytes) const {
    return size_bytes() + kMaxHeadBytes + body_bytes <= limit_bytes ||
           size_with_bytes(timestamp_ms, body_bytes) <= limit_bytes;
  }

  // The batch of the records appended, of which there is at least one. Base offset 0, leader epoch
  // and producer fields -1, CreateTime. The builder is then empty and ready for the next batch.
  BuiltBatch finish();

 private:
  // A record's length, attributes, timestamp delta and offset delta.
  static constexpr std::size_t kMaxHeadBytes =
      kMaxVarintBytes + 1 + kMaxVarlongBytes + kMaxVarintBytes;

  std::uint8_t* append_head(std::int64_t timestamp_ms, std::size_t body_bytes,
                            std::size_t copied_bytes);
  std::uint8_t* room(std::size_t bytes);
  void begin_block(std::size_t bytes);
  void end_piece();
  void compress();
  void write_header(BuiltBatch& batch) const;

  compression::Codec codec_;
  std::optional<int> level_;
  BuiltBatch batch_;                   // without compression until finish()
  std::uint8_t* piece_ = nullptr;      // begins here, and is not in the list yet
  std::uint8_t* at_ = nullptr;         // its end, and where what is appended next goes
  std::uint8_t* block_end_ = nullptr;  // of the block that both are in
  std::size_t next_block_bytes_ = 0;
  std::size_t records_bytes_ = 0;
  std::int32_t record_count_ = 0;
  std::int64_t base_timestamp_ms_ = 0;
  std::int64_t max_timestamp_ms_ = 0;
};

}  // namespace kmirror::protocol
