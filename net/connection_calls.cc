// The one place where Connection::call is instantiated: a line an API.
#include "net/connection_call.h"
#include "protocol/messages/all.h"

namespace kmirror::net {

using protocol::ApiVersionsRequest;
using protocol::CreatePartitionsRequest;
using protocol::CreateTopicsRequest;
using protocol::DeleteTopicsRequest;
using protocol::DescribeConfigsRequest;
using protocol::DescribeGroupsRequest;
using protocol::FetchRequest;
using protocol::FindCoordinatorRequest;
using protocol::InitProducerIdRequest;
using protocol::ListOffsetsRequest;
using protocol::MetadataRequest;
using protocol::OffsetCommitRequest;
using protocol::OffsetFetchRequest;
using protocol::ProduceRequest;

template <class Request>
using Answer = Awaitable<Result<Reply<typename Request::Response>>>;

template Answer<ApiVersionsRequest> Connection::call(const ApiVersionsRequest&, CallOptions);
template Answer<CreatePartitionsRequest> Connection::call(const CreatePartitionsRequest&,
                                                          CallOptions);
template Answer<CreateTopicsRequest> Connection::call(const CreateTopicsRequest&, CallOptions);
template Answer<DeleteTopicsRequest> Connection::call(const DeleteTopicsRequest&, CallOptions);
template Answer<DescribeConfigsRequest> Connection::call(const DescribeConfigsRequest&,
                                                         CallOptions);
template Answer<DescribeGroupsRequest> Connection::call(const DescribeGroupsRequest&, CallOptions);
template Answer<FetchRequest> Connection::call(const FetchRequest&, CallOptions);
template Answer<FindCoordinatorRequest> Connection::call(const FindCoordinatorRequest&,
                                                         CallOptions);
template Answer<InitProducerIdRequest> Connection::call(const InitProducerIdRequest&, CallOptions);
template Answer<ListOffsetsRequest> Connection::call(const ListOffsetsRequest&, CallOptions);
template Answer<MetadataRequest> Connection::call(const MetadataRequest&, CallOptions);
template Answer<OffsetCommitRequest> Connection::call(const OffsetCommitRequest&, CallOptions);
template Answer<OffsetFetchRequest> Connection::call(const OffsetFetchRequest&, CallOptions);
template Answer<ProduceRequest> Connection::call(const ProduceRequest&, CallOptions);

}  // namespace kmirror::net
