#include "broker/api/admin.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/topic_name.h"

namespace kmirror::broker {

using protocol::ErrorCode;

bool may_change_topics(const CallContext& call) {
  return call.cluster.release() >= Release{2, 8} || call.node.id() == call.cluster.controller();
}

AdminError check_replicas(CallContext& call, const std::vector<std::int32_t>& replicas,
                          std::optional<std::size_t> count) {
  const auto invalid = [](std::string text) {
    return AdminError{ErrorCode::kInvalidReplicaAssignment, std::move(text)};
  };
  if (replicas.empty()) return invalid("The assignment includes an empty replica list.");
  std::set<std::int32_t> seen;
  bool runs = false;
  for (const std::int32_t id : replicas) {
    const Node* const node = call.cluster.find_node(id);
    if (node == nullptr) return invalid(fmt::format("There is no broker {}.", id));
    if (!seen.insert(id).second) {
      return invalid(fmt::format("The assignment includes broker {} more than once.", id));
    }
    runs = runs || node->is_running();
  }
  if (count && *count != replicas.size()) {
    return invalid("The partitions of an assignment differ in how many replicas they have.");
  }
  if (!runs) return invalid("All brokers of an assignment are down.");
  return {};
}

AdminError check_topic(CallContext& call, std::string_view name) {
  if (!is_valid_topic_name(name)) {
    return {ErrorCode::kInvalidTopicException, "The topic's name is not valid."};
  }
  if (call.cluster.find_topic(name) == nullptr) {
    return {ErrorCode::kUnknownTopicOrPartition, "The topic does not exist."};
  }
  return {};
}

}  // namespace kmirror::broker
