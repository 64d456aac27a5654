// What the brokers do with a request, one function an API, in the file of its name. Each fills the
// answer that goes with the request and is given with its defaults.
#pragma once

#include "broker/call.h"

namespace kmirror::protocol {

struct AddOffsetsToTxnRequest;
struct AddOffsetsToTxnResponse;
struct AddPartitionsToTxnRequest;
struct AddPartitionsToTxnResponse;
struct AlterConfigsRequest;
struct AlterConfigsResponse;
struct ApiVersionsRequest;
struct ApiVersionsResponse;
struct CreatePartitionsRequest;
struct CreatePartitionsResponse;
struct CreateTopicsRequest;
struct CreateTopicsResponse;
struct DeleteGroupsRequest;
struct DeleteGroupsResponse;
struct DeleteRecordsRequest;
struct DeleteRecordsResponse;
struct DeleteTopicsRequest;
struct DeleteTopicsResponse;
struct DescribeClusterRequest;
struct DescribeClusterResponse;
struct DescribeConfigsRequest;
struct DescribeConfigsResponse;
struct DescribeGroupsRequest;
struct DescribeGroupsResponse;
struct DescribeProducersRequest;
struct DescribeProducersResponse;
struct DescribeTopicPartitionsRequest;
struct DescribeTopicPartitionsResponse;
struct DescribeTransactionsRequest;
struct DescribeTransactionsResponse;
struct EndTxnRequest;
struct EndTxnResponse;
struct FetchRequest;
struct FetchResponse;
struct FindCoordinatorRequest;
struct FindCoordinatorResponse;
struct HeartbeatRequest;
struct HeartbeatResponse;
struct IncrementalAlterConfigsRequest;
struct IncrementalAlterConfigsResponse;
struct InitProducerIdRequest;
struct InitProducerIdResponse;
struct JoinGroupRequest;
struct JoinGroupResponse;
struct LeaveGroupRequest;
struct LeaveGroupResponse;
struct ListGroupsRequest;
struct ListGroupsResponse;
struct ListOffsetsRequest;
struct ListOffsetsResponse;
struct ListTransactionsRequest;
struct ListTransactionsResponse;
struct MetadataRequest;
struct MetadataResponse;
struct OffsetCommitRequest;
struct OffsetCommitResponse;
struct OffsetDeleteRequest;
struct OffsetDeleteResponse;
struct OffsetFetchRequest;
struct OffsetFetchResponse;
struct OffsetForLeaderEpochRequest;
struct OffsetForLeaderEpochResponse;
struct ProduceRequest;
struct ProduceResponse;
struct SyncGroupRequest;
struct SyncGroupResponse;
struct TxnOffsetCommitRequest;
struct TxnOffsetCommitResponse;

}  // namespace kmirror::protocol

namespace kmirror::broker {

void add_offsets_to_txn(CallContext& call, const protocol::AddOffsetsToTxnRequest& request,
                        protocol::AddOffsetsToTxnResponse& response);
void add_partitions_to_txn(CallContext& call, const protocol::AddPartitionsToTxnRequest& request,
                           protocol::AddPartitionsToTxnResponse& response);
void alter_configs(CallContext& call, const protocol::AlterConfigsRequest& request,
                   protocol::AlterConfigsResponse& response);
void api_versions(CallContext& call, const protocol::ApiVersionsRequest& request,
                  protocol::ApiVersionsResponse& response);
void create_partitions(CallContext& call, const protocol::CreatePartitionsRequest& request,
                       protocol::CreatePartitionsResponse& response);
void create_topics(CallContext& call, const protocol::CreateTopicsRequest& request,
                   protocol::CreateTopicsResponse& response);
void delete_groups(CallContext& call, const protocol::DeleteGroupsRequest& request,
                   protocol::DeleteGroupsResponse& response);
void delete_records(CallContext& call, const protocol::DeleteRecordsRequest& request,
                    protocol::DeleteRecordsResponse& response);
void delete_topics(CallContext& call, const protocol::DeleteTopicsRequest& request,
                   protocol::DeleteTopicsResponse& response);
void describe_cluster(CallContext& call, const protocol::DescribeClusterRequest& request,
                      protocol::DescribeClusterResponse& response);
void describe_configs(CallContext& call, const protocol::DescribeConfigsRequest& request,
                      protocol::DescribeConfigsResponse& response);
void describe_groups(CallContext& call, const protocol::DescribeGroupsRequest& request,
                     protocol::DescribeGroupsResponse& response);
void describe_producers(CallContext& call, const protocol::DescribeProducersRequest& request,
                        protocol::DescribeProducersResponse& response);
void describe_topic_partitions(CallContext& call,
                               const protocol::DescribeTopicPartitionsRequest& request,
                               protocol::DescribeTopicPartitionsResponse& response);
void describe_transactions(CallContext& call, const protocol::DescribeTransactionsRequest& request,
                           protocol::DescribeTransactionsResponse& response);
void end_txn(CallContext& call, const protocol::EndTxnRequest& request,
             protocol::EndTxnResponse& response);
net::Awaitable<void> fetch(CallContext& call, const protocol::FetchRequest& request,
                           protocol::FetchResponse& response);
void find_coordinator(CallContext& call, const protocol::FindCoordinatorRequest& request,
                      protocol::FindCoordinatorResponse& response);
void heartbeat(CallContext& call, const protocol::HeartbeatRequest& request,
               protocol::HeartbeatResponse& response);
void incremental_alter_configs(CallContext& call,
                               const protocol::IncrementalAlterConfigsRequest& request,
                               protocol::IncrementalAlterConfigsResponse& response);
void init_producer_id(CallContext& call, const protocol::InitProducerIdRequest& request,
                      protocol::InitProducerIdResponse& response);
net::Awaitable<void> join_group(CallContext& call, const protocol::JoinGroupRequest& request,
                                protocol::JoinGroupResponse& response);
void leave_group(CallContext& call, const protocol::LeaveGroupRequest& request,
                 protocol::LeaveGroupResponse& response);
void list_groups(CallContext& call, const protocol::ListGroupsRequest& request,
                 protocol::ListGroupsResponse& response);
void list_offsets(CallContext& call, const protocol::ListOffsetsRequest& request,
                  protocol::ListOffsetsResponse& response);
void list_transactions(CallContext& call, const protocol::ListTransactionsRequest& request,
                       protocol::ListTransactionsResponse& response);
void metadata(CallContext& call, const protocol::MetadataRequest& request,
              protocol::MetadataResponse& response);
void offset_commit(CallContext& call, const protocol::OffsetCommitRequest& request,
                   protocol::OffsetCommitResponse& response);
void offset_delete(CallContext& call, const protocol::OffsetDeleteRequest& request,
                   protocol::OffsetDeleteResponse& response);
void offset_fetch(CallContext& call, const protocol::OffsetFetchRequest& request,
                  protocol::OffsetFetchResponse& response);
void offset_for_leader_epoch(CallContext& call,
                             const protocol::OffsetForLeaderEpochRequest& request,
                             protocol::OffsetForLeaderEpochResponse& response);
net::Awaitable<void> produce(CallContext& call, const protocol::ProduceRequest& request,
                             protocol::ProduceResponse& response);
net::Awaitable<void> sync_group(CallContext& call, const protocol::SyncGroupRequest& request,
                                protocol::SyncGroupResponse& response);
void txn_offset_commit(CallContext& call, const protocol::TxnOffsetCommitRequest& request,
                       protocol::TxnOffsetCommitResponse& response);

}  // namespace kmirror::broker
