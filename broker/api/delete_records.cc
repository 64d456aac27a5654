// DeleteRecords, versions 0 to 2: moves the start of partitions on (KIP-107). Followers have it at
// once, so that nothing is waited for.
#include "protocol/messages/delete_records.h"

#include "broker/api/handlers.h"
#include "broker/api/partition_lookup.h"

namespace kmirror::broker {

using protocol::DeleteRecordsRequest;
using protocol::DeleteRecordsResponse;
using protocol::ErrorCode;

namespace {

constexpr std::int64_t kHighWatermark = -1;

ErrorCode delete_up_to(CallContext& call, std::string_view topic, std::int64_t offset,
                       Partition& partition) {
  if (!call.cluster.find_topic(topic)->config.values().deletes) return ErrorCode::kPolicyViolation;
  if (offset == kHighWatermark) offset = partition.high_watermark();
  if (offset < 0 || offset > partition.high_watermark()) return ErrorCode::kOffsetOutOfRange;
  partition.log.advance_start(offset);
  partition.notify();
  return ErrorCode::kNone;
}

}  // namespace

void delete_records(CallContext& call, const DeleteRecordsRequest& request,
                    DeleteRecordsResponse& response) {
  for (const auto& topic : request.topics) {
    auto& topic_answer = response.topics.emplace_back();
    topic_answer.name = topic.name;
    for (const auto& asked : topic.partitions) {
      auto& answer = topic_answer.partitions.emplace_back();
      answer.partition_index = asked.partition_index;
      answer.low_watermark = -1;
      const auto found = look_up(call, topic.name, asked.partition_index, -1);
      answer.error_code = found.error;
      if (found.error == ErrorCode::kNone) {
        answer.error_code = delete_up_to(call, topic.name, asked.offset, *found.partition);
      }
      if (answer.error_code == ErrorCode::kNone) {
        answer.low_watermark = found.partition->log.start_offset();
      }
    }
  }
}

}  // namespace kmirror::broker
