// For tests: record batches as a source stores them and as windows send them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "base/crc32c.h"
#include "mirror/core/outgoing_batch.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::mirror {

struct TestRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;
  bool operator==(const TestRecord&) const = default;
};

// How a source batch differs from a plain one.
struct TestBatch {
  std::int64_t base_offset = 0;
  std::vector<TestRecord> records;
  compression::Codec codec = compression::Codec::kNone;
  std::int16_t attributes = 0;  // besides the codec
  std::int32_t leader_epoch = 4;
  std::int64_t producer_id = -1;
  std::int64_t timestamp_ms = 1'000'000;
};

Buffer flatten(std::span<const ConstBytes> pieces);

void mend_crc(MutableBytes batch);

Buffer source_batch(const TestBatch& wanted);

// `count` records "<first>", "<first + 1>", ... without keys, which begin at that offset.
TestBatch numbered_batch(std::int64_t first, int count,
                         compression::Codec codec = compression::Codec::kNone);

// The marker that ends a transaction.
TestBatch marker_batch(std::int64_t offset, std::int64_t producer_id, bool commit);

// The records of a batch as a reader at the destination sees them.
std::vector<TestRecord> records_of(const OutgoingBatch& batch);

// A batch for a window, of `count` records; `entry` is its name in a test.
OutgoingBatch outgoing_batch(Progress::Entry entry, int count, Lane* lane = nullptr);

}  // namespace kmirror::mirror
