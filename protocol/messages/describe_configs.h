// DescribeConfigs (key 32): configurations of topics and brokers.
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

struct DescribeConfigsResponse;

struct DescribeConfigsRequest {
  static constexpr Api kApi{
      .key = 32, .name = "DescribeConfigs", .versions = {0, 4}, .flexible = 4};
  using Response = DescribeConfigsResponse;

  struct Resource {
    // 2: topic, 4: broker, 8: broker logger, 16: client metrics, 32: group.
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    // Null: all keys.
    std::optional<std::vector<std::string_view>> configuration_keys{std::in_place};
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("resourceType", m.resource_type);
      a.field("resourceName", m.resource_name);
      a.field("configurationKeys", m.configuration_keys, kNullable);
    }
  };

  std::vector<Resource> resources;
  bool include_synonyms = false;
  bool include_documentation = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("resources", m.resources);
    a.field("includeSynonyms", m.include_synonyms, since(1));
    a.field("includeDocumentation", m.include_documentation, since(3));
  }
};

struct DescribeConfigsResponse {
  static constexpr Api kApi = DescribeConfigsRequest::kApi;

  struct Synonym {
    std::string_view name;
    std::optional<std::string_view> value = "";
    std::int8_t source = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("value", m.value, kNullable | kSecret);
      a.field("source", m.source);
    }
  };

  struct Config {
    std::string_view name;
    std::optional<std::string_view> value = "";
    bool read_only = false;
    bool is_default = false;
    std::int8_t config_source = -1;
    bool is_sensitive = false;
    std::vector<Synonym> synonyms;
    std::int8_t config_type = 0;
    std::optional<std::string_view> documentation = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("value", m.value, kNullable | kSecret);
      a.field("readOnly", m.read_only);
      a.field("isDefault", m.is_default, until(0));
      a.field("configSource", m.config_source, since(1) | kIgnorable);
      a.field("isSensitive", m.is_sensitive);
      a.field("synonyms", m.synonyms, since(1) | kIgnorable);
      a.field("configType", m.config_type, since(3) | kIgnorable);
      a.field("documentation", m.documentation, since(3) | kNullable | kIgnorable);
    }
  };

  struct Result {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::vector<Config> configs;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
      a.field("resourceType", m.resource_type);
      a.field("resourceName", m.resource_name);
      a.field("configs", m.configs);
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
