#include "net/zookeeper/broker_registration.h"

#include <gtest/gtest.h>

namespace kmirror::net {
namespace {

using Outcome = std::variant<HostPort, RegistrationError>;

std::string show(const Outcome& outcome) {
  if (auto* address = std::get_if<HostPort>(&outcome)) return to_string(*address);
  return std::get<RegistrationError>(outcome) == RegistrationError::kMalformed ? "malformed"
                                                                               : "no listener";
}

TEST(BrokerRegistration, EveryVersion) {
  struct Case {
    std::string_view json, protocol, expected;
  };
  const Case cases[] = {
      {R"({"jmx_port":-1,"timestamp":"1","host":"old","version":1,"port":9092})", "PLAINTEXT",
       "old:9092"},
      {R"({"jmx_port":-1,"timestamp":"1","host":"old","version":1,"port":9092})", "SSL",
       "no listener"},
      {R"({"version":2,"host":"h","port":1,"endpoints":["SSL://s:9093","PLAINTEXT://p:9092"]})",
       "PLAINTEXT", "p:9092"},
      {R"({"version":3,"host":"h","port":1,"rack":"r","endpoints":["PLAINTEXT://p:9092"]})", "SSL",
       "no listener"},
      {R"({"version":4,"host":null,"port":-1,"endpoints":["OUT://o:1","IN://[2001:db8::1]:2"],
           "listener_security_protocol_map":{"IN":"PLAINTEXT","OUT":"SASL_SSL"}})",
       "PLAINTEXT", "[2001:db8::1]:2"},
      {R"({"version":4,"host":null,"port":-1,"endpoints":["OUT://o:1"],
           "listener_security_protocol_map":{"OUT":"SASL_SSL"}})",
       "PLAINTEXT", "no listener"},
      // A listener may be called PLAINTEXT and speak something else.
      {R"({"version":5,"endpoints":["PLAINTEXT://a:1","X://b:2"],"features":{},
           "listener_security_protocol_map":{"PLAINTEXT":"SSL","X":"PLAINTEXT"}})",
       "PLAINTEXT", "b:2"},
      {R"({"version":5,"endpoints":["PLAINTEXT://a_b.c-d:1"],"listener_security_protocol_map":{}})",
       "PLAINTEXT", "a_b.c-d:1"},
      {R"({"version":4,"host":null,"port":-1,"endpoints":[]})", "PLAINTEXT", "no listener"},
      {R"({"version":4,"host":null,"port":-1})", "PLAINTEXT", "no listener"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(show(parse_broker_registration(c.json, c.protocol)), c.expected) << c.json;
  }
}

TEST(BrokerRegistration, Malformed) {
  for (std::string_view json : {
           "",
           "{",
           "[]",
           "null",
           "\xff",
           R"({"host":1,"port":9092})",
           R"({"host":"h"})",
           R"({"host":"h","port":"9092"})",
           R"({"host":"h","port":0})",
           R"({"host":"h","port":65536})",
           R"({"host":"h","port":18446744073709551615})",
           R"({"endpoints":"PLAINTEXT://h:1"})",
           R"({"endpoints":[1]})",
           R"({"endpoints":["h:1"]})",
           R"({"endpoints":["PLAINTEXT://h"]})",
           R"({"endpoints":["PLAINTEXT://:9092"]})",
           R"({"endpoints":[],"listener_security_protocol_map":[]})",
       }) {
    EXPECT_EQ(show(parse_broker_registration(json, "PLAINTEXT")), "malformed") << json;
  }
}

TEST(BrokerRegistration, DeepJsonIsOnlyMalformed) {
  EXPECT_EQ(show(parse_broker_registration(std::string(1 << 14, '['), "PLAINTEXT")), "malformed");
}

TEST(BrokerRegistration, ClusterId) {
  EXPECT_EQ(parse_cluster_id(R"({"version":"1","id":"vPeOCWypqUOSepEvx0cbog"})"),
            "vPeOCWypqUOSepEvx0cbog");
  for (std::string_view json : {"", "{}", "[]", R"({"id":1})", R"({"id":null})"}) {
    EXPECT_EQ(parse_cluster_id(json), std::nullopt) << json;
  }
}

}  // namespace
}  // namespace kmirror::net
