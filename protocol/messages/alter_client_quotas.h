// AlterClientQuotas (key 49): sets and removes quotas of users, clients and addresses (KIP-546).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct AlterClientQuotasResponse;

struct AlterClientQuotasRequest {
  static constexpr Api kApi{
      .key = 49, .name = "AlterClientQuotas", .versions = {0, 1}, .flexible = 1};
  using Response = AlterClientQuotasResponse;

  struct Op {
    std::string_view key;
    double value = 0;
    bool remove = false;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("key", m.key);
      a.field("value", m.value);
      a.field("remove", m.remove);
    }
  };

  struct Entry {
    std::vector<QuotaEntity> entity;
    std::vector<Op> ops;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("entity", m.entity);
      a.field("ops", m.ops);
    }
  };

  std::vector<Entry> entries;
  bool validate_only = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("entries", m.entries);
    a.field("validateOnly", m.validate_only);
  }
};

struct AlterClientQuotasResponse {
  static constexpr Api kApi = AlterClientQuotasRequest::kApi;

  struct Entry {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    std::vector<QuotaEntity> entity;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
      a.field("entity", m.entity);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Entry> entries;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("entries", m.entries);
  }
};

}  // namespace kmirror::protocol
