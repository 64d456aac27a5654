// Configurations, and what a cluster says of itself.
#include "conformance/admin_steps.h"
#include "conformance/stories.h"
#include "protocol/messages/describe_cluster.h"
#include "protocol/messages/describe_configs.h"

namespace kmirror::conformance {
namespace {

using Keys = std::vector<std::string_view>;
using Changes = std::vector<Change>;

constexpr std::int8_t kSet = 0;
constexpr std::int8_t kDelete = 1;
constexpr std::int8_t kAppend = 2;
constexpr std::int8_t kSubtract = 3;

Awaitable<void> described(Story& s, Keys keys, bool synonyms, std::int16_t version = 4) {
  const Topic topic = co_await s.topic("retention.ms=1000 cleanup.policy=compact");
  co_await describe_configs(s, kTopicResource, topic.name, std::move(keys), synonyms, version);
}

Awaitable<void> described_missing(Story& s) {
  const std::string name = s.name("missing");
  Keys keys = {"retention.ms"};
  co_await describe_configs(s, kTopicResource, name, std::move(keys));
}

Awaitable<void> described_of(Story& s, std::int8_t type, std::string_view name, Keys keys) {
  co_await describe_configs(s, type, name, std::move(keys), false);
}

// Which keys there are is a release's own; that they are all there is not.
Awaitable<void> all_keys(Story& s) {
  const Topic topic = co_await s.topic();
  protocol::DescribeConfigsRequest request;
  auto& asked = request.resources.emplace_back();
  asked.resource_type = kTopicResource;
  asked.resource_name = topic.name;
  asked.configuration_keys.reset();
  const Reply reply = co_await s.ask(To{}, request, 4);
  for (const auto& result : reply.as<protocol::DescribeConfigsResponse>().results) {
    for (const std::string_view key : {"retention.ms", "cleanup.policy", "min.insync.replicas",
                                       "max.message.bytes", "message.timestamp.type"}) {
      const bool is_there = std::ranges::any_of(
          result.configs, [&](const auto& config) { return config.name == key; });
      if (!is_there) s.note("missing: " + std::string(key));
    }
  }
}

// Brokers learn of changes a little later, in their order: waits until a further one is there.
Awaitable<void> until_applied(Story& s, std::string_view topic) {
  protocol::IncrementalAlterConfigsRequest change;
  change.resources.push_back({.resource_type = kTopicResource, .resource_name = topic});
  change.resources[0].configs.push_back({.name = "flush.ms", .value = "123456"});
  co_await s.ask(To{}, change, 1);
  protocol::DescribeConfigsRequest request;
  auto& asked = request.resources.emplace_back();
  asked.resource_type = kTopicResource;
  asked.resource_name = topic;
  asked.configuration_keys = {"flush.ms"};
  for (int i = 0; i < 500; ++i) {
    const Reply reply = co_await s.ask(To{}, request, 4);
    const auto& results = reply.as<protocol::DescribeConfigsResponse>().results;
    if (results.at(0).configs.at(0).value == "123456") co_return;
    co_await s.breathe();
  }
  s.note("the change did not come");
}

Awaitable<void> altered(Story& s, Changes changes, bool validate_only = false) {
  const Topic topic = co_await s.topic("cleanup.policy=delete retention.ms=1000");
  co_await alter_configs(s, kTopicResource, topic.name, std::move(changes), validate_only);
  co_await until_applied(s, topic.name);
  Keys keys = {"cleanup.policy", "retention.ms", "max.message.bytes"};
  co_await describe_configs(s, kTopicResource, topic.name, std::move(keys));
}

Awaitable<void> altered_missing(Story& s) {
  const std::string name = s.name("missing");
  Changes changes = {{"retention.ms", kSet, "5"}};
  co_await alter_configs(s, kTopicResource, name, std::move(changes));
}

Awaitable<void> cluster(Story& s) {
  protocol::DescribeClusterRequest request;
  co_await s.call(To{}, request, 0);
  co_await s.call(To{}, request, 1);
  request.include_cluster_authorized_operations = true;
  co_await s.call(To{}, request, 0);
}

Awaitable<void> cluster_v2(Story& s) {
  const protocol::DescribeClusterRequest request;
  co_await s.call(To{}, request, 2);
}

Awaitable<void> controllers(Story& s) {
  protocol::DescribeClusterRequest request;
  request.endpoint_type = 2;
  co_await s.call(To{}, request, 1);
}

constexpr Telling kStories[] = {
    {"chosen keys of a topic",
     [](Story& s) {
       return described(s, {"retention.ms", "cleanup.policy", "max.message.bytes"}, false);
     }},
    {"chosen keys of a topic with their synonyms",
     [](Story& s) {
       return described(s, {"cleanup.policy", "max.message.bytes", "compression.type"}, true);
     }},
    {"keys of a topic in version 1",
     [](Story& s) {
       return described(s, {"retention.ms", "segment.bytes"}, true, 1);
     }},
    {"keys that do not exist are left out",
     [](Story& s) { return described(s, {"no.key"}, false); }},
    {"an empty list of keys", [](Story& s) { return described(s, {}, false); }},
    {"all keys of a topic", all_keys},
    {"keys of a missing topic", described_missing},
    {"keys of a broker",
     [](Story& s) {
       return described_of(s, kBrokerResource, "1", {"node.id", "num.partitions"});
     }},
    {"keys of a broker that is not a number",
     [](Story& s) { return described_of(s, kBrokerResource, "one", {"node.id"}); }},
    {"keys of another broker than the one asked",
     [](Story& s) { return described_of(s, kBrokerResource, "2", {"node.id"}); }},
    {"keys of a kind that does not exist",
     [](Story& s) { return described_of(s, 99, "x", {"node.id"}); }},
    {"a key is set",
     [](Story& s) {
       return altered(s, {{"retention.ms", kSet, "2000"}});
     }},
    {"a key is deleted",
     [](Story& s) {
       return altered(s, {{"retention.ms", kDelete, {}}});
     }},
    {"a value is appended to a list",
     [](Story& s) {
       return altered(s, {{"cleanup.policy", kAppend, "compact"}});
     }},
    {"a value is taken from a list",
     [](Story& s) {
       return altered(s, {{"cleanup.policy", kSubtract, "delete"}});
     }},
    {"nothing is appended to what is no list",
     [](Story& s) {
       return altered(s, {{"retention.ms", kAppend, "1"}});
     }},
    {"a change that is only validated",
     [](Story& s) {
       return altered(s, {{"retention.ms", kSet, "2000"}}, true);
     }},
    {"a wrong value is INVALID_CONFIG, and nothing is changed",
     [](Story& s) {
       return altered(s, {{"max.message.bytes", kSet, "5000"}, {"retention.ms", kSet, "soon"}});
     }},
    {"a key that does not exist is INVALID_CONFIG",
     [](Story& s) {
       return altered(s, {{"no.key", kSet, "1"}});
     }},
    {"a key twice is refused",
     [](Story& s) {
       return altered(s, {{"retention.ms", kSet, "1"}, {"retention.ms", kSet, "2"}});
     }},
    {"a null value is refused",
     [](Story& s) {
       return altered(s, {{"retention.ms", kSet, {}}});
     }},
    {"an operation that does not exist is refused",
     [](Story& s) {
       return altered(s, {{"retention.ms", 7, "1"}});
     }},
    {"a missing topic is not changed", altered_missing},
    {"the cluster is described", cluster},
    {"the cluster is described in version 2", cluster_v2, kSince41},
    {"a broker does not describe controllers", controllers},
};

}  // namespace

std::span<const Telling> config_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
