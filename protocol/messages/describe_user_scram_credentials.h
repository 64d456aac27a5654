// DescribeUserScramCredentials (key 50): which SCRAM mechanisms users have credentials for
// (KIP-554).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct DescribeUserScramCredentialsResponse;

struct DescribeUserScramCredentialsRequest {
  static constexpr Api kApi{
      .key = 50, .name = "DescribeUserScramCredentials", .versions = {0, 0}, .flexible = 0};
  using Response = DescribeUserScramCredentialsResponse;

  struct User {
    std::string_view name;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) { a.field("name", m.name); }
  };

  // Null or empty: all users.
  std::optional<std::vector<User>> users{std::in_place};
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("users", m.users, kNullable); }
};

struct DescribeUserScramCredentialsResponse {
  static constexpr Api kApi = DescribeUserScramCredentialsRequest::kApi;

  struct CredentialInfo {
    // 1: SCRAM-SHA-256, 2: SCRAM-SHA-512.
    std::int8_t mechanism = 0;
    std::int32_t iterations = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("mechanism", m.mechanism);
      a.field("iterations", m.iterations);
    }
  };

  struct Result {
    std::string_view user;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    std::vector<CredentialInfo> credential_infos;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("user", m.user);
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
      a.field("credentialInfos", m.credential_infos);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string_view> error_message = "";
  std::vector<Result> results;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code);
    a.field("errorMessage", m.error_message, kNullable);
    a.field("results", m.results);
  }
};

}  // namespace kmirror::protocol
