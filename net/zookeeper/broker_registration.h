// What a broker writes about itself to ZooKeeper, /brokers/ids/<id>. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "net/host_port.h"

namespace kmirror::net {

enum class RegistrationError {
  kMalformed,   // not JSON, or not a broker's
  kNoListener,  // none of the broker's listeners speaks that protocol
};

// The first endpoint whose listener speaks `security_protocol` ("PLAINTEXT"). Versions 1 to 5 of
// kafka.zk.BrokerIdZNode: from 2 on there are endpoints, from 4 on a map from the listeners' names
// to their protocols; host and port at the top are used only where there are no endpoints.
std::variant<HostPort, RegistrationError> parse_broker_registration(
    std::string_view json, std::string_view security_protocol);

// The id in /cluster/id, {"version":"1","id":"..."}; nothing when it is malformed.
std::optional<std::string> parse_cluster_id(std::string_view json);

}  // namespace kmirror::net
