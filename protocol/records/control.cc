#include "protocol/records/control.h"

namespace kmirror::protocol {

std::optional<std::int16_t> control_type_id(const RecordView& record) {
  // The key is a version and a type, both int16; later versions may only append.
  if (!record.key || record.key->size() < 4) return std::nullopt;
  if (load_be<std::int16_t>(record.key->data()) < 0) return std::nullopt;
  return load_be<std::int16_t>(record.key->data() + 2);
}

std::optional<ControlType> control_type(const BatchView& batch) {
  // Brokers write control batches without compression.
  if (batch.codec() != compression::Codec::kNone) return std::nullopt;
  RecordCursor cursor(batch.payload(), batch.record_count());
  RecordView record;
  if (!cursor.next(record)) {
    return cursor.ok() ? std::optional(ControlType::kOther) : std::nullopt;
  }
  const auto id = control_type_id(record);
  if (!id) return std::nullopt;
  switch (*id) {
    case 0:
      return ControlType::kAbort;
    case 1:
      return ControlType::kCommit;
    default:
      return ControlType::kOther;
  }
}

}  // namespace kmirror::protocol
