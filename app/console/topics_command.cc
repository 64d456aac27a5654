#include "app/console/topics_command.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <cstdio>

#include "app/console/broker_flags.h"
#include "app/console/console_flags.h"
#include "app/console/session.h"
#include "mirror/config/topic_filter.h"
#include "net/admin.h"
#include "net/retry.h"
#include "protocol/messages/metadata.h"

namespace kmirror::app {

namespace {

using net::Awaitable;
using net::Cluster;
using protocol::ErrorCode;
using protocol::MetadataResponse;

struct TopicsFlags {
  BrokerFlags brokers;
  std::string command_config, topic;
  bool create = false, list = false, describe = false, remove = false;
  bool if_not_exists = false, if_exists = false;
  std::int32_t partitions = -1;
  std::int16_t replication_factor = -1;
  std::vector<std::string> configs;
};

void add_flags(Flags& flags, TopicsFlags& given) {
  add_broker_flags(flags, given.brokers);
  Flags what = flags.add_choice("action");
  what.add_switch("--create", given.create, "create --topic");
  what.add_switch("--list", given.list, "names of all topics, or of those that --topic matches");
  what.add_switch("--describe", given.describe, "partitions, leaders, replicas and configuration");
  what.add_switch("--delete", given.remove, "delete the topics that --topic matches");
  flags.add("--topic", given.topic, "a name; a regex unless with --create");
  flags.add("--partitions", given.partitions, "of the new topic; the broker's default if absent")
      .at_least(1);
  flags
      .add("--replication-factor", given.replication_factor,
           "of the new topic; the broker's default if absent")
      .at_least(1);
  flags.add("--config", given.configs, "key=value of the new topic, may be repeated")
      .type_name("KEY=VALUE")
      .one_value_each();
  flags.add_switch("--if-not-exists", given.if_not_exists, "with --create: no error if it exists");
  flags.add_switch("--if-exists", given.if_exists,
                   "with --delete, --describe: no error if it does not");
  flags.add("--command-config", given.command_config, "client properties; PLAINTEXT only")
      .type_name("FILE");
}

int fail(std::string_view text) {
  print_error(fmt::format("Error while executing topic command : {}", text));
  return kExitError;
}

Awaitable<int> create(Cluster& cluster, const TopicsFlags& flags, net::NewTopic topic) {
  const std::string name = topic.name;
  const auto created = co_await net::create_topic(cluster, std::move(topic), flags.if_not_exists);
  if (!created) co_return fail(created.error().text);
  fmt::print("Created topic {}.\n", name);
  co_return kExitOk;
}

// The cluster's topics that --topic matches, by name, from one answer of a broker.
struct Selected {
  net::Reply<MetadataResponse> reply;
  std::map<std::string_view, const MetadataResponse::Topic*> topics;
};

Awaitable<net::Result<Selected>> select_topics(Cluster& cluster, const TopicsFlags& flags) {
  const auto connection = co_await cluster.any();
  if (!connection) co_return connection.error();
  protocol::MetadataRequest request;
  request.topics.reset();
  request.allow_auto_topic_creation = false;
  auto reply = co_await connection.value()->call(request, {.deadline = cluster.call_deadline()});
  if (!reply) co_return reply.error();
  Selected selected{.reply = std::move(reply.value()), .topics = {}};
  const auto filter = mirror::TopicFilter::compile(flags.topic.empty() ? ".*" : flags.topic);
  if (!filter) {
    co_return net::Failure{.kind = net::FailureKind::kUnsupported, .text = filter.error().text};
  }
  for (const auto& topic : selected.reply.message.topics) {
    if (!topic.name || topic.error_code == ErrorCode::kUnknownTopicOrPartition) continue;
    const std::string_view name = *topic.name;
    const bool all = flags.topic.empty() || name == flags.topic;
    if (!all && filter.value().match(name) != mirror::TopicMatch::kYes) continue;
    selected.topics[name] = &topic;
  }
  if (selected.topics.empty() && !flags.topic.empty() && !flags.list && !flags.if_exists) {
    co_return net::Failure{.kind = net::FailureKind::kBroker,
                           .text = fmt::format("Topic '{}' does not exist", flags.topic),
                           .code = ErrorCode::kUnknownTopicOrPartition};
  }
  co_return selected;
}

std::string overrides(const net::TopicConfigs& configs) {
  std::string text;
  for (const auto& [key, entry] : configs) {
    if (entry.is_default) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, entry.value);
  }
  return text;
}

void print_topic(const MetadataResponse::Topic& topic, const net::TopicConfigs& configs) {
  const std::string_view name = *topic.name;
  fmt::print("Topic: {}", name);
  if (!topic.topic_id.is_zero()) fmt::print("\tTopicId: {}", topic.topic_id.to_string());
  std::map<std::int32_t, const MetadataResponse::Partition*> partitions;
  for (const auto& partition : topic.partitions) partitions[partition.partition_index] = &partition;
  const auto replicas = partitions.empty() ? 0 : partitions.begin()->second->replica_nodes.size();
  fmt::print("\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}\n", partitions.size(),
             replicas, overrides(configs));
  for (const auto& [index, partition] : partitions) {
    const std::string leader =
        partition->leader_id < 0 ? "none" : std::to_string(partition->leader_id);
    fmt::print("\tTopic: {}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}\n", name, index,
               leader, fmt::join(partition->replica_nodes, ","),
               fmt::join(partition->isr_nodes, ","));
  }
}

Awaitable<int> list(Cluster& cluster, const TopicsFlags& flags) {
  const auto selected = co_await select_topics(cluster, flags);
  if (!selected) co_return fail(selected.error().text);
  for (const auto& [name, topic] : selected.value().topics) fmt::print("{}\n", name);
  co_return kExitOk;
}

Awaitable<int> describe(Cluster& cluster, const TopicsFlags& flags) {
  const auto selected = co_await select_topics(cluster, flags);
  if (!selected) co_return fail(selected.error().text);
  for (const auto& [name, topic] : selected.value().topics) {
    const auto configs = co_await net::describe_topic_configs(cluster, std::string(name));
    if (!configs) co_return fail(configs.error().text);
    print_topic(*topic, configs.value());
  }
  co_return kExitOk;
}

Awaitable<int> remove(Cluster& cluster, const TopicsFlags& flags) {
  const auto selected = co_await select_topics(cluster, flags);
  if (!selected) co_return fail(selected.error().text);
  for (const auto& [name, topic] : selected.value().topics) {
    const auto deleted = co_await net::delete_topic(cluster, std::string(name));
    if (!deleted) co_return fail(deleted.error().text);
  }
  co_return kExitOk;
}

std::optional<net::NewTopic> new_topic(const TopicsFlags& flags) {
  const auto configs = parse_pairs("--config", flags.configs, {});
  if (!configs) return std::nullopt;
  return net::NewTopic{.name = flags.topic,
                       .partitions = flags.partitions,
                       .replication_factor = flags.replication_factor,
                       .configs = {configs->begin(), configs->end()}};
}

}  // namespace

int run_topics_command(int argc, char** argv) {
  TopicsFlags flags;
  Flags known("Creates, lists, describes and deletes topics.", "kmirror topics");
  add_flags(known, flags);
  if (const Exit exit = known.parse(argc, argv)) return *exit;
  if (const Exit exit = check_command_config(flags.command_config)) return *exit;
  if (flags.topic.empty() && (flags.create || flags.remove)) {
    print_error("--topic is missing");
    return kExitError;
  }
  const auto settings = session_settings(flags.brokers, "kmirror-topics");
  const auto topic = new_topic(flags);
  if (!settings || !topic) return kExitError;
  return run_session(*settings, [&](Cluster& cluster) {
    if (flags.create) return create(cluster, flags, *topic);
    if (flags.list) return list(cluster, flags);
    if (flags.describe) return describe(cluster, flags);
    return remove(cluster, flags);
  });
}

}  // namespace kmirror::app
