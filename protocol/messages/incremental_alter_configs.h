// IncrementalAlterConfigs (key 44): changes single keys of configurations (KIP-339).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct IncrementalAlterConfigsResponse;

struct IncrementalAlterConfigsRequest {
  static constexpr Api kApi{
      .key = 44, .name = "IncrementalAlterConfigs", .versions = {0, 1}, .flexible = 1};
  using Response = IncrementalAlterConfigsResponse;

  struct Config {
    std::string_view name;
    // 0: set, 1: delete, 2: append to a list, 3: take from a list.
    std::int8_t config_operation = 0;
    std::optional<std::string_view> value = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("configOperation", m.config_operation);
      a.field("value", m.value, kNullable | kSecret);
    }
  };

  struct Resource {
    // 2: topic, 4: broker, 8: broker logger, 16: client metrics, 32: group.
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::vector<Config> configs;
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

struct IncrementalAlterConfigsResponse {
  static constexpr Api kApi = IncrementalAlterConfigsRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  std::vector<AlterConfigsResult> responses;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("responses", m.responses);
  }
};

}  // namespace kmirror::protocol
