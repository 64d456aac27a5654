// Control batches as a broker writes them: the markers that end a producer's transaction in a
// partition. Source: Kafka's EndTransactionMarker, ControlRecordType. Pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "protocol/records/batch_view.h"

namespace kmirror::broker {

struct Marker {
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  bool commit = false;
  std::int32_t coordinator_epoch = 0;
  std::int64_t timestamp_ms = 0;
};

// Offset and leader epoch are for the log to give.
Buffer make_marker(const Marker& marker);

// None for control batches that are no such markers.
std::optional<Marker> read_marker(const protocol::BatchView& batch);

}  // namespace kmirror::broker
