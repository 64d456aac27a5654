// DescribeClientQuotas (key 48): the quotas of users, clients and addresses (KIP-546).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct DescribeClientQuotasResponse;

struct DescribeClientQuotasRequest {
  static constexpr Api kApi{
      .key = 48, .name = "DescribeClientQuotas", .versions = {0, 1}, .flexible = 1};
  using Response = DescribeClientQuotasResponse;

  struct Component {
    std::string_view entity_type;
    // 0: the name in match, 1: the default, 2: any name.
    std::int8_t match_type = 0;
    std::optional<std::string_view> match = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("entityType", m.entity_type);
      a.field("matchType", m.match_type);
      a.field("match", m.match, kNullable);
    }
  };

  std::vector<Component> components;
  // Only entities that have no other parts than those named.
  bool strict = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("components", m.components);
    a.field("strict", m.strict);
  }
};

struct DescribeClientQuotasResponse {
  static constexpr Api kApi = DescribeClientQuotasRequest::kApi;

  struct Quota {
    std::string_view key;
    double value = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("key", m.key);
      a.field("value", m.value);
    }
  };

  struct Entry {
    std::vector<QuotaEntity> entity;
    std::vector<Quota> values;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("entity", m.entity);
      a.field("values", m.values);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string_view> error_message = "";
  // Null: an error.
  std::optional<std::vector<Entry>> entries{std::in_place};
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code);
    a.field("errorMessage", m.error_message, kNullable);
    a.field("entries", m.entries, kNullable);
  }
};

}  // namespace kmirror::protocol
