// DescribeCluster (key 60): a cluster's id, brokers and controller (KIP-700).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct DescribeClusterResponse;

struct DescribeClusterRequest {
  static constexpr Api kApi{
      .key = 60, .name = "DescribeCluster", .versions = {0, 2}, .flexible = 0};
  using Response = DescribeClusterResponse;

  bool include_cluster_authorized_operations = false;
  // 1: brokers, 2: controllers (KIP-919).
  std::int8_t endpoint_type = 1;
  bool include_fenced_brokers = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("includeClusterAuthorizedOperations", m.include_cluster_authorized_operations);
    a.field("endpointType", m.endpoint_type, since(1));
    a.field("includeFencedBrokers", m.include_fenced_brokers, since(2));
  }
};

struct DescribeClusterResponse {
  static constexpr Api kApi = DescribeClusterRequest::kApi;

  struct Broker {
    std::int32_t broker_id = 0;
    std::string_view host;
    std::int32_t port = 0;
    std::optional<std::string_view> rack;
    bool is_fenced = false;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("brokerId", m.broker_id);
      a.field("host", m.host);
      a.field("port", m.port);
      a.field("rack", m.rack, kNullable);
      a.field("isFenced", m.is_fenced, since(2));
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string_view> error_message;
  std::int8_t endpoint_type = 1;
  std::string_view cluster_id;
  std::int32_t controller_id = -1;
  std::vector<Broker> brokers;
  std::int32_t cluster_authorized_operations = std::numeric_limits<std::int32_t>::min();
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code);
    a.field("errorMessage", m.error_message, kNullable);
    a.field("endpointType", m.endpoint_type, since(1));
    a.field("clusterId", m.cluster_id);
    a.field("controllerId", m.controller_id);
    a.field("brokers", m.brokers);
    a.field("clusterAuthorizedOperations", m.cluster_authorized_operations);
  }
};

}  // namespace kmirror::protocol
