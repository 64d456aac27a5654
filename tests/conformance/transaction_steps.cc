#include "conformance/transaction_steps.h"

#include "protocol/messages/add_offsets_to_txn.h"
#include "protocol/messages/add_partitions_to_txn.h"
#include "protocol/messages/end_txn.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/offset_fetch.h"
#include "protocol/messages/txn_offset_commit.h"

namespace kmirror::conformance {
namespace {

constexpr auto kPassing = protocol::ErrorCode::kConcurrentTransactions;

protocol::OffsetFetchRequest fetch_of(std::string_view group, std::string_view topic) {
  protocol::OffsetFetchRequest request;
  request.group_id = group;
  request.topics->push_back({.name = topic, .partition_indexes = {0}});
  return request;
}

}  // namespace

Awaitable<Transactional> begin(Story& story, std::string_view name) {
  Transactional made{.id = story.name(name)};
  made.coordinator = co_await story.coordinator(made.id, 1);
  made.producer = co_await init(story, made);
  co_return made;
}

Awaitable<Producer> init(Story& story, const Transactional& owner, InitOptions options) {
  protocol::InitProducerIdRequest request;
  request.transactional_id = owner.id;
  request.transaction_timeout_ms = options.timeout_ms;
  request.producer_id = options.expected.id;
  request.producer_epoch = options.expected.epoch;
  const Reply reply = co_await story.settled(owner.coordinator, request, options.version, kPassing);
  const auto& given = reply.as<protocol::InitProducerIdResponse>();
  co_return Producer{given.producer_id, given.producer_epoch};
}

Awaitable<void> add(Story& story, const Transactional& as, const Topic& topic,
                    std::int32_t partition) {
  protocol::AddPartitionsToTxnRequest request;
  request.v3_and_below_transactional_id = as.id;
  request.v3_and_below_producer_id = as.producer.id;
  request.v3_and_below_producer_epoch = as.producer.epoch;
  request.v3_and_below_topics.push_back({.name = topic.name, .partitions = {partition}});
  co_await story.settled(as.coordinator, request, 3, kPassing);
}

Awaitable<void> add_offsets(Story& story, const Transactional& as, std::string_view group) {
  protocol::AddOffsetsToTxnRequest request;
  request.transactional_id = as.id;
  request.producer_id = as.producer.id;
  request.producer_epoch = as.producer.epoch;
  request.group_id = group;
  co_await story.settled(as.coordinator, request, 3, kPassing);
}

Awaitable<Producer> end(Story& story, const Transactional& as, bool committed,
                        std::int16_t version) {
  protocol::EndTxnRequest request;
  request.transactional_id = as.id;
  request.producer_id = as.producer.id;
  request.producer_epoch = as.producer.epoch;
  request.committed = committed;
  const Reply reply = co_await story.settled(as.coordinator, request, version, kPassing);
  const auto& given = reply.as<protocol::EndTxnResponse>();
  if (given.producer_id < 0) co_return as.producer;
  co_return Producer{given.producer_id, given.producer_epoch};
}

Awaitable<void> produce_in(Story& story, const Transactional& as, const Topic& topic,
                           std::int32_t sequence, int count, std::int16_t version) {
  const Buffer batch = batch_of(transactional(as.producer, sequence, count));
  protocol::ProduceRequest request;
  request.transactional_id = as.id;
  request.acks = -1;
  request.timeout_ms = 10'000;
  request.topic_data.push_back(
      {.name = topic.name, .partition_data = {{.records = protocol::RecordsView(batch)}}});
  // What a transaction that is still ending means to clients that know no better.
  const auto passing = version >= 12 ? kPassing : protocol::ErrorCode::kNotEnoughReplicas;
  co_await story.settled(To{}, request, version, passing);
}

Awaitable<void> commit_in(Story& story, const Transactional& as, std::string_view group,
                          std::string_view topic, std::int64_t offset, TxnCommitOptions options) {
  const To coordinator = co_await story.coordinator(group, 0);
  protocol::TxnOffsetCommitRequest request;
  request.transactional_id = as.id;
  request.group_id = group;
  request.producer_id = as.producer.id;
  request.producer_epoch = as.producer.epoch;
  request.generation_id = options.generation;
  request.member_id = options.member;
  request.topics.push_back(
      {.name = topic,
       .partitions = {{.committed_offset = offset, .committed_metadata = options.metadata}}});
  co_await story.settled(coordinator, request, options.version, kPassing);
}

Awaitable<void> committed(Story& story, std::string_view group, std::string_view topic,
                          bool require_stable) {
  const To coordinator = co_await story.coordinator(group, 0);
  auto request = fetch_of(group, topic);
  request.require_stable = require_stable;
  co_await story.call(coordinator, request, 7);
}

Awaitable<void> until_stable(Story& story, std::string_view group, std::string_view topic) {
  const To coordinator = co_await story.coordinator(group, 0);
  auto request = fetch_of(group, topic);
  request.require_stable = true;
  for (int i = 0; i < 500; ++i) {
    const Reply reply = co_await story.ask(coordinator, request, 7);
    const auto& topics = reply.as<protocol::OffsetFetchResponse>().topics;
    const bool is_stable =
        !topics.empty() && topics[0].partitions.at(0).error_code == protocol::ErrorCode::kNone;
    if (is_stable) co_return;
    co_await story.breathe();
  }
  story.note("the offsets stayed pending");
}

}  // namespace kmirror::conformance
