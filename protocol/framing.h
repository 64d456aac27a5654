// Frames: an int32 length, a header, a body. Request headers v1 and v2, response headers v0 and v1,
// as RequestHeader.json and ResponseHeader.json of Kafka have them. Pure functions, no thread
// rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "protocol/api.h"
#include "protocol/wire/archive.h"

namespace kmirror::protocol {

// The header has an int16 for its length.
inline constexpr std::size_t kMaxClientIdBytes = 32767;

class RequestPrefix final : public Prefix {
 public:
  // The client id, of at most kMaxClientIdBytes, is copied only when written.
  RequestPrefix(const Api& api, std::int16_t version, std::int32_t correlation_id,
                std::string_view client_id)
      : api_(api), version_(version), correlation_id_(correlation_id), client_id_(client_id) {}

  std::size_t size() const override;
  void write(std::size_t body_size, GatherBuffer& out) const override;

 private:
  const Api& api_;
  std::int16_t version_;
  std::int32_t correlation_id_;
  std::string_view client_id_;
};

// Replaces what `out` holds by the whole frame, length included. Records are referred to and must
// outlive it. After an error `out` is empty.
template <class Request>
[[nodiscard]] WireError encode_request(const Request& request, std::int16_t version,
                                       std::int32_t correlation_id, std::string_view client_id,
                                       GatherBuffer& out) {
  if (client_id.size() > kMaxClientIdBytes) {
    out.reset(0);
    return {.kind = WireError::Kind::kBadLength, .offset = 0, .path = "clientId"};
  }
  const RequestPrefix prefix(Request::kApi, version, correlation_id, client_id);
  return encode(request, version, prefix, out);
}

struct RequestFrame {
  std::int16_t api_key = 0;
  std::int16_t version = 0;
  std::int32_t correlation_id = 0;
  std::optional<std::string_view> client_id;
  ConstBytes body;  // this and the client id are views into the frame
};

// `frame` is what follows the length. The API tells which version the header has; `find` gives
// null for one that is not known, which is an error. Tagged fields of the header are skipped: none
// is defined.
[[nodiscard]] WireError decode_request_header(ConstBytes frame,
                                              const Api* (*find)(std::int16_t api_key),
                                              RequestFrame& out);

class ResponsePrefix final : public Prefix {
 public:
  ResponsePrefix(const Api& api, std::int16_t version, std::int32_t correlation_id)
      : tagged_(api.response_header_tagged(version)), correlation_id_(correlation_id) {}

  std::size_t size() const override { return tagged_ ? 9 : 8; }
  void write(std::size_t body_size, GatherBuffer& out) const override;

 private:
  bool tagged_;
  std::int32_t correlation_id_;
};

struct ResponseFrame {
  std::int32_t correlation_id = 0;
  ConstBytes body;  // a view into the frame
};

// `frame` is what follows the length. Tagged fields of the header are skipped: none is defined.
[[nodiscard]] WireError decode_response_header(ConstBytes frame, const Api& api,
                                               std::int16_t version, ResponseFrame& out);

}  // namespace kmirror::protocol
