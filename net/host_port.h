// A host name or numeric address with a port, as people and brokers write it: "h1:9092",
// "[2001:db8::1]:9092". A plain value; the host is kept without brackets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kmirror::net {

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  auto operator<=>(const HostPort&) const = default;
};

// "h:9092", "[::1]:9092" or "PLAINTEXT://h:9092" (the scheme is dropped, as Kafka's
// ClientUtils does). Empty when there is no host, or no port from 1 to 65535, unless
// `default_port` stands in for a port that is not written.
std::optional<HostPort> parse_host_port(std::string_view text,
                                        std::optional<std::uint16_t> default_port = {});

// The form that parse_host_port reads back: IPv6 hosts in brackets.
std::string to_string(const HostPort& address);

}  // namespace kmirror::net
