#include "mirror/config/side_config.h"

#include <fmt/format.h>

#include "base/check.h"
#include "mirror/config/check_keys.h"
#include "mirror/config/key_reader.h"
#include "mirror/config/value_rule.h"

namespace kmirror::mirror {
namespace {

OffsetReset offset_reset(std::string_view value) {
  if (names_contain("latest,largest", value)) return OffsetReset::kLatest;
  return names_contain("none", value) ? OffsetReset::kNone : OffsetReset::kEarliest;
}

// The old producer also took the codec's number.
compression::Codec codec_of(std::string_view value) {
  std::string name = lower_case(trimmed(value));
  if (name.size() == 1) return static_cast<compression::Codec>(name[0] - '0');
  std::optional<compression::Codec> codec = compression::codec_from_name(name);
  KM_CHECK(codec.has_value(), "the rule of compression.type lists the codecs");
  return *codec;
}

void read_compression(const KeyReader& keys, DestinationConfig& destination) {
  const Property* type = keys.find({"compression.type", "compression.codec"});
  if (type == nullptr || names_contain("producer", type->value)) return;
  destination.codec = codec_of(type->value);
  std::string key =
      fmt::format("compression.{}.level", compression::codec_name(*destination.codec));
  const Property* level = keys.find({key});
  if (level == nullptr) return;
  std::int32_t value = keys.int32({key}, 0);
  // Java's way to ask gzip for its default level.
  if (destination.codec == compression::Codec::kGzip && value == -1) return;
  destination.compression_level = value;
}

// How the brokers are found: MirrorMaker decides between its old and new consumer by the same two
// keys and refuses both at once.
std::optional<ConfigError> read_zookeeper(const KeyReader& keys, const std::string& file,
                                          SourceConfig& source) {
  const Property* zookeeper = keys.find({"zookeeper.connect"});
  const Property* bootstrap = keys.find({"bootstrap.servers"});
  if (zookeeper != nullptr && bootstrap != nullptr) {
    return ConfigError{
        fmt::format("{}: zookeeper.connect contradicts bootstrap.servers at {}: give only one.",
                    zookeeper->where(), bootstrap->where())};
  }
  if (zookeeper == nullptr) {
    if (!source.client.bootstrap_servers.empty()) return std::nullopt;
    return ConfigError{fmt::format(
        "{}: bootstrap.servers is missing: it names brokers of the source, as host:port.", file)};
  }
  source.zookeeper = net::parse_zookeeper_connect(zookeeper->value);
  if (source.zookeeper) return std::nullopt;
  return wrong_value(*zookeeper, "must be host:port, or several with commas, then /chroot if any");
}

}  // namespace

ConfigResult<SourceConfig> resolve_source(const Properties& properties, const std::string& file) {
  KeyReader keys(properties);
  ConfigResult<ClientConfig> client = read_client_config(keys, {"bootstrap.servers"});
  if (!client) return client.error();
  SourceConfig source;
  source.client = std::move(*client);
  source.client.request_timeout =
      keys.duration({"request.timeout.ms", "socket.timeout.ms"}, source.client.request_timeout);
  if (auto error = read_zookeeper(keys, file, source)) return *error;
  source.zookeeper_timeout =
      keys.duration({"zookeeper.connection.timeout.ms", "zookeeper.session.timeout.ms"},
                    source.zookeeper_timeout);
  source.group_id = keys.text({"group.id"});
  if (source.group_id.empty()) {
    return ConfigError{fmt::format(
        "{}: group.id is missing: the mirror keeps its progress in that consumer group.", file)};
  }
  source.client.client_id = source.group_id;
  if (const Property* reset = keys.find({"auto.offset.reset"})) {
    source.auto_offset_reset = offset_reset(reset->value);
    source.auto_offset_reset_given = true;
  }
  if (const Property* isolation = keys.find({"isolation.level"})) {
    source.read_committed = names_contain("read_committed", isolation->value);
    source.isolation_level_given = true;
  }
  source.fetch_min_bytes = keys.int32({"fetch.min.bytes"}, source.fetch_min_bytes);
  // Kafka takes 0 too; with 0 as with 1 brokers send one batch at a time (KIP-74).
  source.fetch_max_bytes = std::max(1, keys.int32({"fetch.max.bytes"}, source.fetch_max_bytes));
  source.max_partition_fetch_bytes =
      std::max(1, keys.int32({"max.partition.fetch.bytes", "fetch.message.max.bytes"},
                             source.max_partition_fetch_bytes));
  source.fetch_max_wait =
      keys.duration({"fetch.max.wait.ms", "fetch.wait.max.ms"}, source.fetch_max_wait);
  return source;
}

ConfigResult<DestinationConfig> resolve_destination(const Properties& properties,
                                                    const std::string& file,
                                                    std::vector<std::string>& warnings) {
  KeyReader keys(properties);
  ConfigResult<ClientConfig> client =
      read_client_config(keys, {"bootstrap.servers", "metadata.broker.list"});
  if (!client) return client.error();
  DestinationConfig destination;
  destination.client = std::move(*client);
  if (destination.client.bootstrap_servers.empty()) {
    return ConfigError{fmt::format(
        "{}: bootstrap.servers is missing: it names brokers of the destination, as host:port.",
        file)};
  }
  read_compression(keys, destination);
  destination.enable_idempotence = keys.boolean("enable.idempotence", true);
  if (!destination.enable_idempotence) destination.max_in_flight = 1;
  if (const Property* given = keys.find({"max.in.flight.requests.per.connection"})) {
    std::int32_t wanted = keys.int32({given->key}, 0);
    if (wanted > destination.max_in_flight) {
      warnings.push_back(fmt::format(
          "{}: {}={} is not followed: 1 keeps the order of records without idempotence.",
          given->where(), given->key, wanted));
    }
    destination.max_in_flight = std::min(wanted, destination.max_in_flight);
  }
  destination.max_request_size = keys.int32({"max.request.size"}, destination.max_request_size);
  return destination;
}

}  // namespace kmirror::mirror
