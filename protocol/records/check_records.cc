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
  while (cursor.next(record)) {
    const auto position = static_cast<std::size_t>(record.body.data() - payload.data());
    // Such an offset would count as one that was mirrored before, and the record would be lost.
    if (record.offset_delta < 0) return Malformed{"offset delta is negative", position};
    if (source.base_offset() > std::numeric_limits<std::int64_t>::max() - record.offset_delta) {
      return Malformed{"offset overflows", position};
    }
  }
  return cursor.ok() ? std::nullopt : std::optional(cursor.malformed());
}

std::optional<Malformed> find_problem(const LegacyMessageView& source, ConstBytes payload) {
  if (payload.size() > kMaxPayloadBytes) return kTooLarge;
  LegacyCursor cursor(source, payload);
  LegacyRecord record;
  while (cursor.next(record)) {
  }
  return cursor.ok() ? std::nullopt : std::optional(cursor.malformed());
}

}  // namespace kmirror::protocol
