#include "app/console/broker_flags.h"

#include <fmt/core.h>

#include <algorithm>

#include "app/console/console_flags.h"

namespace kmirror::app {

namespace {

// "h1:9092,h2:9092"
std::optional<std::vector<net::HostPort>> parse_servers(const std::string& text) {
  std::vector<net::HostPort> servers;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = std::string_view(text).substr(begin, end - begin);
    const auto server = net::parse_host_port(part);
    if (!server) {
      print_error(fmt::format("--bootstrap-server: `{}` is not of the form host:port", part));
      return std::nullopt;
    }
    servers.push_back(*server);
    begin = end + 1;
  }
  return servers;
}

}  // namespace

void add_broker_flags(Flags& flags, BrokerFlags& brokers, const std::string& names) {
  Flags where = flags.add_choice("brokers");
  where.add(names, brokers.bootstrap_server, "host:port,...").type_name("SERVERS");
  where.add("--zookeeper", brokers.zookeeper, "find the brokers there: host:port,.../chroot")
      .type_name("SERVERS");
}

std::optional<SessionSettings> session_settings(const BrokerFlags& flags, std::string client_id) {
  SessionSettings settings;
  settings.client_id = std::move(client_id);
  if (flags.zookeeper.empty()) {
    auto servers = parse_servers(flags.bootstrap_server);
    if (!servers) return std::nullopt;
    settings.bootstrap = std::move(*servers);
    return settings;
  }
  settings.zookeeper = net::parse_zookeeper_connect(flags.zookeeper);
  if (settings.zookeeper) return settings;
  print_error(
      fmt::format("--zookeeper: `{}` is not of the form host:port,.../chroot", flags.zookeeper));
  return std::nullopt;
}

}  // namespace kmirror::app
