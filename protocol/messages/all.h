// The list of messages, in the order of their keys, and of data with versions of its own. For tests
// and tools that go through all of them; everything else includes the messages it uses.
// Compile-time only.
#pragma once

#include <array>
#include <cstddef>

#include "protocol/messages/add_offsets_to_txn.h"
#include "protocol/messages/add_partitions_to_txn.h"
#include "protocol/messages/alter_client_quotas.h"
#include "protocol/messages/alter_configs.h"
#include "protocol/messages/alter_partition_reassignments.h"
#include "protocol/messages/alter_user_scram_credentials.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/consumer_group_describe.h"
#include "protocol/messages/consumer_group_heartbeat.h"
#include "protocol/messages/consumer_protocol.h"
#include "protocol/messages/create_acls.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_acls.h"
#include "protocol/messages/delete_groups.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_acls.h"
#include "protocol/messages/describe_client_quotas.h"
#include "protocol/messages/describe_cluster.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/describe_producers.h"
#include "protocol/messages/describe_topic_partitions.h"
#include "protocol/messages/describe_transactions.h"
#include "protocol/messages/describe_user_scram_credentials.h"
#include "protocol/messages/elect_leaders.h"
#include "protocol/messages/end_txn.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/group_records.h"
#include "protocol/messages/heartbeat.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/join_group.h"
#include "protocol/messages/leave_group.h"
#include "protocol/messages/list_config_resources.h"
#include "protocol/messages/list_groups.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/list_partition_reassignments.h"
#include "protocol/messages/list_transactions.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/offset_delete.h"
#include "protocol/messages/offset_fetch.h"
#include "protocol/messages/offset_for_leader_epoch.h"
#include "protocol/messages/produce.h"
#include "protocol/messages/sasl_authenticate.h"
#include "protocol/messages/sasl_handshake.h"
#include "protocol/messages/sync_group.h"
#include "protocol/messages/transaction_records.h"
#include "protocol/messages/txn_offset_commit.h"

namespace kmirror::protocol {

template <class... Requests>
struct RequestList {
  static constexpr std::array kApis = {Requests::kApi...};

  // Calls visitor.operator()<Request>() for each.
  static void for_each(auto&& visitor) { (visitor.template operator()<Requests>(), ...); }

  static consteval bool keys_ascend() {
    for (std::size_t i = 1; i < kApis.size(); ++i) {
      if (kApis[i].key <= kApis[i - 1].key) return false;
    }
    return true;
  }

  static consteval bool versions_are_sane() {
    for (const Api& api : kApis) {
      const bool more_known = api.known_max == 0 || api.known_max > api.versions.max;
      if (api.versions.min < 0 || api.versions.min > api.versions.max || !more_known ||
          api.flexible < 0) {
        return false;
      }
    }
    return true;
  }

  static consteval bool responses_match() {
    return ((Requests::Response::kApi == Requests::kApi) && ...);
  }
};

template <class... Data>
struct DataList {
  static void for_each(auto&& visitor) { (visitor.template operator()<Data>(), ...); }
};

using AllRequests = RequestList<
    ProduceRequest, FetchRequest, ListOffsetsRequest, MetadataRequest, OffsetCommitRequest,
    OffsetFetchRequest, FindCoordinatorRequest, JoinGroupRequest, HeartbeatRequest,
    LeaveGroupRequest, SyncGroupRequest, DescribeGroupsRequest, ListGroupsRequest,
    SaslHandshakeRequest, ApiVersionsRequest, CreateTopicsRequest, DeleteTopicsRequest,
    DeleteRecordsRequest, InitProducerIdRequest, OffsetForLeaderEpochRequest,
    AddPartitionsToTxnRequest, AddOffsetsToTxnRequest, EndTxnRequest, TxnOffsetCommitRequest,
    DescribeAclsRequest, CreateAclsRequest, DeleteAclsRequest, DescribeConfigsRequest,
    AlterConfigsRequest, SaslAuthenticateRequest, CreatePartitionsRequest, DeleteGroupsRequest,
    ElectLeadersRequest, IncrementalAlterConfigsRequest, AlterPartitionReassignmentsRequest,
    ListPartitionReassignmentsRequest, OffsetDeleteRequest, DescribeClientQuotasRequest,
    AlterClientQuotasRequest, DescribeUserScramCredentialsRequest, AlterUserScramCredentialsRequest,
    DescribeClusterRequest, DescribeProducersRequest, DescribeTransactionsRequest,
    ListTransactionsRequest, ConsumerGroupHeartbeatRequest, ConsumerGroupDescribeRequest,
    ListConfigResourcesRequest, DescribeTopicPartitionsRequest>;

using AllData = DataList<ConsumerProtocolSubscription, ConsumerProtocolAssignment, OffsetCommitKey,
                         OffsetCommitValue, GroupMetadataKey, GroupMetadataValue, TransactionLogKey,
                         TransactionLogValue, EndTxnMarker>;

static_assert(AllRequests::keys_ascend(), "every key once");
static_assert(AllRequests::versions_are_sane());
static_assert(AllRequests::responses_match());

}  // namespace kmirror::protocol
