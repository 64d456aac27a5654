// Compaction of a log: of every key only the newest record stays, aborted data goes, and with time
// so do tombstones and the markers of transactions that have nothing left. Offsets stay as they
// are, so that batches get holes. Sources: Kafka's Cleaner, MemoryRecords.filterTo and
// CleanedTransactionMetadata, KIP-534.
//
// Left out: what decides when a log is cleaned (lags, the ratio of dirt); all is cleaned that can
// be. Pure function of the log and the time.
#pragma once

#include <cstdint>

#include "broker/core/log.h"

namespace kmirror::broker {

struct CompactionRules {
  std::int64_t now_ms = 0;
  std::int64_t delete_retention_ms = 0;  // what tombstones and markers live on for
  std::int64_t limit_offset = 0;         // the last stable offset: what lies behind stays
};

// All segments but the newest one.
void compact(Log& log, const CompactionRules& rules);

}  // namespace kmirror::broker
