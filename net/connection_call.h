// The body of Connection::call, apart from connection.h because encoding and decoding a message is
// instantiated once an API, in connection_calls.cc, and nowhere else.
#pragma once

#include <fmt/core.h>

#include "net/connection.h"
#include "protocol/framing.h"
#include "protocol/wire/archive.h"

namespace kmirror::net {

template <class Request>
Awaitable<Result<Reply<typename Request::Response>>> Connection::call(const Request& request,
                                                                      CallOptions options) {
  const std::int16_t version = version_for(Request::kApi, options.version_max);
  if (version < 0) {
    co_return about_peer(
        {.kind = FailureKind::kUnsupported,
         .text = fmt::format("offers no version of {} that kmirror speaks", Request::kApi.name)});
  }
  protocol::GatherBuffer encoded;
  if (auto error = protocol::encode_request(request, version, core_.next_id(), settings_.client_id,
                                            encoded)) {
    co_return about_peer({.kind = FailureKind::kUnsupported,
                          .text = fmt::format("{} v{} cannot carry the request: {}",
                                              Request::kApi.name, version, error.to_string())});
  }
  Result<SlabRef> frame = co_await exchange(std::move(encoded), options);
  if (!frame) co_return frame.error();

  Reply<typename Request::Response> reply{std::move(frame.value()), {}, version};
  protocol::ResponseFrame parts;
  auto error = protocol::decode_response_header(reply.frame.bytes(), Request::kApi, version, parts);
  std::int16_t body_version = version;
  if (!error && Request::kApi.key == 18 && parts.body.size() >= 2 &&
      load_be<std::int16_t>(parts.body.data()) ==
          static_cast<std::int16_t>(protocol::ErrorCode::kUnsupportedVersion)) {
    body_version = 0;  // ApiVersionsRequest.getErrorResponse: this one error has the oldest format.
  }
  if (!error) error = protocol::decode(parts.body, body_version, reply.message);
  if (error) {
    Failure failure{
        .kind = FailureKind::kMalformed,
        .text = fmt::format("{} v{} response: {}", Request::kApi.name, version, error.to_string())};
    fail(failure);
    co_return about_peer(std::move(failure));
  }
  co_return reply;
}

}  // namespace kmirror::net
