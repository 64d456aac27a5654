// Builds record batches of magic 2 as a producer sends them. An uncompressed batch is a list of
// pieces for one gather write: header, record heads and small bodies lie in an arena of the batch's
// own, larger record bodies stay where they are. One owner each, no locking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "compression/codec.h"
#include "protocol/records/record_cursor.h"

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
  explicit BatchBuilder(compression::Codec codec, std::optional<int> level = std::nullopt)
      : codec_(codec), compressor_(codec, level) {}

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
  std::size_t size_bytes() const;
  std::size_t size_with_bytes(std::int64_t timestamp_ms, std::size_t body_bytes) const;

  // The batch of the records appended, of which there is at least one. Base offset 0, leader epoch
  // and producer fields -1, CreateTime. The builder is then empty and ready for the next batch.
  BuiltBatch finish();

 private:
  void append_head(std::int64_t timestamp_ms, std::size_t body_bytes);
  void copy(ConstBytes bytes);
  void copy_nullable(const std::optional<ConstBytes>& field);
  void push(ConstBytes piece);
  MutableBytes allocate(std::size_t size);
  void write_header(BuiltBatch& batch) const;

  compression::Codec codec_;
  compression::Compressor compressor_;  // takes the records where there is a codec, else the arena
  std::shared_ptr<std::pmr::monotonic_buffer_resource> arena_;
  BuiltBatch batch_;
  std::size_t records_bytes_ = 0;
  std::int32_t record_count_ = 0;
  std::int64_t base_timestamp_ms_ = 0;
  std::int64_t max_timestamp_ms_ = 0;
};

}  // namespace kmirror::protocol
