// The value of zookeeper.connect: "h1:2181,h2:2181/chroot". A plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/host_port.h"

namespace kmirror::net {

struct ZookeeperConnect {
  std::vector<HostPort> servers;  // at least one
  std::string chroot;             // "" or "/a/b", never with a slash at the end
  bool operator==(const ZookeeperConnect&) const = default;
};

// Port 2181 where none is written; the chroot stands once, at the end. Empty when a host or the
// chroot is malformed.
std::optional<ZookeeperConnect> parse_zookeeper_connect(std::string_view text);

}  // namespace kmirror::net
