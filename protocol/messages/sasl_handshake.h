// SaslHandshake (key 17): chooses a SASL mechanism. After version 0 its tokens follow bare, after
// version 1 in SaslAuthenticate (KIP-152).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct SaslHandshakeResponse;

struct SaslHandshakeRequest {
  static constexpr Api kApi{.key = 17, .name = "SaslHandshake", .versions = {0, 1}};
  using Response = SaslHandshakeResponse;

  std::string_view mechanism;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("mechanism", m.mechanism); }
};

struct SaslHandshakeResponse {
  static constexpr Api kApi = SaslHandshakeRequest::kApi;

  ErrorCode error_code = ErrorCode::kNone;
  // Those that the broker has enabled.
  std::vector<std::string_view> mechanisms;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("errorCode", m.error_code);
    a.field("mechanisms", m.mechanisms);
  }
};

}  // namespace kmirror::protocol
