// ApiVersions, versions 0 to 4: what this broker offers, and which features are on (KIP-511). A
// version that it does not know is answered before it comes here. Versions up to 3 are not told of
// features that may be 0, because clients of their time took those for damage (KAFKA-17492).
#include <algorithm>
#include <cctype>

#include "broker/api/handlers.h"
#include "broker/cluster.h"
#include "protocol/messages/api_versions.h"

namespace kmirror::broker {

namespace {

// [a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?
bool is_software_name(std::string_view name) {
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) != 0; };
  const auto is_inner = [&](unsigned char c) { return is_plain(c) || c == '-' || c == '.'; };
  return !name.empty() && is_plain(name.front()) && is_plain(name.back()) &&
         std::ranges::all_of(name, is_inner);
}

void tell_features(CallContext& call, protocol::ApiVersionsResponse& response) {
  const auto features = broker::features(call.cluster.release());
  if (!features.empty()) response.finalized_features_epoch = 1;
  for (const Feature& feature : features) {
    if (feature.min > 0 || call.version >= 4) {
      response.supported_features.push_back(
          {.name = feature.name, .min_version = feature.min, .max_version = feature.max});
    }
    if (feature.level == 0) continue;
    response.finalized_features.push_back({.name = feature.name,
                                           .max_version_level = feature.level,
                                           .min_version_level = feature.level});
  }
}

}  // namespace

void api_versions(CallContext& call, const protocol::ApiVersionsRequest& request,
                  protocol::ApiVersionsResponse& response) {
  if (call.version >= 3 && !(is_software_name(request.client_software_name) &&
                             is_software_name(request.client_software_version))) {
    response.error_code = protocol::ErrorCode::kInvalidRequest;
    return;
  }
  for (const auto& [key, range] : call.cluster.versions) {
    response.api_keys.push_back(
        {.api_key = key, .min_version = range.min, .max_version = range.max});
  }
  tell_features(call, response);
}

}  // namespace kmirror::broker
