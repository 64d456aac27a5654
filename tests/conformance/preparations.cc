// The parts of Story that prepare what a story is about, and wait until the cluster is ready.
#include "conformance/story.h"
#include "protocol/error_code.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/end_txn.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_fetch.h"

namespace kmirror::conformance {
namespace {

using protocol::ErrorCode;

bool is_passing(ErrorCode code) {
  return code == ErrorCode::kCoordinatorLoadInProgress || code == ErrorCode::kNotCoordinator ||
         code == ErrorCode::kCoordinatorNotAvailable;
}

std::vector<protocol::ConfigEntry> entries_of(std::string_view configs) {
  std::vector<protocol::ConfigEntry> entries;
  while (!configs.empty()) {
    const std::string_view pair = configs.substr(0, configs.find(' '));
    configs.remove_prefix(std::min(configs.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    entries.push_back({.name = pair.substr(0, equals), .value = pair.substr(equals + 1)});
  }
  return entries;
}

protocol::MetadataRequest metadata_of(std::string_view topic) {
  protocol::MetadataRequest request;
  request.topics->push_back({.name = topic});
  request.allow_auto_topic_creation = false;
  return request;
}

bool is_whole(const protocol::MetadataResponse& metadata, std::size_t partitions) {
  for (const auto& topic : metadata.topics) {
    if (topic.error_code != ErrorCode::kNone || topic.partitions.size() != partitions) return false;
    for (const auto& partition : topic.partitions) {
      if (partition.error_code != ErrorCode::kNone || partition.leader_id < 0) return false;
    }
  }
  return !metadata.topics.empty();
}

bool is_led(const protocol::ListOffsetsResponse& offsets) {
  for (const auto& topic : offsets.topics) {
    for (const auto& partition : topic.partitions) {
      if (partition.error_code != ErrorCode::kNone) return false;
    }
  }
  return !offsets.topics.empty();
}

// A request that a coordinator refuses once it knows what it has.
protocol::EndTxnRequest probe_of(std::string_view transactional_id) {
  return {.transactional_id = transactional_id, .producer_id = 1'000'000'000};
}

}  // namespace

Awaitable<Topic> Story::topic(std::string_view configs, int partitions, int node) {
  static constexpr std::string_view kNames[] = {"t", "u", "v", "w"};
  Topic made{.name = name(kNames[topics_++ % std::size(kNames)])};
  protocol::CreateTopicsRequest request;
  auto& topic = request.topics.emplace_back();
  topic.name = made.name;
  topic.num_partitions = -1;
  topic.replication_factor = -1;
  topic.configs = entries_of(configs);
  for (int i = 0; i < partitions; ++i) {
    topic.assignments.push_back({.partition_index = i, .broker_ids = {node}});
  }
  const Reply reply = co_await ask(To{1, kPreparing}, request, 7);
  const auto& created = reply.as<protocol::CreateTopicsResponse>().topics;
  if (created.empty() || created[0].error_code != ErrorCode::kNone) {
    note("the topic was not created");
    co_return made;
  }
  made.id = created[0].topic_id;
  co_await until_known(made, partitions);

  protocol::ListOffsetsRequest offsets;
  offsets.replica_id = -1;
  auto& asked = offsets.topics.emplace_back();
  asked.name = made.name;
  for (int i = 0; i < partitions; ++i)
    asked.partitions.push_back({.partition_index = i, .timestamp = -1});
  for (int i = 0; i < kBreaths; ++i) {
    const Reply led = co_await ask(To{node, kPreparing}, offsets, 7);
    if (is_led(led.as<protocol::ListOffsetsResponse>())) break;
    co_await breathe();
  }
  co_return made;
}

Awaitable<void> Story::until_known(const Topic& topic, int partitions) {
  const auto request = metadata_of(topic.name);
  for (const auto& [node, address] : stage_.nodes) {
    for (int i = 0; i < kBreaths; ++i) {
      const Reply reply = co_await ask(To{node, kPreparing}, request, 12);
      const auto& metadata = reply.as<protocol::MetadataResponse>();
      if (is_whole(metadata, static_cast<std::size_t>(partitions))) break;
      co_await breathe();
    }
  }
}

Awaitable<void> Story::until_gone(std::string_view name) {
  const auto request = metadata_of(name);
  for (const auto& [node, address] : stage_.nodes) {
    for (int i = 0; i < kBreaths; ++i) {
      const Reply reply = co_await ask(To{node, kPreparing}, request, 12);
      const auto& topics = reply.as<protocol::MetadataResponse>().topics;
      if (!topics.empty() && topics[0].error_code == ErrorCode::kUnknownTopicOrPartition) break;
      co_await breathe();
    }
  }
}

Awaitable<To> Story::coordinator(std::string_view key, std::int8_t key_type) {
  protocol::FindCoordinatorRequest find;
  find.key_type = key_type;
  find.coordinator_keys.push_back(key);
  protocol::OffsetFetchRequest offsets;
  offsets.group_id = key;
  const auto probe = probe_of(key);
  for (int i = 0; i < kBreaths; ++i) {
    const Reply found = co_await ask(To{1, kPreparing}, find, 4);
    const auto& coordinators = found.as<protocol::FindCoordinatorResponse>().coordinators;
    if (!coordinators.empty() && coordinators[0].error_code == ErrorCode::kNone) {
      const int node = coordinators[0].node_id;
      bool ready = false;
      if (key_type == 0) {
        const Reply reply = co_await ask(To{node, kPreparing}, offsets, 7);
        ready = reply.has_come && !is_passing(reply.as<protocol::OffsetFetchResponse>().error_code);
      } else {
        const Reply reply = co_await ask(To{node, kPreparing}, probe, 3);
        ready = reply.has_come && !is_passing(reply.as<protocol::EndTxnResponse>().error_code);
      }
      if (ready) co_return To{node, kCoordinatorLine};
    }
    co_await breathe();
  }
  note("no coordinator");
  co_return To{1};
}

}  // namespace kmirror::conformance
