// Control batches: markers that transactions leave in a partition. They are never delivered and
// never produced. Source: Kafka's ControlRecordType, KIP-98.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/records/batch_view.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::protocol {

enum class ControlType : std::uint8_t {
  kAbort,
  kCommit,
  kOther,  // of no concern to readers of data; also a control batch that compaction emptied
};

// What the first record of `batch`, a whole control batch, says. None where it cannot be read.
std::optional<ControlType> control_type(const BatchView& batch);

// The number of a control record's type, from its key. None where it cannot be read.
std::optional<std::int16_t> control_type_id(const RecordView& record);

}  // namespace kmirror::protocol
