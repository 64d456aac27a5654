// AlterUserScramCredentials (key 51): sets and deletes SCRAM credentials (KIP-554). Mechanisms: 1
// is SCRAM-SHA-256, 2 is SCRAM-SHA-512.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct AlterUserScramCredentialsResponse;

struct AlterUserScramCredentialsRequest {
  static constexpr Api kApi{
      .key = 51, .name = "AlterUserScramCredentials", .versions = {0, 0}, .flexible = 0};
  using Response = AlterUserScramCredentialsResponse;

  struct Deletion {
    std::string_view name;
    std::int8_t mechanism = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("mechanism", m.mechanism);
    }
  };

  struct Upsertion {
    std::string_view name;
    std::int8_t mechanism = 0;
    std::int32_t iterations = 0;
    ConstBytes salt;
    ConstBytes salted_password;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("mechanism", m.mechanism);
      a.field("iterations", m.iterations);
      a.field("salt", m.salt, kSecret);
      a.field("saltedPassword", m.salted_password, kSecret);
    }
  };

  std::vector<Deletion> deletions;
  std::vector<Upsertion> upsertions;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("deletions", m.deletions);
    a.field("upsertions", m.upsertions);
  }
};

struct AlterUserScramCredentialsResponse {
  static constexpr Api kApi = AlterUserScramCredentialsRequest::kApi;

  struct Result {
    std::string_view user;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("user", m.user);
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Result> results;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("results", m.results);
  }
};

}  // namespace kmirror::protocol
