// A host as configured or as a broker advertises it: not resolved yet.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>

namespace kmirror::net {

struct HostPort {
  std::string host;  // a name or a numeric address; IPv6 without brackets
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

// "host:port", with brackets around an IPv6 address.
inline std::string to_string(const HostPort& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", address.host, address.port)
            : fmt::format("{}:{}", address.host, address.port);
}

}  // namespace kmirror::net
