// The list of messages, in the order of their keys, and of data with versions of its own. For tests
// and tools that go through all of them; everything else includes the messages it uses.
// Compile-time only.
#pragma once

#include <array>
#include <cstddef>

// All headers of this folder; the build writes it (protocol/CMakeLists.txt).
#include "protocol/message_headers.h"

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

// The comma comes first so that a new message is one new line.
// clang-format off
using AllRequests = RequestList<
      ProduceRequest
    , FetchRequest
    , ListOffsetsRequest
    , MetadataRequest
    , OffsetCommitRequest
    , OffsetFetchRequest
    , FindCoordinatorRequest
    , JoinGroupRequest
    , HeartbeatRequest
    , LeaveGroupRequest
    , SyncGroupRequest
    , DescribeGroupsRequest
    , ListGroupsRequest
    , SaslHandshakeRequest
    , ApiVersionsRequest
    , CreateTopicsRequest
    , DeleteTopicsRequest
    , DeleteRecordsRequest
    , InitProducerIdRequest
    , OffsetForLeaderEpochRequest
    , AddPartitionsToTxnRequest
    , AddOffsetsToTxnRequest
    , EndTxnRequest
    , TxnOffsetCommitRequest
    , DescribeAclsRequest
    , CreateAclsRequest
    , DeleteAclsRequest
    , DescribeConfigsRequest
    , AlterConfigsRequest
    , SaslAuthenticateRequest
    , CreatePartitionsRequest
    , DeleteGroupsRequest
    , ElectLeadersRequest
    , IncrementalAlterConfigsRequest
    , AlterPartitionReassignmentsRequest
    , ListPartitionReassignmentsRequest
    , OffsetDeleteRequest
    , DescribeClientQuotasRequest
    , AlterClientQuotasRequest
    , DescribeUserScramCredentialsRequest
    , AlterUserScramCredentialsRequest
    , DescribeClusterRequest
    , DescribeProducersRequest
    , DescribeTransactionsRequest
    , ListTransactionsRequest
    , ConsumerGroupHeartbeatRequest
    , ConsumerGroupDescribeRequest
    , ListConfigResourcesRequest
    , DescribeTopicPartitionsRequest
    >;

using AllData = DataList<
      ConsumerProtocolSubscription
    , ConsumerProtocolAssignment
    , OffsetCommitKey
    , OffsetCommitValue
    , GroupMetadataKey
    , GroupMetadataValue
    , TransactionLogKey
    , TransactionLogValue
    , EndTxnMarker
    >;
// clang-format on

static_assert(AllRequests::keys_ascend(), "every key once");
static_assert(AllRequests::versions_are_sane());
static_assert(AllRequests::responses_match());

}  // namespace kmirror::protocol
