#include "net/host_port.h"

#include <gtest/gtest.h>

namespace kmirror::net {
namespace {

TEST(HostPort, ReadAsKafkaReadsBootstrapServers) {
  struct Case {
    std::string_view text;
    std::optional<HostPort> expected;
  };
  const Case cases[] = {
      {"h1.example.com:9092", HostPort{"h1.example.com", 9092}},
      {"127.0.0.1:1", HostPort{"127.0.0.1", 1}},
      {"[2001:db8::1]:9092", HostPort{"2001:db8::1", 9092}},
      {"2001:db8::1:9092", HostPort{"2001:db8::1", 9092}},
      {"[fe80::1%eth0]:65535", HostPort{"fe80::1%eth0", 65535}},
      {"PLAINTEXT://h:9092", HostPort{"h", 9092}},
      {"SASL_SSL://[::1]:9092", HostPort{"::1", 9092}},
      {"", {}},
      {"h", {}},
      {"h:", {}},
      {":9092", {}},
      {"[]:9092", {}},
      {"[::1", {}},
      {"[::1]", {}},
      {"[::1]9092", {}},
      {"h:0", {}},
      {"h:65536", {}},
      {"h:-1", {}},
      {"h:9092x", {}},
      {"h:9092/path", {}},
      {"h one:9092", {}},
      {"a,b:9092", {}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(parse_host_port(c.text), c.expected) << c.text;
  }
}

TEST(HostPort, DefaultPortStandsInForAMissingOneOnly) {
  EXPECT_EQ(parse_host_port("h", 2181), (HostPort{"h", 2181}));
  EXPECT_EQ(parse_host_port("[::1]", 2181), (HostPort{"::1", 2181}));
  EXPECT_EQ(parse_host_port("h:5", 2181), (HostPort{"h", 5}));
  EXPECT_EQ(parse_host_port("h:", 2181), std::nullopt);
  EXPECT_EQ(parse_host_port("", 2181), std::nullopt);
}

TEST(HostPort, TextReadsBack) {
  for (HostPort address : {HostPort{"h", 1}, HostPort{"::1", 9092}}) {
    EXPECT_EQ(parse_host_port(to_string(address)), address);
  }
}

}  // namespace
}  // namespace kmirror::net
