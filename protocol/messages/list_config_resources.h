// ListConfigResources (key 74): the resources that have configurations. Version 0 lists client
// metrics only (KIP-714); 3.9 calls it ListClientMetricsResources, and its fields
// clientMetricsResources and name (KIP-1142).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct ListConfigResourcesResponse;

struct ListConfigResourcesRequest {
  static constexpr Api kApi{
      .key = 74, .name = "ListConfigResources", .versions = {0, 1}, .flexible = 0};
  using Response = ListConfigResourcesResponse;

  // As in AlterConfigs; empty: all.
  std::vector<std::int8_t> resource_types;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("resourceTypes", m.resource_types, since(1)); }
};

struct ListConfigResourcesResponse {
  static constexpr Api kApi = ListConfigResourcesRequest::kApi;

  struct ConfigResource {
    std::string_view resource_name;
    std::int8_t resource_type = 16;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("resourceName", m.resource_name);
      a.field("resourceType", m.resource_type, since(1) | kIgnorable);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<ConfigResource> config_resources;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code);
    a.field("configResources", m.config_resources);
  }
};

}  // namespace kmirror::protocol
