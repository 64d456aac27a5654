// Reads partitions of one topic from their leaders, for the console: round after round, one Fetch a
// leader in each. No group, no sessions, nothing committed.
//
// Used on the Cluster's executor by one coroutine; the Cluster outlives it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "app/console/record_format.h"
#include "net/admin.h"
#include "net/cluster.h"
#include "net/task_group.h"
#include "protocol/messages/fetch.h"

namespace kmirror::app {

class Consumer {
 public:
  struct Settings {
    std::string topic;
    bool read_committed = false;
    net::OffsetSpec reset = net::OffsetSpec::kLatest;  // where an offset out of range leads to
  };

  // Takes a record; false when no more are wanted. The record is valid during the call.
  using Sink = std::function<bool(const RecordPlace&, const protocol::RecordView&)>;

  Consumer(net::Cluster& cluster, Settings settings, Sink sink)
      : cluster_(cluster),
        settings_(std::move(settings)),
        sink_(std::move(sink)),
        fetches_(cluster.runtime()),
        pause_(cluster.runtime()) {}

  // Reads this partition from this offset on.
  void assign(std::int32_t partition, std::int64_t offset) { positions_[partition] = offset; }

  // Fetches once from each leader, which waits up to `max_wait` for records.
  net::Awaitable<net::Result<void>> round(Duration max_wait);

  // Makes a round under way, and all later ones, return soon.
  void stop() { stopped_ = true; }
  bool is_stopped() const { return stopped_; }

 private:
  using Partition = protocol::FetchResponse::Partition;

  net::Awaitable<void> fetch(std::int32_t leader, std::vector<std::int32_t> partitions,
                             Duration max_wait);
  net::Awaitable<net::Result<void>> recover();
  void take(const Partition& partition);
  void take_records(const Partition& partition, std::int64_t& position);
  bool take_batch(const protocol::BatchView& batch, std::int32_t partition, std::int64_t& position);
  void fail(std::int32_t partition, std::int64_t offset, std::string_view what);

  net::Cluster& cluster_;
  Settings settings_;
  Sink sink_;
  net::TaskGroup fetches_;
  net::Wakeup pause_;
  std::map<std::int32_t, std::int64_t> positions_;
  std::vector<net::TopicPartition> out_of_range_;
  std::optional<net::Failure> failure_;
  bool is_stale_ = false;  // the metadata, as a fetch of this round showed
  bool stopped_ = false;
};

}  // namespace kmirror::app
