// ApiVersions (key 18): what the broker speaks.
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

struct ApiVersionsResponse;

struct ApiVersionsRequest {
  static constexpr Api kApi{.key = 18, .name = "ApiVersions", .versions = {0, 4}, .flexible = 3};
  using Response = ApiVersionsResponse;

  std::string_view client_software_name;
  std::string_view client_software_version;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("clientSoftwareName", m.client_software_name, since(3) | kIgnorable);
    a.field("clientSoftwareVersion", m.client_software_version, since(3) | kIgnorable);
  }
};

struct ApiVersionsResponse {
  static constexpr Api kApi = ApiVersionsRequest::kApi;

  struct ApiVersion {
    std::int16_t api_key = 0;
    std::int16_t min_version = 0;
    std::int16_t max_version = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("apiKey", m.api_key);
      a.field("minVersion", m.min_version);
      a.field("maxVersion", m.max_version);
    }
  };

  struct SupportedFeature {
    std::string_view name;
    std::int16_t min_version = 0;
    std::int16_t max_version = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("minVersion", m.min_version);
      a.field("maxVersion", m.max_version);
    }
  };

  struct FinalizedFeature {
    std::string_view name;
    std::int16_t max_version_level = 0;
    std::int16_t min_version_level = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("maxVersionLevel", m.max_version_level);
      a.field("minVersionLevel", m.min_version_level);
    }
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<ApiVersion> api_keys;
  std::int32_t throttle_time_ms = 0;
  std::vector<SupportedFeature> supported_features;
  std::int64_t finalized_features_epoch = -1;
  std::vector<FinalizedFeature> finalized_features;
  bool zk_migration_ready = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("errorCode", m.error_code);
    a.field("apiKeys", m.api_keys);
    a.field("throttleTimeMs", m.throttle_time_ms, since(1) | kIgnorable);
    a.field("supportedFeatures", m.supported_features, since(3) | tagged(0) | kIgnorable);
    a.field("finalizedFeaturesEpoch", m.finalized_features_epoch,
            since(3) | tagged(1) | kIgnorable);
    a.field("finalizedFeatures", m.finalized_features, since(3) | tagged(2) | kIgnorable);
    a.field("zkMigrationReady", m.zk_migration_ready, since(3) | tagged(3) | kIgnorable);
  }
};

}  // namespace kmirror::protocol
