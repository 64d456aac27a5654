// Records without their format, to compare what different readers and formats make of the same.
// Copies; no thread rules.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
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
  std::vector<std::pair<Buffer, std::optional<Buffer>>> headers;

  auto operator<=>(const PlainRecord&) const = default;
};
using PlainRecords = std::vector<PlainRecord>;

// Of a batch whose payload is sound; timestamps are those that consumers see.
PlainRecords plain_records(const protocol::BatchView& batch, ConstBytes payload);

// All that the cursor gives, until its end or the damage.
PlainRecords plain_records(protocol::LegacyCursor& cursor);

// Of all batches that the splitter has built, by partition. They have to be sound, and the offsets
// in each have to be 0, 1, 2...
std::map<std::int32_t, PlainRecords> plain_records(protocol::Splitter& splitter);

// With offset 0 each: what two of them have to agree in where one was renumbered.
PlainRecords without_offsets(PlainRecords records);

}  // namespace kmirror::fuzz
