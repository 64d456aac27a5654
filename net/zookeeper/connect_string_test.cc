#include "net/zookeeper/connect_string.h"

#include <gtest/gtest.h>

namespace kmirror::net {
namespace {

TEST(ZookeeperConnect, HostsAndChroot) {
  struct Case {
    std::string_view text;
    std::optional<ZookeeperConnect> expected;
  };
  const Case cases[] = {
      {"h:2182", ZookeeperConnect{{{"h", 2182}}, ""}},
      {"h1:1,h2", ZookeeperConnect{{{"h1", 1}, {"h2", 2181}}, ""}},
      {" h1:1 , h2:2/kafka ", ZookeeperConnect{{{"h1", 1}, {"h2", 2}}, "/kafka"}},
      {"h/", ZookeeperConnect{{{"h", 2181}}, ""}},
      {"h/a/b/", ZookeeperConnect{{{"h", 2181}}, "/a/b"}},
      {"[::1]:2181,h:2181/x.y", ZookeeperConnect{{{"::1", 2181}, {"h", 2181}}, "/x.y"}},
      {"h:1,", ZookeeperConnect{{{"h", 1}}, ""}},
      {"", {}},
      {"/kafka", {}},
      {",", {}},
      {"h:x", {}},
      {"h1:1/a,h2:2/a:b,", ZookeeperConnect{{{"h1", 1}}, "/a,h2:2/a:b,"}},
      {"h//", {}},
      {"h/a//b", {}},
      {"h/../b", {}},
      {"h/.", {}},
  };
  for (const Case& c : cases) EXPECT_EQ(parse_zookeeper_connect(c.text), c.expected) << c.text;
}

}  // namespace
}  // namespace kmirror::net
