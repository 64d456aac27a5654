// A host as configured or as a broker advertises it: not resolved yet.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kmirror::net {

struct HostPort {
  std::string host;  // a name or a numeric address; IPv6 without brackets
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

// "h:9092", "[::1]:9092" or "PLAINTEXT://h:9092" (the scheme is dropped, as Kafka's ClientUtils
// does). Empty when there is no host, or no port from 1 to 65535, unless `default_port` stands in
// for a port that is not written.
std::optional<HostPort> parse_host_port(std::string_view text,
                                        std::optional<std::uint16_t> default_port = {});

// "host:port", with brackets around an IPv6 address.
inline std::string to_string(const HostPort& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", address.host, address.port)
            : fmt::format("{}:{}", address.host, address.port);
}

}  // namespace kmirror::net
