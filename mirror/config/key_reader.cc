#include "mirror/config/key_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "mirror/config/check_keys.h"
#include "mirror/config/value_rule.h"

namespace kmirror::mirror {
namespace {

// Kafka takes 0 too; here that would ask without a pause.
constexpr milliseconds kMinMetadataAge{100};

ConfigResult<std::vector<net::HostPort>> read_servers(const Property& property) {
  std::vector<net::HostPort> servers;
  std::string_view rest = property.value;
  while (!rest.empty()) {
    std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view entry = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (entry.empty()) continue;
    std::optional<net::HostPort> server = net::parse_host_port(entry);
    if (!server) return wrong_value(property, "must be host:port, or several with commas");
    if (std::ranges::find(servers, *server) == servers.end()) servers.push_back(*server);
  }
  return servers;
}

}  // namespace

const Property* KeyReader::find(KeyNames names) const {
  for (std::string_view name : names) {
    if (const Property* property = find_property(properties_, name)) return property;
  }
  return nullptr;
}

std::string KeyReader::text(KeyNames names) const {
  const Property* property = find(names);
  return property == nullptr ? "" : std::string(trimmed(property->value));
}

std::int64_t KeyReader::number(KeyNames names, std::int64_t otherwise) const {
  const Property* property = find(names);
  if (property == nullptr) return otherwise;
  std::optional<std::int64_t> value = parse_long(property->value);
  KM_CHECK(value.has_value(), "check_keys has passed the value");
  return *value;
}

std::int32_t KeyReader::int32(KeyNames names, std::int32_t otherwise) const {
  std::int64_t value = number(names, otherwise);
  KM_CHECK(value >= -kMaxInt32 - 1 && value <= kMaxInt32, "the rule of the key bounds the value");
  return static_cast<std::int32_t>(value);
}

std::size_t KeyReader::bytes(KeyNames names, std::size_t otherwise) const {
  const Property* property = find(names);
  if (property == nullptr) return otherwise;
  const std::optional<std::int64_t> value = parse_bytes(property->value);
  KM_CHECK(value.has_value(), "check_keys has passed the value");
  return static_cast<std::size_t>(*value);
}

bool KeyReader::boolean(std::string_view name, bool otherwise) const {
  const Property* property = find({name});
  return property == nullptr ? otherwise : names_contain("true", property->value);
}

milliseconds KeyReader::duration(KeyNames names, milliseconds otherwise) const {
  return milliseconds(std::min(number(names, otherwise.count()), kMaxInt32));
}

ConfigResult<ClientConfig> read_client_config(const KeyReader& keys, KeyNames bootstrap_names) {
  ClientConfig client;
  if (const Property* servers = keys.find(bootstrap_names)) {
    ConfigResult<std::vector<net::HostPort>> read = read_servers(*servers);
    if (!read) return read.error();
    client.bootstrap_servers = std::move(*read);
  }
  client.client_id = keys.text({"client.id"});
  client.request_timeout = keys.duration({"request.timeout.ms"}, client.request_timeout);
  client.connect_timeout =
      keys.duration({"socket.connection.setup.timeout.ms"}, client.connect_timeout);
  client.metadata_max_age =
      std::max(kMinMetadataAge, keys.duration({"metadata.max.age.ms"}, client.metadata_max_age));
  client.retry_backoff = keys.duration({"retry.backoff.ms"}, client.retry_backoff);
  client.retry_backoff_max = std::max(
      client.retry_backoff, keys.duration({"retry.backoff.max.ms"}, client.retry_backoff_max));
  client.reconnect_backoff = keys.duration({"reconnect.backoff.ms"}, client.reconnect_backoff);
  client.reconnect_backoff_max =
      std::max(client.reconnect_backoff,
               keys.duration({"reconnect.backoff.max.ms"}, client.reconnect_backoff_max));
  return client;
}

}  // namespace kmirror::mirror
