// FindCoordinator, versions 0 to 6: the node that looks after a group or a transactional id; of
// several keys from version 4 on. Left out: share groups, whose keys are refused, and the time that
// a new cluster takes to create its internal topics.
#include "protocol/messages/find_coordinator.h"

#include "broker/api/handlers.h"
#include "broker/cluster.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::FindCoordinatorRequest;
using protocol::FindCoordinatorResponse;

namespace {

constexpr std::int8_t kGroup = 0;
constexpr std::int8_t kTransaction = 1;
constexpr std::int8_t kShareGroup = 2;
constexpr std::int16_t kFirstBatchedVersion = 4;

// In Kafka's words, because clients print them.
std::string_view message_of(ErrorCode error) {
  switch (error) {
    case ErrorCode::kNone:
      return "NONE";
    case ErrorCode::kCoordinatorNotAvailable:
      return "The coordinator is not available.";
    default:
      return "This most likely occurs because of a request being malformed by the client library "
             "or the message was sent to an incompatible broker. See the broker logs for more "
             "details.";
  }
}

FindCoordinatorResponse::Coordinator find(CallContext& call, std::int8_t key_type,
                                          std::string_view key) {
  FindCoordinatorResponse::Coordinator found{.key = key, .node_id = -1, .port = -1};
  if (key_type != kGroup && key_type != kTransaction) {
    found.error_code = ErrorCode::kInvalidRequest;
    if (key_type != kShareGroup) found.error_message = message_of(found.error_code);
    return found;
  }
  const Node* const node = call.cluster.find_node(call.cluster.coordinator_of(key));
  if (node == nullptr) {
    found.error_code = ErrorCode::kCoordinatorNotAvailable;
    return found;
  }
  found.node_id = node->id();
  found.host = node->host();
  found.port = node->port();
  return found;
}

}  // namespace

void find_coordinator(CallContext& call, const FindCoordinatorRequest& request,
                      FindCoordinatorResponse& response) {
  if (call.version >= kFirstBatchedVersion) {
    for (const std::string_view key : request.coordinator_keys) {
      response.coordinators.push_back(find(call, request.key_type, key));
    }
    return;
  }
  const auto found = find(call, request.key_type, request.key);
  response.error_code = found.error_code;
  response.error_message = message_of(found.error_code);
  response.node_id = found.node_id;
  response.host = found.host;
  response.port = found.port;
}

}  // namespace kmirror::broker
