// SaslAuthenticate (key 36): one step of a SASL exchange, in the mechanism's own bytes. Before it
// comes SaslHandshake (KIP-152).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct SaslAuthenticateResponse;

struct SaslAuthenticateRequest {
  static constexpr Api kApi{
      .key = 36, .name = "SaslAuthenticate", .versions = {0, 2}, .flexible = 2};
  using Response = SaslAuthenticateResponse;

  ConstBytes auth_bytes;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("authBytes", m.auth_bytes, kSecret); }
};

struct SaslAuthenticateResponse {
  static constexpr Api kApi = SaslAuthenticateRequest::kApi;

  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string_view> error_message = "";
  ConstBytes auth_bytes;
  // When to authenticate again, counted from this answer; 0: never (KIP-368).
  std::int64_t session_lifetime_ms = 0;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("errorCode", m.error_code);
    a.field("errorMessage", m.error_message, kNullable);
    a.field("authBytes", m.auth_bytes, kSecret);
    a.field("sessionLifetimeMs", m.session_lifetime_ms, since(1) | kIgnorable);
  }
};

}  // namespace kmirror::protocol
