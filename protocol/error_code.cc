#include "protocol/error_code.h"

#include <array>

namespace kmirror::protocol {
namespace {

enum class Recovery { kNone, kRetry, kRefreshAndRetry };

struct Entry {
  std::string_view name;
  std::string_view sentence;
  Recovery recovery = Recovery::kNone;
};

constexpr int kFirstCode = -1;

// In the order of codes, from kFirstCode on, without gaps.
constexpr std::array kEntries = {
    Entry{"UNKNOWN_SERVER_ERROR", "the broker failed unexpectedly; its log says why"},
    Entry{"NONE", "no error"},
    Entry{"OFFSET_OUT_OF_RANGE", "the offset is outside the partition's log"},
    Entry{"CORRUPT_MESSAGE", "the records are corrupt or not acceptable as sent", Recovery::kRetry},
    Entry{"UNKNOWN_TOPIC_OR_PARTITION", "the broker has no such topic or partition",
          Recovery::kRefreshAndRetry},
    Entry{"INVALID_FETCH_SIZE", "the fetch size is invalid"},
    Entry{"LEADER_NOT_AVAILABLE", "the partition has no leader at the moment",
          Recovery::kRefreshAndRetry},
    Entry{"NOT_LEADER_OR_FOLLOWER",
          "the broker does not lead the partition, or has no replica of it",
          Recovery::kRefreshAndRetry},
    Entry{"REQUEST_TIMED_OUT", "the broker ran out of time", Recovery::kRetry},
    Entry{"BROKER_NOT_AVAILABLE", "the broker is not available"},
    Entry{"REPLICA_NOT_AVAILABLE", "the broker has no replica of the partition",
          Recovery::kRefreshAndRetry},
    Entry{"MESSAGE_TOO_LARGE", "the records are larger than max.message.bytes allows"},
    Entry{"STALE_CONTROLLER_EPOCH", "the controller has moved"},
    Entry{"OFFSET_METADATA_TOO_LARGE", "the metadata committed with an offset is too long"},
    Entry{"NETWORK_EXCEPTION", "the connection ended before the response",
          Recovery::kRefreshAndRetry},
    Entry{"COORDINATOR_LOAD_IN_PROGRESS", "the coordinator is still loading", Recovery::kRetry},
    Entry{"COORDINATOR_NOT_AVAILABLE", "the coordinator is not available", Recovery::kRetry},
    Entry{"NOT_COORDINATOR", "the broker is not the coordinator", Recovery::kRetry},
    Entry{"INVALID_TOPIC_EXCEPTION",
          "the topic name is not allowed, or the operation is not for this topic"},
    Entry{"RECORD_LIST_TOO_LARGE", "the batch is larger than a log segment"},
    Entry{"NOT_ENOUGH_REPLICAS", "too few replicas are in sync; nothing was written",
          Recovery::kRetry},
    Entry{"NOT_ENOUGH_REPLICAS_AFTER_APPEND", "written, but to fewer replicas than required",
          Recovery::kRetry},
    Entry{"INVALID_REQUIRED_ACKS", "acks has a value the broker does not know"},
    Entry{"ILLEGAL_GENERATION", "the group has moved on to another generation"},
    Entry{"INCONSISTENT_GROUP_PROTOCOL", "the member's protocols do not fit those of the group"},
    Entry{"INVALID_GROUP_ID", "the group id is invalid"},
    Entry{"UNKNOWN_MEMBER_ID", "the coordinator does not know the member"},
    Entry{"INVALID_SESSION_TIMEOUT", "the session timeout is outside the broker's limits"},
    Entry{"REBALANCE_IN_PROGRESS", "the group is rebalancing"},
    Entry{"INVALID_COMMIT_OFFSET_SIZE", "the offsets to commit are too large"},
    Entry{"TOPIC_AUTHORIZATION_FAILED", "access to the topic is denied"},
    Entry{"GROUP_AUTHORIZATION_FAILED", "access to the group is denied"},
    Entry{"CLUSTER_AUTHORIZATION_FAILED", "access to the cluster operation is denied"},
    Entry{"INVALID_TIMESTAMP", "the record timestamps are outside what the topic allows"},
    Entry{"UNSUPPORTED_SASL_MECHANISM", "the broker does not offer the SASL mechanism"},
    Entry{"ILLEGAL_SASL_STATE", "the request does not fit the state of the SASL exchange"},
    Entry{"UNSUPPORTED_VERSION", "the broker does not support this version of the request"},
    Entry{"TOPIC_ALREADY_EXISTS", "the topic exists already"},
    Entry{"INVALID_PARTITIONS", "the number of partitions is invalid"},
    Entry{"INVALID_REPLICATION_FACTOR",
          "the replication factor is invalid or above the number of brokers"},
    Entry{"INVALID_REPLICA_ASSIGNMENT", "the replica assignment is invalid"},
    Entry{"INVALID_CONFIG", "a configuration key or value is invalid"},
    Entry{"NOT_CONTROLLER", "the broker is not the controller", Recovery::kRetry},
    Entry{"INVALID_REQUEST", "the broker takes the request for malformed"},
    Entry{"UNSUPPORTED_FOR_MESSAGE_FORMAT",
          "the message format of the topic does not allow the request"},
    Entry{"POLICY_VIOLATION", "a policy of the cluster forbids the request"},
    Entry{"OUT_OF_ORDER_SEQUENCE_NUMBER", "the sequence number does not follow the last one"},
    Entry{"DUPLICATE_SEQUENCE_NUMBER", "the sequence number was used before"},
    Entry{"INVALID_PRODUCER_EPOCH", "the producer's epoch is outdated"},
    Entry{"INVALID_TXN_STATE", "the transaction is in a state that does not allow this"},
    Entry{"INVALID_PRODUCER_ID_MAPPING", "the producer id does not belong to the transactional id"},
    Entry{"INVALID_TRANSACTION_TIMEOUT", "the transaction timeout is above the broker's limit"},
    Entry{"CONCURRENT_TRANSACTIONS", "another operation on the transaction is under way",
          Recovery::kRetry},
    Entry{"TRANSACTION_COORDINATOR_FENCED",
          "the transaction coordinator is no longer the current one"},
    Entry{"TRANSACTIONAL_ID_AUTHORIZATION_FAILED", "access to the transactional id is denied"},
    Entry{"SECURITY_DISABLED", "security features are switched off"},
    Entry{"OPERATION_NOT_ATTEMPTED",
          "the broker did not try, because another part of the request failed"},
    Entry{"KAFKA_STORAGE_ERROR", "the broker cannot read or write its disk",
          Recovery::kRefreshAndRetry},
    Entry{"LOG_DIR_NOT_FOUND", "the log directory is not in the broker's configuration"},
    Entry{"SASL_AUTHENTICATION_FAILED", "authentication failed"},
    Entry{"UNKNOWN_PRODUCER_ID", "the broker no longer knows the producer id"},
    Entry{"REASSIGNMENT_IN_PROGRESS", "the partition is being reassigned"},
    Entry{"DELEGATION_TOKEN_AUTH_DISABLED", "delegation tokens are switched off"},
    Entry{"DELEGATION_TOKEN_NOT_FOUND", "there is no such delegation token"},
    Entry{"DELEGATION_TOKEN_OWNER_MISMATCH", "the delegation token belongs to somebody else"},
    Entry{"DELEGATION_TOKEN_REQUEST_NOT_ALLOWED",
          "delegation tokens cannot be asked for on this connection"},
    Entry{"DELEGATION_TOKEN_AUTHORIZATION_FAILED", "access to the delegation token is denied"},
    Entry{"DELEGATION_TOKEN_EXPIRED", "the delegation token has expired"},
    Entry{"INVALID_PRINCIPAL_TYPE", "the principal type is not supported"},
    Entry{"NON_EMPTY_GROUP", "the group still has members"},
    Entry{"GROUP_ID_NOT_FOUND", "there is no such group"},
    Entry{"FETCH_SESSION_ID_NOT_FOUND", "the broker does not know the fetch session",
          Recovery::kRetry},
    Entry{"INVALID_FETCH_SESSION_EPOCH", "the fetch session is at another epoch", Recovery::kRetry},
    Entry{"LISTENER_NOT_FOUND", "the leader has no listener of the name used here",
          Recovery::kRefreshAndRetry},
    Entry{"TOPIC_DELETION_DISABLED", "topic deletion is switched off"},
    Entry{"FENCED_LEADER_EPOCH", "the leader epoch is older than the broker's",
          Recovery::kRefreshAndRetry},
    Entry{"UNKNOWN_LEADER_EPOCH", "the leader epoch is newer than the broker's", Recovery::kRetry},
    Entry{"UNSUPPORTED_COMPRESSION_TYPE",
          "the codec of the topic is not allowed in this version of the request"},
    Entry{"STALE_BROKER_EPOCH", "the broker's epoch has changed"},
    Entry{"OFFSET_NOT_AVAILABLE", "the offset is not known yet, shortly after a change of leader",
          Recovery::kRetry},
    Entry{"MEMBER_ID_REQUIRED", "the coordinator has given out a member id to join with"},
    Entry{"PREFERRED_LEADER_NOT_AVAILABLE", "the preferred leader is not available",
          Recovery::kRefreshAndRetry},
    Entry{"GROUP_MAX_SIZE_REACHED", "the group has as many members as allowed"},
    Entry{"FENCED_INSTANCE_ID", "another member has taken over the group.instance.id"},
    Entry{"ELIGIBLE_LEADERS_NOT_AVAILABLE", "no replica is eligible as leader",
          Recovery::kRefreshAndRetry},
    Entry{"ELECTION_NOT_NEEDED", "the partition has its leader already",
          Recovery::kRefreshAndRetry},
    Entry{"NO_REASSIGNMENT_IN_PROGRESS", "no reassignment is under way"},
    Entry{"GROUP_SUBSCRIBED_TO_TOPIC", "the group is subscribed to the topic"},
    Entry{"INVALID_RECORD", "a record fails the broker's checks"},
    Entry{"UNSTABLE_OFFSET_COMMIT", "transactions on the offsets are still open", Recovery::kRetry},
    Entry{"THROTTLING_QUOTA_EXCEEDED", "the quota is used up", Recovery::kRetry},
    Entry{"PRODUCER_FENCED", "another producer has taken over the transactional id"},
    Entry{"RESOURCE_NOT_FOUND", "there is no such resource"},
    Entry{"DUPLICATE_RESOURCE", "the request names a resource twice"},
    Entry{"UNACCEPTABLE_CREDENTIAL", "the credential does not meet the requirements"},
    Entry{"INCONSISTENT_VOTER_SET", "the voters do not match those expected"},
    Entry{"INVALID_UPDATE_VERSION", "the update version is invalid"},
    Entry{"FEATURE_UPDATE_FAILED", "the features could not be updated"},
    Entry{"PRINCIPAL_DESERIALIZATION_FAILURE",
          "the principal could not be forwarded between brokers"},
    Entry{"SNAPSHOT_NOT_FOUND", "there is no such snapshot"},
    Entry{"POSITION_OUT_OF_RANGE", "the position is outside the snapshot"},
    Entry{"UNKNOWN_TOPIC_ID", "the broker has no topic of this id", Recovery::kRefreshAndRetry},
    Entry{"DUPLICATE_BROKER_REGISTRATION", "another broker has registered this id"},
    Entry{"BROKER_ID_NOT_REGISTERED", "the broker id is not registered"},
    Entry{"INCONSISTENT_TOPIC_ID", "the topic id does not match that of the log",
          Recovery::kRefreshAndRetry},
    Entry{"INCONSISTENT_CLUSTER_ID", "the cluster id does not match"},
    Entry{"TRANSACTIONAL_ID_NOT_FOUND", "there is no such transactional id"},
    Entry{"FETCH_SESSION_TOPIC_ID_ERROR",
          "the fetch session mixes requests with and without topic ids", Recovery::kRetry},
    Entry{"INELIGIBLE_REPLICA", "a replica is not eligible to be in sync"},
    Entry{"NEW_LEADER_ELECTED", "the leader changed with this update"},
    Entry{"OFFSET_MOVED_TO_TIERED_STORAGE", "the offset lies in remote storage"},
    Entry{"FENCED_MEMBER_EPOCH", "the member's epoch is fenced; it has to join again"},
    Entry{"UNRELEASED_INSTANCE_ID", "the group.instance.id is still in use by another member"},
    Entry{"UNSUPPORTED_ASSIGNOR", "the assignor is not supported"},
    Entry{"STALE_MEMBER_EPOCH", "the member's epoch is outdated"},
    Entry{"MISMATCHED_ENDPOINT_TYPE", "the endpoint is of the wrong type"},
    Entry{"UNSUPPORTED_ENDPOINT_TYPE", "the endpoint type is not supported"},
    Entry{"UNKNOWN_CONTROLLER_ID", "there is no such controller"},
    Entry{"UNKNOWN_SUBSCRIPTION_ID", "the telemetry subscription is unknown or outdated"},
    Entry{"TELEMETRY_TOO_LARGE", "the telemetry is larger than the broker takes"},
    Entry{"INVALID_REGISTRATION", "the controller refused the broker's registration"},
    Entry{"TRANSACTION_ABORTABLE", "the transaction has to be aborted"},
    Entry{"INVALID_RECORD_STATE", "the record's delivery is in another state"},
    Entry{"SHARE_SESSION_NOT_FOUND", "the broker does not know the share session",
          Recovery::kRetry},
    Entry{"INVALID_SHARE_SESSION_EPOCH", "the share session is at another epoch", Recovery::kRetry},
    Entry{"FENCED_STATE_EPOCH", "the share group's state epoch does not match"},
    Entry{"INVALID_VOTER_KEY", "the voter's key does not match the replica's"},
    Entry{"DUPLICATE_VOTER", "the voter is in the set already"},
    Entry{"VOTER_NOT_FOUND", "the voter is not in the set"},
    Entry{"INVALID_REGULAR_EXPRESSION", "the regular expression does not compile"},
    Entry{"REBOOTSTRAP_REQUIRED",
          "the client's view of the cluster is outdated; it has to bootstrap again"},
    Entry{"STREAMS_INVALID_TOPOLOGY", "the streams topology is invalid"},
    Entry{"STREAMS_INVALID_TOPOLOGY_EPOCH", "the epoch of the streams topology is invalid"},
    Entry{"STREAMS_TOPOLOGY_FENCED", "the epoch of the streams topology is outdated"},
    Entry{"SHARE_SESSION_LIMIT_REACHED", "the broker has no room for another share session",
          Recovery::kRetry},
};

constexpr Entry kUnknown{"UNKNOWN_ERROR_CODE", "an error code this program does not know"};

const Entry& entry(ErrorCode code) {
  const auto index = static_cast<std::size_t>(static_cast<int>(code) - kFirstCode);
  return index < kEntries.size() ? kEntries[index] : kUnknown;
}

}  // namespace

std::string_view error_name(ErrorCode code) {
  return entry(code).name;
}

std::string_view error_sentence(ErrorCode code) {
  return entry(code).sentence;
}

bool is_retriable(ErrorCode code) {
  return entry(code).recovery != Recovery::kNone;
}

bool refreshes_metadata(ErrorCode code) {
  return entry(code).recovery == Recovery::kRefreshAndRetry;
}

}  // namespace kmirror::protocol
