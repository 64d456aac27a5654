// Topics: created, grown, emptied, deleted.
#include "conformance/admin_steps.h"
#include "conformance/steps.h"
#include "conformance/stories.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/metadata.h"

namespace kmirror::conformance {
namespace {

using protocol::CreateTopicsRequest;

Awaitable<void> created(Story& s) {
  const Topic topic{.name = s.name("t")};
  auto request = create_request(topic.name);
  request.topics[0].num_partitions = 3;
  co_await create(s, request);
  co_await s.until_known(topic, 3);
  co_await create(s, request);
}

Awaitable<void> create_versions(Story& s) {
  for (std::int16_t version = 2; version <= 7; ++version) {
    const std::string plain = "t" + std::to_string(version);
    const std::string name = s.name(plain);
    auto request = create_request(name);
    request.validate_only = true;
    co_await create(s, std::move(request), version);
  }
}

Awaitable<void> validated(Story& s) {
  const std::string name = s.name("t");
  auto request = create_request(name);
  request.validate_only = true;
  co_await create(s, request);
  request.validate_only = false;
  co_await create(s, request);
}

Awaitable<void> named(Story& s, std::string name) {
  co_await create(s, create_request(name));
}

Awaitable<void> with_defaults(Story& s) {
  const std::string name = s.name("t");
  auto request = create_request(name);
  request.topics[0].num_partitions = -1;
  request.topics[0].replication_factor = -1;
  request.validate_only = true;
  co_await create(s, std::move(request));
}

Awaitable<void> counted(Story& s, std::int32_t partitions, std::int16_t replicas) {
  const std::string name = s.name("t");
  auto request = create_request(name);
  request.topics[0].num_partitions = partitions;
  request.topics[0].replication_factor = replicas;
  co_await create(s, std::move(request));
}

Awaitable<void> configured(Story& s, std::string_view key, std::optional<std::string_view> value) {
  const std::string name = s.name("t");
  auto request = create_request(name);
  request.topics[0].configs.push_back({.name = key, .value = value});
  request.validate_only = true;
  co_await create(s, std::move(request), 4);
}

using Replicas = std::vector<std::vector<std::int32_t>>;
Awaitable<void> assigned(Story& s, Replicas replicas, std::int32_t first = 0,
                         std::int32_t partitions = -1) {
  const std::string name = s.name("t");
  auto request = create_request(name);
  auto& topic = request.topics[0];
  topic.num_partitions = partitions;
  topic.replication_factor = -1;
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    topic.assignments.push_back(
        {.partition_index = first + static_cast<std::int32_t>(i), .broker_ids = replicas[i]});
  }
  request.validate_only = true;
  co_await create(s, std::move(request));
}

Awaitable<void> one_of_two(Story& s) {
  const std::string good = s.name("good");
  auto request = create_request(good);
  request.topics.push_back({.name = "a/b", .num_partitions = 1, .replication_factor = 1});
  co_await create(s, std::move(request));
}

Awaitable<void> twice_in_one_request(Story& s) {
  const std::string name = s.name("t");
  auto request = create_request(name);
  request.topics.push_back(request.topics[0]);
  co_await create(s, std::move(request));
}

Awaitable<void> grow(Story& s, std::string_view name, std::int32_t count,
                     bool validate_only = false) {
  protocol::CreatePartitionsRequest request;
  request.timeout_ms = 10'000;
  request.validate_only = validate_only;
  request.topics.push_back({.name = name, .count = count, .assignments = std::nullopt});
  co_await s.call(To{}, request, 3);
}

Awaitable<void> grown(Story& s) {
  const Topic topic = co_await s.topic("", 2);
  co_await grow(s, topic.name, 3, true);
  co_await grow(s, topic.name, 2);
  co_await grow(s, topic.name, 1);
  co_await grow(s, topic.name, 0);
  co_await grow(s, topic.name, 4);
  co_await s.until_known(topic, 4);
  co_await produce(s, topic, plain(1), {.partition = 0});
  co_await grow(s, topic.name, 4);
}

Awaitable<void> grown_missing(Story& s) {
  const std::string name = s.name("missing");
  co_await grow(s, name, 3);
}

Awaitable<void> grown_with_assignments(Story& s) {
  const Topic topic = co_await s.topic();
  protocol::CreatePartitionsRequest request;
  request.timeout_ms = 10'000;
  request.topics.push_back({.name = topic.name, .count = 3});
  request.topics[0].assignments->push_back({.broker_ids = {2}});
  co_await s.call(To{}, request, 3);
  request.topics[0].assignments->push_back({.broker_ids = {9}});
  co_await s.call(To{}, request, 3);
  request.topics[0].assignments->back().broker_ids = {3};
  co_await s.call(To{}, request, 3);
}

Awaitable<void> delete_records(Story& s, const Topic& topic, std::int64_t offset,
                               std::int32_t partition = 0, To to = {}) {
  protocol::DeleteRecordsRequest request;
  request.timeout_ms = 10'000;
  request.topics.push_back(
      {.name = topic.name, .partitions = {{.partition_index = partition, .offset = offset}}});
  co_await s.call(to, request, 2);
}

Awaitable<void> emptied(Story& s, std::string_view configs) {
  const Topic topic = co_await s.topic(configs);
  co_await store(s, topic, plain(5));
  co_await delete_records(s, topic, 2);
  co_await delete_records(s, topic, 1);
  co_await delete_records(s, topic, 6);
  co_await delete_records(s, topic, -2);
  co_await delete_records(s, topic, -1);
  co_await list_offsets(s, topic, kEarliest);
  co_await produce(s, topic, plain(1));
}

Awaitable<void> emptied_elsewhere(Story& s) {
  const Topic topic = co_await s.topic();
  co_await delete_records(s, topic, 0, 0, To{2});
  co_await delete_records(s, topic, 0, 7);
  const Topic missing{.name = s.name("missing")};
  co_await delete_records(s, missing, 0);
}

Awaitable<void> deleted_by_name(Story& s) {
  const Topic topic = co_await s.topic();
  const std::string missing = s.name("missing");
  protocol::DeleteTopicsRequest request;
  request.timeout_ms = 10'000;
  request.topic_names = {topic.name, missing};
  co_await s.call(To{}, request, 5);
  co_await s.until_gone(topic.name);
  co_await produce(s, topic, plain(1));
  co_await fetch(s, topic, 0, {.version = 13});
}

Awaitable<void> deleted_by_id(Story& s) {
  const Topic topic = co_await s.topic();
  const Topic other = co_await s.topic();
  protocol::DeleteTopicsRequest request;
  request.timeout_ms = 10'000;
  request.topics.push_back({.topic_id = topic.id});
  request.topics.push_back({.name = other.name});
  protocol::Uuid unknown;
  unknown.bytes.fill(5);
  request.topics.push_back({.topic_id = unknown});
  co_await s.call(To{}, request, 6);
}

Awaitable<void> deleted_by_both(Story& s) {
  const Topic topic = co_await s.topic();
  protocol::DeleteTopicsRequest request;
  request.timeout_ms = 10'000;
  request.topics.push_back({.name = topic.name, .topic_id = topic.id});
  co_await s.call(To{}, request, 6);
}

// The same name, another id: what was known of the old one is refused.
Awaitable<void> created_again(Story& s) {
  const Topic before = co_await s.topic();
  co_await store(s, before, plain(3));
  protocol::DeleteTopicsRequest request;
  request.timeout_ms = 10'000;
  request.topic_names = {before.name};
  co_await s.call(To{}, request, 5);
  co_await s.until_gone(before.name);
  auto again = create_request(before.name);
  again.topics[0].num_partitions = -1;
  again.topics[0].replication_factor = -1;
  again.topics[0].assignments.push_back({.broker_ids = {1}});
  co_await create(s, std::move(again));
  co_await s.until_known(before, 1);
  co_await until_end(s, before, 0);
  co_await fetch(s, before, 0, {.version = 13});
  co_await fetch(s, before, 3);
}

constexpr Telling kStories[] = {
    {"a topic is created once", created},
    {"every version of CreateTopics from 2 on is answered", create_versions},
    {"a topic that is only validated is not there", validated},
    {"a topic with the broker's defaults", with_defaults},
    {"a topic without a name is INVALID_TOPIC_EXCEPTION", [](Story& s) { return named(s, ""); }},
    {"a topic named by a dot is INVALID_TOPIC_EXCEPTION", [](Story& s) { return named(s, "."); }},
    {"a topic name of other letters is INVALID_TOPIC_EXCEPTION",
     [](Story& s) { return named(s, "a b"); }},
    {"a topic name of 250 letters is INVALID_TOPIC_EXCEPTION",
     [](Story& s) { return named(s, std::string(250, 'a')); }},
    {"no partitions are INVALID_PARTITIONS", [](Story& s) { return counted(s, 0, 1); }},
    {"a negative number of partitions is INVALID_PARTITIONS",
     [](Story& s) { return counted(s, -2, 1); }},
    {"no replicas are INVALID_REPLICATION_FACTOR", [](Story& s) { return counted(s, 1, 0); }},
    {"more replicas than brokers are INVALID_REPLICATION_FACTOR",
     [](Story& s) { return counted(s, 1, 4); }},
    {"an unknown key is INVALID_CONFIG", [](Story& s) { return configured(s, "no.key", "1"); }},
    {"a value that is no number is INVALID_CONFIG",
     [](Story& s) { return configured(s, "retention.ms", "soon"); }},
    {"a value out of range is INVALID_CONFIG",
     [](Story& s) { return configured(s, "max.message.bytes", "-1"); }},
    {"a value that is none of its list is INVALID_CONFIG",
     [](Story& s) { return configured(s, "cleanup.policy", "keep"); }},
    {"a null value is INVALID_CONFIG",
     [](Story& s) { return configured(s, "retention.ms", std::nullopt); }},
    {"replicas that are assigned",
     [](Story& s) {
       return assigned(s, {{1, 2}, {3, 1}});
     }},
    {"replicas on an unknown broker are INVALID_REPLICA_ASSIGNMENT",
     [](Story& s) { return assigned(s, {{9}}); }},
    {"replicas twice on a broker are INVALID_REPLICA_ASSIGNMENT",
     [](Story& s) {
       return assigned(s, {{1, 1}});
     }},
    {"partitions of unlike numbers of replicas are INVALID_REPLICA_ASSIGNMENT",
     [](Story& s) {
       return assigned(s, {{1, 2}, {3}});
     }},
    {"a partition without replicas is INVALID_REPLICA_ASSIGNMENT",
     [](Story& s) { return assigned(s, {{}}); }},
    {"assigned partitions that do not begin with 0 are INVALID_REPLICA_ASSIGNMENT",
     [](Story& s) {
       return assigned(s, {{1}, {2}}, 1);
     }},
    {"assigned partitions beside a number of them are INVALID_REQUEST",
     [](Story& s) { return assigned(s, {{1}}, 0, 1); }},
    {"of several topics each has its own answer", one_of_two},
    {"a topic twice in a request is refused", twice_in_one_request},
    {"partitions are added", grown},
    {"partitions of a missing topic", grown_missing},
    {"partitions are added on chosen brokers", grown_with_assignments},
    {"records are deleted", [](Story& s) { return emptied(s, ""); }},
    {"a compacted topic refuses to delete records",
     [](Story& s) { return emptied(s, "cleanup.policy=compact"); }},
    {"a topic that is compacted and deleted deletes records",
     [](Story& s) { return emptied(s, "cleanup.policy=compact,delete"); }},
    {"records are deleted by the leader alone", emptied_elsewhere},
    {"topics are deleted by name", deleted_by_name},
    {"topics are deleted by id", deleted_by_id},
    {"a topic by name and id at once is refused", deleted_by_both},
    {"a topic that was created again is another", created_again},
};

}  // namespace

std::span<const Telling> topic_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
