// DescribeProducers, version 0: the producers that a replica of a partition remembers (KIP-664).
// Replicas have one log here, so each tells what the leader knows.
#include "protocol/messages/describe_producers.h"

#include "broker/api/handlers.h"
#include "broker/api/partition_lookup.h"

namespace kmirror::broker {

using protocol::DescribeProducersRequest;
using protocol::DescribeProducersResponse;
using protocol::ErrorCode;

namespace {

void describe(const ProducerStates& producers, DescribeProducersResponse::Partition& answer) {
  for (const auto& [id, state] : producers.all()) {
    auto& told = answer.active_producers.emplace_back();
    told.producer_id = id;
    told.producer_epoch = state.epoch;
    if (!state.batches.empty()) told.last_sequence = state.batches.back().last_sequence;
    told.last_timestamp = state.last_timestamp_ms;
    told.coordinator_epoch = state.coordinator_epoch;
    told.current_txn_start_offset = state.transaction_first_offset.value_or(-1);
  }
}

}  // namespace

void describe_producers(CallContext& call, const DescribeProducersRequest& request,
                        DescribeProducersResponse& response) {
  for (const auto& topic : request.topics) {
    auto& topic_answer = response.topics.emplace_back();
    topic_answer.name = topic.name;
    for (const std::int32_t index : topic.partition_indexes) {
      auto& answer = topic_answer.partitions.emplace_back();
      answer.partition_index = index;
      const auto found = look_up(call, topic.name, index, -1, From::kReplica);
      answer.error_code = found.error;
      if (found.error == ErrorCode::kNone) describe(found.partition->log.producers(), answer);
    }
  }
}

}  // namespace kmirror::broker
