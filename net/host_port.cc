#include "net/host_port.h"

#include <algorithm>

#include "base/parse_number.h"

namespace kmirror::net {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_number<std::uint16_t>(text);
  return port && *port > 0 ? port : std::nullopt;
}

// What a host name, an IPv4 or an IPv6 address with its zone is made of.
bool is_host(std::string_view text) {
  constexpr std::string_view kLegal =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:%";
  return !text.empty() && text.find_first_not_of(kLegal) == std::string_view::npos;
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text,
                                        std::optional<std::uint16_t> default_port) {
  if (std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    text.remove_prefix(scheme + 3);
  }
  std::string_view host, port;  // the port with its colon, if it is written
  if (text.starts_with('[')) {
    std::size_t closing = text.find(']');
    if (closing == std::string_view::npos) return std::nullopt;
    host = text.substr(1, closing - 1);
    port = text.substr(closing + 1);
  } else {
    // Kafka takes an IPv6 address without brackets too: the last colon is the port's.
    std::size_t colon = std::min(text.rfind(':'), text.size());
    host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (!is_host(host)) return std::nullopt;
  if (port.empty()) {
    if (!default_port) return std::nullopt;
    return HostPort{std::string(host), *default_port};
  }
  if (!port.starts_with(':')) return std::nullopt;
  std::optional<std::uint16_t> number = parse_port(port.substr(1));
  if (!number) return std::nullopt;
  return HostPort{std::string(host), *number};
}

}  // namespace kmirror::net
