// The topics of a Cluster.
#include <algorithm>

#include "base/check.h"
#include "broker/cluster.h"
#include "broker/groups.h"

namespace kmirror::broker {

protocol::Uuid Cluster::make_topic_id() {
  protocol::Uuid id;
  for (std::uint8_t& byte : id.bytes) byte = static_cast<std::uint8_t>(random_.below(256));
  id.bytes[0] &= 0x7f;
  id.bytes[6] = (id.bytes[6] & 0x0f) | 0x40;
  id.bytes[8] = (id.bytes[8] & 0x3f) | 0x80;
  return id;
}

Topic* Cluster::find_topic(std::string_view name) {
  const auto found = topics_.find(name);
  return found == topics_.end() ? nullptr : found->second.get();
}

Topic* Cluster::find_topic(const protocol::Uuid& id) {
  const auto found = topics_by_id_.find(id);
  return found == topics_by_id_.end() ? nullptr : found->second;
}

std::shared_ptr<Partition> Cluster::find_partition(std::string_view topic, std::int32_t index) {
  Topic* const found = find_topic(topic);
  if (found == nullptr || index < 0 || std::cmp_greater_equal(index, found->partitions.size())) {
    return nullptr;
  }
  return found->partitions[index];
}

std::vector<std::vector<std::int32_t>> Cluster::assign(std::int32_t partitions,
                                                       std::int16_t replicas,
                                                       std::int32_t first_partition) {
  std::vector<std::vector<std::int32_t>> assignment;
  for (std::int32_t p = first_partition; p < first_partition + partitions; ++p) {
    auto& nodes = assignment.emplace_back();
    for (std::int16_t r = 0; r < replicas; ++r) {
      nodes.push_back(nodes_[(p + r) % nodes_.size()]->id());
    }
  }
  return assignment;
}

Topic& Cluster::create_topic(const std::string& name, const NewTopic& wanted) {
  auto topic = std::make_unique<Topic>();
  topic->name = name;
  topic->id = make_topic_id();
  set_config(*topic, wanted.config);
  const bool chosen = !wanted.assignment.empty();
  add_partitions(*topic,
                 chosen ? wanted.assignment : assign(wanted.partitions, wanted.replication_factor));
  Topic& created = *topic;
  const bool is_new = topics_.emplace(name, std::move(topic)).second;
  KM_CHECK(is_new, "a topic is created once");
  topics_by_id_.emplace(created.id, &created);
  return created;
}

void Cluster::add_partitions(Topic& topic, std::vector<std::vector<std::int32_t>> assignment) {
  for (auto& replicas : assignment) {
    auto partition =
        std::make_shared<Partition>(std::move(replicas), producer_rules(settings_.release));
    // As the controller places leaders: replicas that do not run are not in sync.
    for (const std::int32_t replica : partition->replicas()) {
      if (!find_node(replica)->is_running()) partition->set_in_sync(replica, false);
    }
    const std::int32_t leader = eligible_leader(*partition);
    if (leader != partition->leader()) partition->elect(leader, now());
    topic.partitions.push_back(std::move(partition));
  }
}

void Cluster::set_config(Topic& topic, TopicConfig::Overrides overrides) {
  topic.config = TopicConfig(settings_.release, settings_.topic_defaults, std::move(overrides));
}

void Cluster::delete_topic(std::string_view name) {
  const auto found = topics_.find(name);
  KM_CHECK(found != topics_.end(), "only topics that are there are deleted");
  for (const auto& partition : found->second->partitions) {
    partition->is_deleted = true;
    partition->notify();
  }
  groups_->on_topic_deleted(name);
  topics_by_id_.erase(found->second->id);
  topics_.erase(found);
}

void Cluster::recreate_topic(const std::string& name) {
  const Topic* const old = find_topic(name);
  KM_CHECK(old != nullptr, "only topics that are there are created again");
  NewTopic wanted{.config = old->config.overrides(), .assignment = {}};
  for (const auto& partition : old->partitions) wanted.assignment.push_back(partition->replicas());
  delete_topic(name);
  create_topic(name, wanted);
}

}  // namespace kmirror::broker
