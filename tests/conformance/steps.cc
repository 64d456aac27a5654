#include "conformance/steps.h"

#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_offsets.h"

namespace kmirror::conformance {
namespace {

protocol::ListOffsetsRequest list_request(const Topic& topic, std::int64_t timestamp,
                                          ListOptions options) {
  protocol::ListOffsetsRequest request;
  request.replica_id = -1;
  request.isolation_level = options.isolation;
  auto& asked = request.topics.emplace_back();
  asked.name = topic.name;
  asked.partitions.push_back({.partition_index = options.partition,
                              .current_leader_epoch = options.leader_epoch,
                              .timestamp = timestamp});
  return request;
}

}  // namespace

Awaitable<void> produce(Story& story, const Topic& topic, Buffer batch, ProduceOptions options) {
  protocol::ProduceRequest request;
  request.transactional_id = options.transactional_id;
  request.acks = options.acks;
  request.timeout_ms = 10'000;
  auto& to = request.topic_data.emplace_back();
  if (options.version >= 13) {
    to.topic_id = topic.id;
  } else {
    to.name = topic.name;
  }
  to.partition_data.push_back(
      {.index = options.partition, .records = protocol::RecordsView(batch)});
  if (options.acks == 0) {
    co_await story.send_only(options.to, request, options.version);
  } else {
    co_await story.call(options.to, request, options.version);
  }
}

Awaitable<void> store(Story& story, const Topic& topic, Buffer batch) {
  const std::vector<Buffer> batches = {std::move(batch)};
  const auto request = produce_request(topic, batches);
  const Reply reply = co_await story.ask(To{}, request, 9);
  const auto& topics = reply.as<protocol::ProduceResponse>().responses;
  const bool is_stored = !topics.empty() && topics[0].partition_responses.at(0).error_code ==
                                                protocol::ErrorCode::kNone;
  if (!is_stored) story.note("nothing was stored");
}

Awaitable<void> produce_alone(Story& story, Buffer batch, std::string_view configs,
                              ProduceOptions options) {
  const Topic topic = co_await story.topic(configs);
  co_await produce(story, topic, std::move(batch), options);
  co_await fetch(story, topic, 0, {.max_wait_ms = 0});
}

protocol::ProduceRequest produce_request(const Topic& topic, const std::vector<Buffer>& batches) {
  protocol::ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 10'000;
  auto& to = request.topic_data.emplace_back();
  to.name = topic.name;
  for (const Buffer& batch : batches) {
    to.partition_data.push_back({.index = static_cast<std::int32_t>(to.partition_data.size()),
                                 .records = protocol::RecordsView(batch)});
  }
  return request;
}

protocol::FetchRequest fetch_request(const Topic& topic, std::int64_t offset,
                                     FetchOptions options) {
  protocol::FetchRequest request;
  request.max_wait_ms = options.max_wait_ms;
  request.min_bytes = options.min_bytes;
  request.max_bytes = options.max_bytes;
  request.isolation_level = options.isolation;
  auto& asked = request.topics.emplace_back();
  if (options.version >= 13) {
    asked.topic_id = topic.id;
  } else {
    asked.topic = topic.name;
  }
  asked.partitions.push_back({.partition = options.partition,
                              .current_leader_epoch = options.leader_epoch,
                              .fetch_offset = offset,
                              .last_fetched_epoch = options.last_fetched_epoch,
                              .partition_max_bytes = options.partition_max_bytes});
  return request;
}

Awaitable<void> fetch(Story& story, const Topic& topic, std::int64_t offset, FetchOptions options) {
  const auto request = fetch_request(topic, offset, options);
  co_await story.call(options.to, request, options.version);
}

Awaitable<void> list_offsets(Story& story, const Topic& topic, std::int64_t timestamp,
                             ListOptions options) {
  const auto request = list_request(topic, timestamp, options);
  co_await story.call(options.to, request, options.version);
}

Awaitable<void> until_end(Story& story, const Topic& topic, std::int64_t offset,
                          ListOptions options) {
  const auto request = list_request(topic, kLatest, options);
  for (int i = 0; i < 500; ++i) {
    const Reply reply = co_await story.ask(options.to, request, 7);
    const auto& topics = reply.as<protocol::ListOffsetsResponse>().topics;
    if (!topics.empty() && topics[0].partitions.at(0).offset == offset) co_return;
    co_await story.breathe();
  }
  story.note("the end did not come");
}

Awaitable<Producer> init_producer(Story& story) {
  protocol::InitProducerIdRequest request;
  request.transactional_id.reset();
  const Reply reply =
      co_await story.settled(To{}, request, 4, protocol::ErrorCode::kCoordinatorLoadInProgress);
  const auto& given = reply.as<protocol::InitProducerIdResponse>();
  co_return Producer{given.producer_id, given.producer_epoch};
}

}  // namespace kmirror::conformance
