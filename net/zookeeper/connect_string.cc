#include "net/zookeeper/connect_string.h"

#include <algorithm>

namespace kmirror::net {
namespace {

constexpr std::uint16_t kDefaultPort = 2181;

std::string_view trimmed(std::string_view text) {
  std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// ZooKeeper's PathUtils: components between single slashes, neither "." nor "..", no controls.
bool is_path(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    std::string_view component = path.substr(0, path.find('/'));
    if (component.empty() || component == "." || component == "..") return false;
    if (std::ranges::any_of(component, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
      return false;
    }
    path.remove_prefix(component.size());
  }
  return true;
}

}  // namespace

std::optional<ZookeeperConnect> parse_zookeeper_connect(std::string_view text) {
  ZookeeperConnect connect;
  text = trimmed(text);
  std::size_t slash = std::min(text.find('/'), text.size());
  std::string_view hosts = text.substr(0, slash), chroot = text.substr(slash);
  if (chroot.ends_with('/')) chroot.remove_suffix(1);
  if (!is_path(chroot)) return std::nullopt;
  connect.chroot = chroot;
  while (!hosts.empty()) {
    std::size_t comma = std::min(hosts.find(','), hosts.size());
    std::string_view entry = trimmed(hosts.substr(0, comma));
    hosts.remove_prefix(std::min(comma + 1, hosts.size()));
    if (entry.empty()) continue;
    std::optional<HostPort> server = parse_host_port(entry, kDefaultPort);
    if (!server) return std::nullopt;
    connect.servers.push_back(*server);
  }
  if (connect.servers.empty()) return std::nullopt;
  return connect;
}

}  // namespace kmirror::net
