// AlterConfigs (key 33): replaces whole configurations: keys that are not named fall back to their
// defaults. IncrementalAlterConfigs took its place (KIP-339).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/messages/common.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct AlterConfigsResponse;

struct AlterConfigsRequest {
  static constexpr Api kApi{.key = 33, .name = "AlterConfigs", .versions = {0, 2}, .flexible = 2};
  using Response = AlterConfigsResponse;

  struct Resource {
    // 2: topic, 4: broker, 8: broker logger, 16: client metrics, 32: group.
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::vector<ConfigEntry> configs;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("resourceType", m.resource_type);
      a.field("resourceName", m.resource_name);
      a.field("configs", m.configs);
    }
  };

  std::vector<Resource> resources;
  bool validate_only = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("resources", m.resources);
    a.field("validateOnly", m.validate_only);
  }
};

struct AlterConfigsResponse {
  static constexpr Api kApi = AlterConfigsRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  std::vector<AlterConfigsResult> responses;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("responses", m.responses);
  }
};

}  // namespace kmirror::protocol
