// One source partition on its way: it takes what a Fetch brought, batch by batch, and makes of it
// what goes into destination partitions. An identity lane forwards batches unopened to the
// partition of the same number, but small ones that wait for their turn become larger ones; a key
// lane splits them by key. Sans-IO; owned by a shard.
//
// A lane works through one fetched chunk at a time and only as far as it is given room, so that
// what it opens stays within the memory budget. While the destination takes nothing of it, it is
// blocked: it fetches nothing, and gives back what was not sent, to read it again later.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compression/codec.h"
#include "mirror/core/budget.h"
#include "mirror/core/counters.h"
#include "mirror/core/outgoing_batch.h"
#include "mirror/core/progress.h"
#include "net/core/slab.h"
#include "protocol/records/aborted_filter.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/splitter.h"

namespace kmirror::mirror {

enum class LaneMode { kIdentity, kKey };

class Lane {
 public:
  struct Settings {
    std::size_t number = 0;  // among the lanes of its shard
    std::string topic;       // at the source
    std::int32_t partition = 0;
    std::string destination_topic;
    LaneMode mode = LaneMode::kIdentity;
    std::int32_t destination_partitions = 1;
    std::optional<compression::Codec> codec;    // empty: each batch keeps its own
    std::optional<int> compression_level;       // of that codec
    std::size_t message_bytes_max = 1'000'012;  // that the destination takes as one batch
    bool zstd_allowed = true;                   // by the destination: Kafka 2.1 and later
    std::size_t batch_bytes_max = 1'000'000;    // of batches made here
    std::size_t payload_bytes_max = 128 << 20;  // of a batch that is opened, decompressed
    std::size_t credit_bytes = 1 << 20;         // unacknowledged, at most before a fetch
    bool coalesce = true;                       // small batches, while the lane falls behind
  };

  struct Routed {
    std::int32_t partition;  // of the destination topic
    OutgoingBatch batch;
  };

  Lane(Settings settings, Position start, Counters& counters, Budget& budget);

  const Settings& settings() const { return settings_; }
  // "topic orders partition 3", for messages to people.
  std::string name() const;

  // Whether another chunk may be fetched from fetch_offset().
  bool wants_fetch() const;
  // Whether it may as soon as more of what was fetched is done with.
  bool waits_for_room() const;
  std::int64_t fetch_offset() const { return progress_.taken().offset; }

  // Lanes that are read together share what comes at a time: how much of it to ask for here, which
  // is the lane's credit then. More where batches are large, or are opened and made anew, which
  // goes better with many records; never more than the settings' credit.
  std::size_t take_share(std::size_t bytes);

  // How many bytes it may have sent without an answer, where that is more than its credit.
  void set_sendable(std::size_t bytes) { sendable_bytes_ = bytes; }

  // A Fetch response brought these records, which lie in `slab`, and the transactions aborted
  // among them (empty when reading uncommitted data).
  void on_fetched(net::SlabRef slab, ConstBytes records,
                  std::vector<protocol::AbortedTransaction> aborted);

  bool has_backlog() const { return backlog_.has_value(); }

  // Works through the backlog until it is used up or the budget has no room for what is built.
  std::vector<Routed> pump();

  void on_acknowledged(const OutgoingBatch& batch);

  // A blocked lane has nothing fetched lying about, and takes nothing.
  void set_blocked(bool blocked);
  bool blocked() const { return blocked_; }

  // Takes back this entry and all behind it, of which the windows gave up `bytes`: the source is
  // read again from there. No Fetch may be under way, because it went out for what lies behind.
  void rewind(Progress::Entry first, std::size_t bytes);

  // Nothing more is fetched or produced; the others go on.
  void stop(std::string reason);
  bool stopped() const { return stopped_; }
  const std::string& stop_reason() const { return stop_reason_; }

  // Ends the lane at this source offset.
  void set_end(std::int64_t offset) { end_ = offset; }
  bool reached_end() const { return end_ && progress_.committable().offset >= *end_; }

  // The source moved on without us: reading goes on at `offset`, past records that are gone.
  void skip_to(std::int64_t offset);

  const Progress& progress() const { return progress_; }
  std::int64_t high_watermark() const { return high_watermark_; }
  void set_high_watermark(std::int64_t offset) { high_watermark_ = offset; }
  // How far records can be fetched, as far as is known, and are wanted.
  std::int64_t readable_end() const {
    return end_ ? std::min(*end_, high_watermark_) : high_watermark_;
  }
  // Records at the source that are not yet acknowledged by the destination.
  std::int64_t lag() const;

 private:
  struct Backlog {
    net::SlabRef slab;
    protocol::BatchReader reader;
    protocol::AbortedFilter filter;
    std::shared_ptr<const void> owner = {};  // of the slab, for batches that point into it
    int passed_through = 0;                  // batches
  };

  enum class Take { kTaken, kEnd };

  Take take_next(std::vector<Routed>& out);
  bool has_room() const;
  bool lets_gather() const;
  void count(std::uint64_t Counters::*number);
  bool taken_to_end() const;
  void pass_end();
  std::int64_t position() const;  // behind what was taken and what the splitter holds
  void take_batch(const protocol::BatchView& batch, std::vector<Routed>& out);
  bool must_rebuild(const protocol::BatchView& batch) const;
  bool coalesces(const protocol::BatchView& batch) const;
  void pass_through(const protocol::BatchView& batch, std::vector<Routed>& out);
  std::optional<std::string> rebuild(const protocol::BatchView& batch,
                                     std::size_t payload_bytes_max, std::vector<Routed>& out);
  void flush(std::vector<Routed>& out);
  void stop_at(const protocol::BatchView& batch, std::string why);

  Settings settings_;
  Progress progress_;
  Counters& counters_;
  Budget& budget_;
  std::optional<std::int64_t> end_;
  std::int64_t high_watermark_ = -1;
  bool stopped_ = false;
  std::string stop_reason_;
  bool blocked_ = false;
  std::size_t unacknowledged_bytes_ = 0;
  std::size_t credit_bytes_;
  std::size_t sendable_bytes_ = 0;
  std::size_t largest_batch_ = 0;  // of those that passed through
  std::int64_t read_to_ = 0;       // the furthest that was ever read
  bool first_reading_ = true;

  std::optional<Backlog> backlog_;
  std::optional<protocol::Splitter> splitter_;  // made when it is first needed
  compression::Codec splitter_codec_{};
  Position split_end_;           // how far the splitter's content reaches
  bool split_pending_ = false;   // the splitter holds records
  std::size_t split_bytes_ = 0;  // of payload given to the splitter since the last flush
  Buffer scratch_;               // decompressed payloads that are not referred to later; pump's
};

}  // namespace kmirror::mirror
