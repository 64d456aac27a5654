// Log's searches for times, which have to look into batches.
#include <algorithm>

#include "broker/core/limits.h"
#include "broker/core/log.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::broker {

using protocol::BatchView;

namespace {

// The first record of the batch at or behind `from` that is not older.
std::optional<TimestampAndOffset> find_in(const BatchView& batch, std::int64_t timestamp_ms,
                                          std::int64_t from) {
  Buffer scratch;
  const auto opened = protocol::open_batch(batch, kMaxDecompressedBytes, scratch);
  if (opened.error != protocol::OpenError::kNone) return std::nullopt;
  protocol::RecordCursor cursor(opened.payload, batch.record_count());
  protocol::RecordView record;
  while (cursor.next(record)) {
    const std::int64_t offset = batch.offset_at(record.offset_delta);
    const std::int64_t own_ms = batch.timestamp_at(record.timestamp_delta_ms);
    if (offset >= from && own_ms >= timestamp_ms) {
      return TimestampAndOffset{own_ms, offset, batch.leader_epoch()};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<TimestampAndOffset> Log::find_timestamp(std::int64_t timestamp_ms,
                                                      std::int64_t limit_offset) const {
  for (const Segment& segment : segments_) {
    if (segment.max_timestamp_ms < timestamp_ms) continue;
    for (const LogBatch& batch : segment.batches) {
      const BatchView view = batch.view();
      if (view.base_offset() >= limit_offset) return std::nullopt;
      if (view.max_timestamp_ms() < timestamp_ms) continue;
      if (const auto found = find_in(view, timestamp_ms, start_offset_)) return found;
    }
  }
  return std::nullopt;
}

std::optional<TimestampAndOffset> Log::newest_timestamp(std::int64_t limit_offset) const {
  const LogBatch* newest = nullptr;
  for (const Segment& segment : segments_) {
    for (const LogBatch& batch : segment.batches) {
      const BatchView view = batch.view();
      if (view.base_offset() >= limit_offset || view.last_offset() < start_offset_) continue;
      if (view.record_count() == 0) continue;
      if (newest == nullptr || newest->view().max_timestamp_ms() < view.max_timestamp_ms()) {
        newest = &batch;
      }
    }
  }
  if (newest == nullptr) return std::nullopt;
  return find_in(newest->view(), newest->view().max_timestamp_ms(), start_offset_);
}

}  // namespace kmirror::broker
