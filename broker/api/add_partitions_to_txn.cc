// AddPartitionsToTxn, versions 0 to 5: partitions that a transaction is going to write to. Versions
// from 4 on carry several transactions and are for brokers (KIP-890), which take them from anybody
// here; they may only ask whether the partitions are in.
#include "protocol/messages/add_partitions_to_txn.h"

#include <vector>

#include "broker/api/handlers.h"
#include "broker/api/transaction_lookup.h"
#include "broker/transactions.h"

namespace kmirror::broker {

using protocol::AddPartitionsToTxnRequest;
using protocol::AddPartitionsToTxnResponse;
using protocol::ErrorCode;

namespace {

constexpr std::int16_t kFencedSince = 2;
constexpr std::int16_t kFirstBatched = 4;
constexpr std::int16_t kFirstNew = 5;

// All or none of them are added.
std::vector<AddPartitionsToTxnResponse::Topic> answer(
    CallContext& call, const AddPartitionsToTxnRequest::Transaction& wanted) {
  Transaction::Partitions partitions;
  bool all_exist = true;
  for (const auto& topic : wanted.topics) {
    for (const std::int32_t index : topic.partitions) {
      partitions.insert({std::string(topic.name), index});
      if (!call.cluster.find_partition(topic.name, index)) all_exist = false;
    }
  }
  const ProducerIdAndEpoch producer{.id = wanted.producer_id, .epoch = wanted.producer_epoch};
  Transactions& transactions = call.cluster.transactions();
  ErrorCode error = ErrorCode::kOperationNotAttempted;
  if (all_exist) error = check_coordinator(call, wanted.transactional_id);
  if (all_exist && error == ErrorCode::kNone && !wanted.verify_only) {
    const auto version =
        call.version >= kFirstNew ? Transaction::Version::k2 : Transaction::Version::k1;
    error = transactions.add(wanted.transactional_id, producer, partitions, version);
  }
  std::vector<AddPartitionsToTxnResponse::Topic> topics;
  for (const auto& topic : wanted.topics) {
    auto& told = topics.emplace_back();
    told.name = topic.name;
    for (const std::int32_t index : topic.partitions) {
      ErrorCode own = fenced_since(call, kFencedSince, error);
      if (!call.cluster.find_partition(topic.name, index)) {
        own = ErrorCode::kUnknownTopicOrPartition;
      } else if (wanted.verify_only && error == ErrorCode::kNone) {
        own = transactions.verify(wanted.transactional_id, producer,
                                  {std::string(topic.name), index});
      }
      told.results_by_partition.push_back(
          {.partition_index = index, .partition_error_code = own, .unknown_tagged_fields = {}});
    }
  }
  return topics;
}

}  // namespace

void add_partitions_to_txn(CallContext& call, const AddPartitionsToTxnRequest& request,
                           AddPartitionsToTxnResponse& response) {
  if (call.version >= kFirstBatched) {
    for (const auto& wanted : request.transactions) {
      auto& result = response.results_by_transaction.emplace_back();
      result.transactional_id = wanted.transactional_id;
      result.topic_results = answer(call, wanted);
    }
    return;
  }
  AddPartitionsToTxnRequest::Transaction wanted;
  wanted.transactional_id = request.v3_and_below_transactional_id;
  wanted.producer_id = request.v3_and_below_producer_id;
  wanted.producer_epoch = request.v3_and_below_producer_epoch;
  wanted.topics = request.v3_and_below_topics;
  response.results_by_topic_v3_and_below = answer(call, wanted);
}

}  // namespace kmirror::broker
