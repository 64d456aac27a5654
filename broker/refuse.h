// Answers that refuse a request with an error, each where its API has the place for it, as Kafka's
// AbstractRequest.getErrorResponse does; but Metadata tells of the cluster, as brokers do when only
// topics are in error. For hooks that inject faults. No state of their own.
#pragma once

#include <cstdint>

#include "broker/call.h"
#include "protocol/error_code.h"

namespace kmirror::broker {

// `request` and `response` are the messages of the API. False where it is not known how to refuse
// such requests.
bool refuse(std::int16_t api_key, CallContext& call, protocol::ErrorCode error, const void* request,
            void* response);

bool can_refuse(std::int16_t api_key);

// The same with the messages' types.
template <class Request>
bool refuse(CallContext& call, protocol::ErrorCode error, const Request& request,
            typename Request::Response& response) {
  return refuse(Request::kApi.key, call, error, &request, &response);
}

}  // namespace kmirror::broker
