#include "broker/api/append.h"

#include <algorithm>
#include <utility>

#include "broker/api/transaction_lookup.h"
#include "broker/core/accept_batch.h"
#include "broker/transactions.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/batch_view.h"

namespace kmirror::broker {

using protocol::BatchView;
using protocol::ErrorCode;
using protocol::ProduceRequest;

namespace {

constexpr std::int16_t kFirstVersionOfNewTransactions = 12;  // KIP-890
constexpr std::int16_t kFirstVersionWithAbortable = 11;

// More than there are replicas mean all of them (Partition.effectiveMinIsr).
bool has_too_few_replicas(const CallContext& call, const Partition& partition,
                          const TopicConfig::Values& config) {
  auto wanted = static_cast<std::size_t>(config.min_in_sync_replicas);
  if (call.cluster.release() >= Release{3, 7}) {
    wanted = std::min(wanted, partition.replicas().size());
  }
  return partition.in_sync().size() < wanted;
}

}  // namespace

void Append::fail(CallContext& call, ErrorCode error, std::string reason) {
  answer.error_code = error;
  answer.base_offset = -1;
  if (!reason.empty()) answer.error_message = call.keep(std::move(reason));
}

ErrorCode Append::verify(CallContext& call, const ProduceRequest& request) {
  const auto producer = find_transactional_producer(asked);
  if (!producer || call.cluster.release() < Release{3, 6}) return ErrorCode::kNone;
  const auto* const state = partition->log.producers().find(producer->id);
  const bool is_open =
      state != nullptr && state->epoch == producer->epoch && state->transaction_first_offset;
  if (is_open) return ErrorCode::kNone;
  const net::TopicPartition where{topic, asked.index};
  Transactions& transactions = call.cluster.transactions();
  const std::string_view id = *request.transactional_id;
  if (call.version >= kFirstVersionOfNewTransactions) {
    return verification_error(transactions.add(id, *producer, {where}, Transaction::Version::k2),
                              true);
  }
  const ErrorCode error = transactions.verify(id, *producer, where);
  // Producers of that time know no other way to try again.
  if (error == ErrorCode::kConcurrentTransactions) return ErrorCode::kNotEnoughReplicas;
  return verification_error(error, call.version >= kFirstVersionWithAbortable);
}

std::optional<ProducerIdAndEpoch> find_transactional_producer(
    const ProduceRequest::Partition& asked) {
  if (!asked.records) return std::nullopt;
  protocol::BatchReader reader(asked.records->bytes());
  while (reader.next() == protocol::BatchReader::Step::kBatch) {
    const BatchView batch = reader.batch();
    if (batch.is_transactional() && batch.producer_id() >= 0) {
      return ProducerIdAndEpoch{.id = batch.producer_id(), .epoch = batch.producer_epoch()};
    }
  }
  return std::nullopt;
}

void Append::run(CallContext& call, const ProduceRequest& request) {
  const ErrorCode unverified = verify(call, request);
  if (unverified != ErrorCode::kNone) return fail(call, unverified);
  const TopicConfig::Values& config = call.cluster.find_topic(topic)->config.values();
  if (request.acks == -1 && has_too_few_replicas(call, *partition, config)) {
    return fail(call, ErrorCode::kNotEnoughReplicas);
  }
  const ConstBytes records = asked.records ? asked.records->bytes() : ConstBytes();
  AcceptedBatch accepted = accept_batch(records, {.topic = config,
                                                  .release = call.cluster.release(),
                                                  .produce_version = call.version,
                                                  .now_ms = call.cluster.wall_clock_ms()});
  if (accepted.has_log_start) answer.log_start_offset = partition->log.start_offset();
  if (accepted.error != ErrorCode::kNone) {
    const std::string_view reason = call.keep(accepted.reason);
    for (const std::int32_t index : accepted.bad_records) {
      auto& bad = answer.record_errors.emplace_back();
      bad.batch_index = index;
      bad.batch_index_error_message = reason;
    }
    return fail(call, accepted.error, std::move(accepted.reason));
  }
  const BatchView batch{ConstBytes(accepted.batch)};
  leader_epoch_ = partition->leader_epoch();
  if (batch.producer_id() >= 0) {
    const bool is_new_protocol = call.version >= kFirstVersionOfNewTransactions;
    const auto verdict = partition->log.producers().check(batch, is_new_protocol);
    if (verdict.error != ErrorCode::kNone) return fail(call, verdict.error);
    if (verdict.duplicate_of) {
      answer.base_offset = verdict.duplicate_of->first_offset;
      answer.log_append_time_ms = verdict.duplicate_of->timestamp_ms;
      end_offset_ = answer.base_offset + batch.last_offset_delta() + 1;
      return;
    }
  }
  if (config.timestamp_type == protocol::TimestampType::kLogAppendTime) {
    answer.log_append_time_ms = batch.max_timestamp_ms();
  }
  answer.base_offset = partition->log.append(std::move(accepted.batch), leader_epoch_,
                                             static_cast<std::size_t>(config.segment_bytes));
  end_offset_ = partition->log.end_offset();
  call.cluster.on_appended(partition);
}

bool Append::is_settled(CallContext& call) {
  if (partition->is_deleted) {
    answer.error_code = ErrorCode::kUnknownTopicOrPartition;
    return true;
  }
  if (partition->leader() != call.node.id() || partition->leader_epoch() != leader_epoch_) {
    answer.error_code = ErrorCode::kNotLeaderOrFollower;
    return true;
  }
  if (partition->high_watermark() < end_offset_) return false;
  const Topic* const known = call.cluster.find_topic(topic);
  if (known != nullptr && has_too_few_replicas(call, *partition, known->config.values())) {
    answer.error_code = ErrorCode::kNotEnoughReplicasAfterAppend;
  }
  return true;
}

}  // namespace kmirror::broker
