#include "protocol/records/check_records.h"

#include <limits>

#include "protocol/records/legacy_cursor.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::protocol {

namespace {

const Malformed kTooLarge{"payload is larger than 1 GiB", 0};

}  // namespace

std::optional<Malformed> find_problem(const BatchView& source, ConstBytes payload) {
  if (payload.size() > kMaxPayloadBytes) return kTooLarge;
  RecordCursor cursor(payload, source.record_count());
  RecordView record;
  for (auto begin = cursor.position(); cursor.next(record); begin = cursor.position()) {
    // Such an offset would count as one that was mirrored before, and the record would be lost.
    if (record.offset_delta < 0) return Malformed{"offset delta is negative", begin};
    if (source.base_offset() > std::numeric_limits<std::int64_t>::max() - record.offset_delta) {
      return Malformed{"offset overflows", begin};
    }
  }
  return cursor.ok() ? std::nullopt : std::optional(cursor.malformed());
}

std::optional<Malformed> find_problem(const LegacyMessageView& source, ConstBytes payload) {
  if (payload.size() > kMaxPayloadBytes) return kTooLarge;
  LegacyCursor cursor(source, payload);
  LegacyRecord record;
  for (auto begin = cursor.position(); cursor.next(record); begin = cursor.position()) {
    if (record.offset < 0) return Malformed{"offset is negative", begin};
  }
  if (!cursor.ok()) return cursor.malformed();
  if (!cursor.is_truncated()) return std::nullopt;
  return Malformed{"last message within the wrapper is cut off", cursor.position()};
}

}  // namespace kmirror::protocol
