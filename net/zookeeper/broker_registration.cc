#include "net/zookeeper/broker_registration.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace kmirror::net {
namespace {

using Json = nlohmann::json;
constexpr bool kThrows = false;

using Outcome = std::variant<HostPort, RegistrationError>;

// Null when `object` has no such member.
const Json* member(const Json& object, const char* name) {
  auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

// The protocol of a listener; without an entry the name is the protocol.
std::string_view protocol_of(std::string_view listener, const Json* map) {
  if (map == nullptr) return listener;
  auto found = map->find(std::string(listener));
  if (found == map->end() || !found->is_string()) return listener;
  return found->get_ref<const std::string&>();
}

Outcome from_endpoints(const Json& endpoints, const Json* map, std::string_view protocol) {
  for (const Json& endpoint : endpoints) {
    if (!endpoint.is_string()) return RegistrationError::kMalformed;
    std::string_view url = endpoint.get_ref<const std::string&>();
    std::size_t scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return RegistrationError::kMalformed;
    if (protocol_of(url.substr(0, scheme_end), map) != protocol) continue;
    std::optional<HostPort> address = parse_host_port(url);
    if (!address) return RegistrationError::kMalformed;
    return *address;
  }
  return RegistrationError::kNoListener;
}

Outcome from_host_and_port(const Json& broker, std::string_view protocol) {
  const Json* host = member(broker, "host");
  const Json* port = member(broker, "port");
  if (host == nullptr || protocol != "PLAINTEXT") return RegistrationError::kNoListener;
  if (!host->is_string() || port == nullptr || !port->is_number_integer()) {
    return RegistrationError::kMalformed;
  }
  auto number = port->get<std::int64_t>();
  if (number < 1 || number > 65535) return RegistrationError::kMalformed;
  return HostPort{host->get<std::string>(), static_cast<std::uint16_t>(number)};
}

}  // namespace

std::optional<std::string> parse_cluster_id(std::string_view json) {
  Json cluster = Json::parse(json, nullptr, kThrows);
  if (!cluster.is_object()) return std::nullopt;
  const Json* id = member(cluster, "id");
  if (id == nullptr || !id->is_string()) return std::nullopt;
  return id->get<std::string>();
}

Outcome parse_broker_registration(std::string_view json, std::string_view security_protocol) {
  Json broker = Json::parse(json, nullptr, kThrows);
  if (!broker.is_object()) return RegistrationError::kMalformed;
  const Json* map = member(broker, "listener_security_protocol_map");
  if (map != nullptr && !map->is_object()) return RegistrationError::kMalformed;
  const Json* endpoints = member(broker, "endpoints");
  if (endpoints == nullptr) return from_host_and_port(broker, security_protocol);
  if (!endpoints->is_array()) return RegistrationError::kMalformed;
  return from_endpoints(*endpoints, map, security_protocol);
}

}  // namespace kmirror::net
