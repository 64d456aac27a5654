#include "broker/api/fetch_read.h"

#include <algorithm>

#include "broker/api/partition_lookup.h"
#include "protocol/records/batch_view.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::FetchResponse;

namespace {

constexpr std::int16_t kFirstVersionFromReplicas = 11;
constexpr std::int16_t kFirstVersionWithZstd = 10;
constexpr std::int16_t kFirstVersionWithIds = 13;
constexpr std::int16_t kFirstVersionWithLeader = 16;

// Of the replicas in the client's rack that are in sync and have what it asks for the one that has
// most, where this node is in another rack (KIP-392, RackAwareReplicaSelector).
std::int32_t preferred_replica(CallContext& call, const Partition& partition, std::string_view rack,
                               std::int64_t fetch_offset) {
  if (!call.cluster.settings().rack_aware || rack.empty()) return -1;
  if (call.version < kFirstVersionFromReplicas) return -1;
  if (call.node.rack() == rack || partition.leader() != call.node.id()) return -1;
  if (fetch_offset < partition.log.start_offset()) return -1;
  std::int32_t preferred = -1;
  std::int64_t furthest = fetch_offset;
  for (const std::int32_t replica : partition.in_sync()) {
    const Node* const node = call.cluster.find_node(replica);
    const std::int64_t end_offset = partition.extent_at(replica).end_offset;
    if (!node->is_running() || node->rack() != rack || end_offset < furthest) continue;
    preferred = replica;
    furthest = end_offset;
  }
  return preferred;
}

// Whether the reader's last record is not in this log; then it is told where they part (KIP-595).
bool diverges(EpochEnd end, const FetchPartition& asked, FetchResponse::Partition& answer) {
  if (asked.last_fetched_epoch < 0) return false;
  if (end.end_offset < 0) {
    answer.error_code = ErrorCode::kOffsetOutOfRange;
    return true;
  }
  if (end.epoch == asked.last_fetched_epoch && end.end_offset >= asked.fetch_offset) return false;
  answer.diverging_epoch.epoch = end.epoch;
  answer.diverging_epoch.end_offset = end.end_offset;
  return true;
}

// What this node has of the log decides, also where it follows and is behind.
void fill_offsets(const Log& log, std::int64_t high_watermark, FetchResponse::Partition& answer) {
  answer.high_watermark = high_watermark;
  answer.last_stable_offset = log.last_stable_offset(high_watermark);
  answer.log_start_offset = log.start_offset();
}

void read_records(CallContext& call, const Log& log, const FetchPartition& asked,
                  FetchLimits& limits, FetchResponse::Partition& answer) {
  const bool committed = limits.isolation_level == 1;
  const std::int64_t limit = committed ? answer.last_stable_offset : answer.high_watermark;
  const auto room =
      std::min(limits.bytes_left, static_cast<std::size_t>(std::max(asked.bytes_max, 0)));
  auto slices = log.read(asked.fetch_offset, limit, room, limits.whole_first);
  // A beginning of a batch is no use to a reader when there is nothing else.
  if (!slices.empty() && slices[0].bytes.size() < slices[0].owner->size()) slices.clear();
  for (const LogSlice& slice : slices) {
    call.keep(slice.owner);
    answer.records->append(slice.bytes);
  }
  limits.bytes_left -= std::min(limits.bytes_left, answer.records->size());
  if (!slices.empty()) limits.whole_first = false;
  if (!committed) return;
  answer.aborted_transactions.emplace();
  if (slices.empty()) return;
  for (const auto& one : log.aborted_between(asked.fetch_offset, limit)) {
    auto& aborted = answer.aborted_transactions->emplace_back();
    aborted.producer_id = one.producer_id;
    aborted.first_offset = one.first_offset;
  }
}

// What KafkaApis refuses by itself has no aborted transactions; what a log refuses has null.
void fail_unread(FetchResponse::Partition& answer, ErrorCode error) {
  answer.error_code = error;
  answer.aborted_transactions.emplace();
}

}  // namespace

std::shared_ptr<Partition> partition_of(CallContext& call, const FetchPartition& asked) {
  if (asked.topic_id.is_zero()) return call.cluster.find_partition(asked.topic, asked.index);
  const Topic* const topic = call.cluster.find_topic(asked.topic_id);
  return topic == nullptr ? nullptr : call.cluster.find_partition(topic->name, asked.index);
}

void read_partition(CallContext& call, const FetchPartition& asked, FetchLimits& limits,
                    FetchResponse::Partition& answer,
                    std::vector<protocol::NodeEndpoint>& endpoints) {
  answer = {};
  answer.partition_index = asked.index;
  answer.high_watermark = -1;
  answer.aborted_transactions.reset();
  answer.records.emplace();
  const Topic* const topic = call.version < kFirstVersionWithIds
                                 ? call.cluster.find_topic(asked.topic)
                                 : call.cluster.find_topic(asked.topic_id);
  if (topic == nullptr) {
    return fail_unread(answer, call.version < kFirstVersionWithIds
                                   ? ErrorCode::kUnknownTopicOrPartition
                                   : ErrorCode::kUnknownTopicId);
  }
  const bool is_zstd = topic->config.values().codec == compression::Codec::kZstd;
  if (is_zstd && call.version < kFirstVersionWithZstd && call.cluster.release() < Release{4, 0}) {
    answer.records.reset();
    return fail_unread(answer, ErrorCode::kUnsupportedCompressionType);
  }
  const From from = call.version >= kFirstVersionFromReplicas ? From::kReplica : From::kLeader;
  const auto found = look_up(call, topic->name, asked.index, asked.leader_epoch, from);
  if (found.error == ErrorCode::kUnknownTopicOrPartition) return fail_unread(answer, found.error);
  answer.error_code = found.error;
  if (found.error != ErrorCode::kNone) {
    if (call.version >= kFirstVersionWithLeader) {
      tell_leader(call, found, answer.current_leader, endpoints);
    }
    return;
  }
  const Partition& partition = *found.partition;
  const Log& log = partition.log;
  const auto [end_offset, high_watermark] = partition.extent_at(call.node.id());
  answer.preferred_read_replica =
      preferred_replica(call, partition, limits.rack, asked.fetch_offset);
  if (answer.preferred_read_replica >= 0) return fill_offsets(log, high_watermark, answer);
  if (asked.fetch_offset < log.start_offset()) {
    answer.error_code = ErrorCode::kOffsetOutOfRange;
    return;
  }
  const EpochEnd epoch_end = partition.leader() == call.node.id()
                                 ? log.end_of_epoch(asked.last_fetched_epoch)
                                 : log.end_of_epoch(asked.last_fetched_epoch, end_offset);
  if (diverges(epoch_end, asked, answer)) {
    if (answer.error_code == ErrorCode::kNone) fill_offsets(log, high_watermark, answer);
    return;
  }
  if (asked.fetch_offset > end_offset) {
    answer.error_code = ErrorCode::kOffsetOutOfRange;
    return;
  }
  fill_offsets(log, high_watermark, answer);
  read_records(call, log, asked, limits, answer);
}

}  // namespace kmirror::broker
