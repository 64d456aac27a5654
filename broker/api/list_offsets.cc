// ListOffsets, versions 0 to 10: the ends of a log, and the first record that is not older than a
// time. Readers see up to the high watermark, or the last stable offset. Version 0 gives where
// segments begin. Left out: tiered storage, of which there is none.
#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "broker/api/handlers.h"
#include "broker/api/partition_lookup.h"
#include "protocol/messages/list_offsets.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;

namespace {

constexpr std::int64_t kLatest = -1;
constexpr std::int64_t kEarliest = -2;
constexpr std::int64_t kNewestTimestamp = -3;
constexpr std::int64_t kEarliestLocal = -4;
constexpr std::int64_t kLatestTiered = -5;

constexpr std::int16_t kFirstVersionWithEpoch = 4;

// The first version in which a time has a special meaning.
std::int16_t first_version_with(std::int64_t timestamp_ms) {
  switch (timestamp_ms) {
    case kNewestTimestamp:
      return 7;
    case kEarliestLocal:
      return 8;
    case kLatestTiered:
      return 9;
    default:
      return timestamp_ms >= kEarliest ? 0 : std::numeric_limits<std::int16_t>::max();
  }
}

using Asked = std::map<std::pair<std::string_view, std::int32_t>, int>;

Asked count(const ListOffsetsRequest& request) {
  Asked asked;
  for (const auto& topic : request.topics) {
    for (const auto& partition : topic.partitions) ++asked[{topic.name, partition.partition_index}];
  }
  return asked;
}

TimestampAndOffset find(const Partition& partition, std::int64_t timestamp_ms,
                        std::int64_t limit_offset) {
  const Log& log = partition.log;
  switch (timestamp_ms) {
    case kLatest:
      return {.offset = limit_offset, .leader_epoch = log.epoch_at(limit_offset)};
    case kEarliest:
    case kEarliestLocal:
      return {.offset = log.start_offset(), .leader_epoch = log.epoch_at(log.start_offset())};
    case kNewestTimestamp:
      return log.newest_timestamp(limit_offset).value_or(TimestampAndOffset{});
    case kLatestTiered:
      return {};
    default:
      return log.find_timestamp(timestamp_ms, limit_offset).value_or(TimestampAndOffset{});
  }
}

// Newest first, as many as are wanted.
std::vector<std::int64_t> segment_starts(const Partition& partition,
                                         const ListOffsetsRequest::Partition& asked) {
  std::vector<std::int64_t> starts;
  if (asked.timestamp != kEarliest) starts.push_back(partition.high_watermark());
  const auto& segments = partition.log.segments();
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    const std::int64_t start = std::max(segment->base_offset, partition.log.start_offset());
    if (starts.empty() || start < starts.back()) starts.push_back(start);
  }
  if (asked.timestamp == kEarliest) starts = {starts.back()};
  starts.resize(std::min<std::size_t>(starts.size(), std::max(asked.max_num_offsets, 0)));
  return starts;
}

}  // namespace

void list_offsets(CallContext& call, const ListOffsetsRequest& request,
                  ListOffsetsResponse& response) {
  Asked asked_for = count(request);
  for (const auto& topic : request.topics) {
    auto& topic_answer = response.topics.emplace_back();
    topic_answer.name = topic.name;
    for (const auto& asked : topic.partitions) {
      // Of one that is asked for several times 4.0 tells once that this is wrong.
      int& times = asked_for[{topic.name, asked.partition_index}];
      if (times == 0) continue;
      auto& answer = topic_answer.partitions.emplace_back();
      answer.partition_index = asked.partition_index;
      if (times > 1) {
        answer.error_code = ErrorCode::kInvalidRequest;
        if (call.cluster.release() >= Release{4, 0}) times = 0;
        continue;
      }
      const auto found =
          look_up(call, topic.name, asked.partition_index, asked.current_leader_epoch);
      answer.error_code = found.error;
      if (found.error != ErrorCode::kNone) continue;
      const Partition& partition = *found.partition;
      if (call.version == 0) {
        answer.old_style_offsets = segment_starts(partition, asked);
        continue;
      }
      if (call.version < first_version_with(asked.timestamp)) {
        answer.error_code = ErrorCode::kUnsupportedVersion;
        continue;
      }
      const bool committed = request.isolation_level == 1;
      const auto result =
          find(partition, asked.timestamp,
               committed ? partition.last_stable_offset() : partition.high_watermark());
      answer.timestamp = result.timestamp_ms;
      answer.offset = result.offset;
      if (call.version >= kFirstVersionWithEpoch) answer.leader_epoch = result.leader_epoch;
    }
  }
}

}  // namespace kmirror::broker
