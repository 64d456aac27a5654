// The log of a partition, in memory: batches as they were appended, in segments, with what a broker
// derives from them: leader epochs, producers, transactions. Sources: Kafka's UnifiedLog, LocalLog,
// LeaderEpochFileCache and TransactionIndex.
//
// Batches are counted by reference, so that an answer on its way outlives a truncation. Owned by a
// partition; no thread rules of its own. Times are wall-clock milliseconds and arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/bytes.h"
#include "broker/core/producer_states.h"
#include "protocol/records/batch_view.h"

namespace kmirror::broker {

struct LogBatch {
  std::shared_ptr<const Buffer> bytes;

  protocol::BatchView view() const { return protocol::BatchView(ConstBytes(*bytes)); }
  std::size_t size() const { return bytes->size(); }
};

// Bytes of one batch: all, or the beginning where an answer is full.
struct LogSlice {
  std::shared_ptr<const Buffer> owner;
  ConstBytes bytes;
};

struct AbortedTransaction {
  std::int64_t producer_id = 0;
  std::int64_t first_offset = 0;
  std::int64_t last_offset = 0;  // of the marker
};

struct EpochEnd {
  std::int32_t epoch = -1;  // -1: none that is as old
  std::int64_t end_offset = -1;
  bool operator==(const EpochEnd&) const = default;
};

struct TimestampAndOffset {
  std::int64_t timestamp_ms = -1;
  std::int64_t offset = -1;
  std::int32_t leader_epoch = -1;
};

class Log {
 public:
  struct Segment {
    std::int64_t base_offset = 0;
    std::size_t size_bytes = 0;
    std::int64_t max_timestamp_ms = -1;
    std::vector<LogBatch> batches;
  };

  explicit Log(ProducerRules rules) : producers_(rules), segments_(1) {}

  std::int64_t start_offset() const { return start_offset_; }
  std::int64_t end_offset() const { return end_offset_; }
  std::size_t size_bytes() const;
  const std::deque<Segment>& segments() const { return segments_; }
  const ProducerStates& producers() const { return producers_; }

  // Gives a checked batch its offset and leader epoch, and takes it. Returns its base offset. A
  // segment is full at `segment_bytes`.
  std::int64_t append(Buffer batch, std::int32_t leader_epoch, std::size_t segment_bytes);

  // Ends the transaction of a producer with a marker. Returns the marker's offset.
  std::int64_t append_marker(std::int64_t producer_id, std::int16_t producer_epoch, bool commit,
                             std::int32_t coordinator_epoch, std::int64_t now_ms,
                             std::int32_t leader_epoch);

  // What lies between the batch that contains `offset`, whole, and `limit_offset`, where a batch
  // ends, or `offset` itself: at most `bytes_max`, cut within a batch where that is; but with
  // `whole_first` the first batch, whatever its size. Does not cross a segment's end.
  std::vector<LogSlice> read(std::int64_t offset, std::int64_t limit_offset, std::size_t bytes_max,
                             bool whole_first) const;

  // The first offset that is not stable yet: of a transaction that is open, or whose marker is not
  // below the high watermark.
  std::int64_t last_stable_offset(std::int64_t high_watermark) const;

  // The transactions that an answer to read_committed readers has to name.
  std::vector<AbortedTransaction> aborted_between(std::int64_t offset,
                                                  std::int64_t limit_offset) const;

  // A leader begins to write; its epoch is known from then on, also while it has no records
  // (UnifiedLog.assignEpochStartOffset).
  void begin_epoch(std::int32_t epoch);
  // Where the records of an epoch end, or those of the newest one before it (KIP-101).
  EpochEnd end_of_epoch(std::int32_t epoch) const;
  // The same as a follower sees it that has the log only up to this offset.
  EpochEnd end_of_epoch(std::int32_t epoch, std::int64_t follower_end) const;
  // Of the record at or before `offset`; -1 where nothing is known.
  std::int32_t epoch_at(std::int64_t offset) const;

  // The first record that is not older, from the log's start to `limit_offset`.
  std::optional<TimestampAndOffset> find_timestamp(std::int64_t timestamp_ms,
                                                   std::int64_t limit_offset) const;
  // The first of the records with the largest timestamp.
  std::optional<TimestampAndOffset> newest_timestamp(std::int64_t limit_offset) const;

  // Moves the start on, and drops segments that lie before it. Never back.
  void advance_start(std::int64_t offset);

  // Drops what lies at or behind `offset`, and becomes the log of a replica that never had it.
  void truncate(std::int64_t offset);

  // The sweep that forgets producers whose newest record is as old as that; see ProducerStates. It
  // is remembered, since the replicas of a shorter log were swept as well.
  void expire_producers(std::int64_t newest_ms_until);
  // What a broker knows of producers that begins again: of each its last batch, from a snapshot,
  // unless it has expired (ProducerStateManager.loadFromSnapshot).
  void reload_producers(std::int64_t newest_ms_until);

  // Deletes whole segments below the high watermark whose newest record is older than that, and the
  // oldest ones while all together are larger. Where nothing is left the log begins at its end.
  void retain(std::int64_t newest_ms_before, std::size_t size_bytes_max,
              std::int64_t high_watermark);

  // Begins a new segment unless the newest one is empty.
  void roll();

  // Puts other batches in the place of those of all segments but the newest, as compaction does.
  // `rewrite` gets one batch and returns what stays of it, or null.
  template <class Rewrite>
  void rewrite_closed_segments(Rewrite rewrite);

 private:
  struct Epoch {
    std::int32_t epoch;
    std::int64_t start_offset;
  };
  // A transaction that has ended: in a replica only when its marker is below the high watermark.
  struct Ended {
    std::int64_t first_offset;
    std::int64_t marker_offset;
  };

  struct Sweep {
    std::int64_t end_offset = 0;  // of the log at that time
    std::int64_t newest_ms_until = std::numeric_limits<std::int64_t>::min();
  };

  void push(Buffer batch, std::int32_t leader_epoch);
  void take_note(const protocol::BatchView& batch);
  std::set<std::int64_t> drop_batches_from(std::int64_t offset);
  void restore_producers(const std::set<std::int64_t>& ids);
  void forget_emptied();
  std::size_t segment_of(std::int64_t offset) const;

  ProducerStates producers_;
  Sweep last_sweep_;
  std::deque<Segment> segments_;  // never empty; the last one is appended to
  std::int64_t start_offset_ = 0;
  std::int64_t end_offset_ = 0;
  std::vector<Epoch> epochs_;
  std::set<std::int64_t> open_transactions_;  // their first offsets
  std::vector<Ended> ended_transactions_;     // in the order of their markers
  std::vector<AbortedTransaction> aborted_;   // in the order of their markers
};

template <class Rewrite>
void Log::rewrite_closed_segments(Rewrite rewrite) {
  for (std::size_t i = 0; i + 1 < segments_.size(); ++i) {
    Segment& segment = segments_[i];
    std::vector<LogBatch> kept;
    segment.size_bytes = 0;
    for (const LogBatch& batch : segment.batches) {
      std::shared_ptr<const Buffer> bytes = rewrite(batch);
      if (!bytes) continue;
      segment.size_bytes += bytes->size();
      kept.push_back({std::move(bytes)});
    }
    segment.batches = std::move(kept);
  }
  forget_emptied();
}

}  // namespace kmirror::broker
