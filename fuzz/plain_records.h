// Records without their format, to compare what different readers and formats make of the same.
// Copies; no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/legacy_cursor.h"
#include "protocol/records/splitter.h"

namespace kmirror::fuzz {

struct PlainRecord {
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::optional<Buffer> key;
  std::optional<Buffer> value;

  bool operator==(const PlainRecord&) const = default;
};
using PlainRecords = std::vector<PlainRecord>;

// Of a batch whose payload is sound; timestamps are those that consumers see.
PlainRecords plain_records(const protocol::BatchView& batch, ConstBytes payload);

// All that the cursor gives, until its end or the damage.
PlainRecords plain_records(protocol::LegacyCursor& cursor);

// Of all batches that the splitter has built, which have to be sound.
PlainRecords plain_records(protocol::Splitter& splitter);

// The same but for their offsets.
bool same_content(PlainRecords a, PlainRecords b);

}  // namespace kmirror::fuzz
