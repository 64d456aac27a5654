// What the brokers do with a request, one function an API, in the file of its name. Each fills the
// answer that goes with the request and is given with its defaults.
#pragma once

#include "broker/call.h"

namespace kmirror::protocol {

struct ApiVersionsRequest;
struct ApiVersionsResponse;
struct FetchRequest;
struct FetchResponse;
struct ListOffsetsRequest;
struct ListOffsetsResponse;
struct MetadataRequest;
struct MetadataResponse;
struct OffsetForLeaderEpochRequest;
struct OffsetForLeaderEpochResponse;
struct ProduceRequest;
struct ProduceResponse;

}  // namespace kmirror::protocol

namespace kmirror::broker {

void api_versions(CallContext& call, const protocol::ApiVersionsRequest& request,
                  protocol::ApiVersionsResponse& response);
net::Awaitable<void> fetch(CallContext& call, const protocol::FetchRequest& request,
                           protocol::FetchResponse& response);
void list_offsets(CallContext& call, const protocol::ListOffsetsRequest& request,
                  protocol::ListOffsetsResponse& response);
void metadata(CallContext& call, const protocol::MetadataRequest& request,
              protocol::MetadataResponse& response);
void offset_for_leader_epoch(CallContext& call,
                             const protocol::OffsetForLeaderEpochRequest& request,
                             protocol::OffsetForLeaderEpochResponse& response);
net::Awaitable<void> produce(CallContext& call, const protocol::ProduceRequest& request,
                             protocol::ProduceResponse& response);

}  // namespace kmirror::broker
