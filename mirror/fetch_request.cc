#include "mirror/fetch_request.h"

#include <algorithm>
#include <limits>

namespace kmirror::mirror {

using protocol::FetchRequest;
using protocol::FetchResponse;

namespace {

FetchRequest begin_request(const SourceConfig& config) {
  FetchRequest request;
  request.min_bytes = config.fetch_min_bytes;
  request.isolation_level = config.read_committed ? 1 : 0;
  return request;
}

}  // namespace

std::int32_t to_ms(Duration time) {
  return static_cast<std::int32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

// Lanes of one topic mostly have numbers that follow on each other.
FetchRequest make_fetch_request(Shard& shard, const FetchSession& session,
                                const FetchSession::Request& wanted, std::size_t share) {
  FetchRequest request = begin_request(shard.config().source);
  request.session_id = wanted.id;
  request.session_epoch = wanted.epoch;
  for (const std::size_t number : wanted.named) {
    Slot& slot = *shard.slots()[number];
    const Lane::Settings& lane = slot.lane.settings();
    if (request.topics.empty() || request.topics.back().topic != lane.topic) {
      request.topics.push_back({.topic = lane.topic, .topic_id = slot.topic_id});
    }
    const FetchSession::Place& place = session.place(number);
    request.topics.back().partitions.push_back(
        {.partition = lane.partition,
         .current_leader_epoch = place.leader_epoch,
         .fetch_offset = place.offset,
         .partition_max_bytes = static_cast<std::int32_t>(slot.lane.take_share(share))});
  }
  auto& forgotten = request.forgotten_topics_data;
  for (const std::size_t number : wanted.forgotten) {
    const Slot& slot = *shard.slots()[number];
    const Lane::Settings& lane = slot.lane.settings();
    if (forgotten.empty() || forgotten.back().topic != lane.topic) {
      forgotten.push_back({.topic = lane.topic, .topic_id = slot.topic_id});
    }
    forgotten.back().partitions.push_back(lane.partition);
  }
  return request;
}

FetchRequest make_range_request(Shard& shard, const Slot& slot, const ReadAhead::Request& wanted) {
  constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
  const Lane::Settings& lane = slot.lane.settings();
  FetchRequest request = begin_request(shard.config().source);
  request.max_bytes = static_cast<std::int32_t>(std::min(wanted.bytes, kMost));
  request.topics.push_back({.topic = lane.topic, .topic_id = slot.topic_id});
  request.topics.back().partitions.push_back({.partition = lane.partition,
                                              .current_leader_epoch = slot.leader_epoch,
                                              .fetch_offset = wanted.offset,
                                              .partition_max_bytes = request.max_bytes});
  return request;
}

net::CallOptions fetch_options(Shard& shard, bool by_topic_id) {
  const auto before_ids = static_cast<std::int16_t>(kFirstTopicIdVersion - 1);
  return {.deadline = shard.source().call_deadline() + shard.config().source.fetch_max_wait,
          .version_max = by_topic_id ? FetchRequest::kApi.versions.max : before_ids};
}

std::int64_t readable_end(const FetchResponse::Partition& partition, bool read_committed) {
  return read_committed && partition.last_stable_offset >= 0 ? partition.last_stable_offset
                                                             : partition.high_watermark;
}

std::vector<protocol::AbortedTransaction> aborted_in(const FetchResponse::Partition& partition,
                                                     bool read_committed) {
  std::vector<protocol::AbortedTransaction> aborted;
  if (!read_committed || !partition.aborted_transactions) return aborted;
  for (const auto& transaction : *partition.aborted_transactions) {
    aborted.push_back({transaction.producer_id, transaction.first_offset});
  }
  return aborted;
}

}  // namespace kmirror::mirror
