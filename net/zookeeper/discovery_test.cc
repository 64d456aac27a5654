#include "net/zookeeper/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/zookeeper/fake_zookeeper.h"

namespace kmirror::net {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

constexpr milliseconds kTimeout{6000};

Awaitable<void> keep_cluster(Runtime& runtime, ZookeeperConnect servers,
                             Result<ZookeeperCluster>& found) {
  found = co_await find_cluster(runtime, servers, kTimeout);
}

Awaitable<void> keep_offsets(Runtime& runtime, ZookeeperConnect servers, std::string group,
                             Result<std::vector<OldOffset>>& found) {
  found = co_await find_group_offsets(runtime, servers, group, kTimeout);
}

Result<ZookeeperCluster> cluster(FakeRuntime& runtime, std::string_view connect) {
  Result<ZookeeperCluster> found = Failure{FailureKind::kSystem, "the lookup never ended"};
  runtime.run(keep_cluster(runtime, *parse_zookeeper_connect(connect), found));
  return found;
}

Result<std::vector<OldOffset>> offsets(FakeRuntime& runtime, std::string_view connect,
                                       std::string group) {
  Result<std::vector<OldOffset>> found = Failure{FailureKind::kSystem, "the lookup never ended"};
  runtime.run(keep_offsets(runtime, *parse_zookeeper_connect(connect), group, found));
  return found;
}

std::string failure_of(FakeRuntime& runtime, std::string_view connect) {
  Result<ZookeeperCluster> found = cluster(runtime, connect);
  return found ? "found" : found.error().text;
}

// A cluster of two brokers and a group with some offsets, below the chroot.
FakeServer kafka(const std::string& chroot) {
  FakeServer server;
  server.nodes = {
      {chroot + "/brokers/ids/0", R"({"version":1,"host":"b0","port":9092})"},
      {chroot + "/brokers/ids/10", R"({"version":5,"endpoints":["PLAINTEXT://[::1]:9093"]})"},
      {chroot + "/cluster/id", R"({"version":"1","id":"abc"})"},
      {chroot + "/consumers/g/offsets/t2/0", "7"},
      {chroot + "/consumers/g/offsets/t1/10", "9223372036854775807"},
      {chroot + "/consumers/g/offsets/t1/9", "0"},
  };
  return server;
}

TEST(Discovery, FindsBrokersAndClusterId) {
  for (std::string chroot : {"", "/kafka/one"}) {
    FakeRuntime runtime;
    runtime.servers[2181] = kafka(chroot);
    Result<ZookeeperCluster> found = cluster(runtime, "zk:2181" + chroot);
    ASSERT_TRUE(found) << found.error().text;
    EXPECT_THAT(found->brokers, ElementsAre(HostPort{"b0", 9092}, HostPort{"::1", 9093}));
    EXPECT_EQ(found->cluster_id, "abc");
    EXPECT_EQ(runtime.servers[2181].closed_sessions, 1);
  }
}

TEST(Discovery, BrokersBefore0_10_1HaveNoClusterId) {
  FakeRuntime runtime;
  runtime.servers[2181].nodes["/brokers/ids/0"] = R"({"version":1,"host":"b0","port":9092})";
  Result<ZookeeperCluster> found = cluster(runtime, "zk");
  ASSERT_TRUE(found) << found.error().text;
  EXPECT_EQ(found->cluster_id, "");
}

TEST(Discovery, FindsOldOffsetsInOrder) {
  FakeRuntime runtime;
  runtime.servers[2181] = kafka("");
  Result<std::vector<OldOffset>> found = offsets(runtime, "zk:2181", "g");
  ASSERT_TRUE(found) << found.error().text;
  EXPECT_THAT(*found, ElementsAre(OldOffset{"t1", 9, 0}, OldOffset{"t1", 10, 9223372036854775807},
                                  OldOffset{"t2", 0, 7}));
}

TEST(Discovery, AGroupThatNeverCommittedHasNoOffsets) {
  FakeRuntime runtime;
  runtime.servers[2181] = kafka("");
  Result<std::vector<OldOffset>> found = offsets(runtime, "zk:2181", "other");
  ASSERT_TRUE(found) << found.error().text;
  EXPECT_THAT(*found, ElementsAre());
}

TEST(Discovery, ManyNodesAreAskedForInWindows) {
  FakeRuntime runtime;
  FakeServer& server = runtime.servers[2181];
  for (int i = 0; i < 1000; ++i) {
    server.nodes["/consumers/g/offsets/t/" + std::to_string(i)] = std::to_string(i * 3);
  }
  Result<std::vector<OldOffset>> found = offsets(runtime, "zk:2181", "g");
  ASSERT_TRUE(found) << found.error().text;
  ASSERT_EQ(found->size(), 1000u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ((*found)[i], (OldOffset{"t", i, i * 3}));
}

TEST(Discovery, PiecesOfAnySizeMakeTheSamePackets) {
  for (std::size_t piece_bytes : {1, 3, 7, 64}) {
    FakeRuntime runtime;
    runtime.servers[2181] = kafka("");
    runtime.servers[2181].piece_bytes = piece_bytes;
    Result<ZookeeperCluster> found = cluster(runtime, "zk:2181");
    ASSERT_TRUE(found) << found.error().text;
    EXPECT_EQ(found->brokers.size(), 2u);
  }
}

TEST(Discovery, SkipsWhatAnswersNoQuestion) {
  FakeRuntime runtime;
  runtime.servers[2181] = kafka("");
  runtime.servers[2181].interrupts = true;
  Result<ZookeeperCluster> found = cluster(runtime, "zk:2181");
  ASSERT_TRUE(found) << found.error().text;
  EXPECT_EQ(found->brokers.size(), 2u);
}

TEST(Discovery, GoesOnToTheNextServer) {
  FakeRuntime runtime;
  runtime.servers[1].accepts = false;
  runtime.servers[2].session_timeout_ms = 0;
  runtime.servers[3].answers = false;
  runtime.servers[4].hangs_up_after = 1;
  runtime.servers[5] = kafka("");
  Result<ZookeeperCluster> found = cluster(runtime, "nowhere:1,zk:1,zk:2,zk:3,zk:4,zk:5");
  ASSERT_TRUE(found) << found.error().text;
}

TEST(Discovery, SpreadsOverTheServers) {
  FakeRuntime runtime;
  for (std::uint16_t port : {1, 2, 3}) runtime.servers[port] = kafka("");
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(cluster(runtime, "zk:1,zk:2,zk:3"));
  for (auto& [port, server] : runtime.servers) EXPECT_GE(server.connections, 5) << port;
}

TEST(Discovery, FailuresNameTheServerAndWhatIsWrong) {
  struct Case {
    void (*break_it)(FakeServer&);
    std::string_view text;
  };
  const Case cases[] = {
      {[](FakeServer& s) { s.accepts = false; }, "ZooKeeper zk:2181: connection refused"},
      {[](FakeServer& s) { s.answers = false; }, "ZooKeeper zk:2181 did not answer within 6000 ms"},
      {[](FakeServer& s) { s.session_timeout_ms = 0; }, "ZooKeeper zk:2181 refused the session"},
      {[](FakeServer& s) { s.hangs_up_after = 3; },
       "ZooKeeper zk:2181 closed the connection (one that wants SASL or TLS does so)"},
      {[](FakeServer& s) {
         s.says_first = {'H', 'T', 'T', 'P'};
       },
       "ZooKeeper zk:2181 announced a packet of 1213486160 bytes"},
      {[](FakeServer& s) {
         s.says_first = {0, 0, 0, 1, 9};
       },
       "ZooKeeper zk:2181 does not answer as a ZooKeeper does"},
      {[](FakeServer& s) { s.xid_shift = 1; },
       "ZooKeeper zk:2181 answered a question that was not asked"},
      {[](FakeServer& s) { s.forbidden = "/brokers/ids"; },
       "ZooKeeper zk:2181 does not show /brokers/ids: error -102 (no permission)"},
      {[](FakeServer& s) { s.nodes.clear(); },
       "ZooKeeper zk:2181 has no /brokers/ids: no Kafka cluster is kept at its root"},
      {[](FakeServer& s) {
         s.nodes = {{"/brokers/ids", ""}};
       },
       "ZooKeeper zk:2181: no broker is registered under /brokers/ids, so none is running"},
      {[](FakeServer& s) { s.nodes["/brokers/ids/3"] = "{"; },
       "ZooKeeper zk:2181: /brokers/ids/3 is not a broker's registration"},
      {[](FakeServer& s) {
         s.nodes = {{"/brokers/ids/3", R"({"endpoints":["SSL://h:1"]})"}};
       },
       "ZooKeeper zk:2181: no broker that is registered has a PLAINTEXT listener"},
      {[](FakeServer& s) { s.nodes["/cluster/id"] = "abc"; },
       "ZooKeeper zk:2181: /cluster/id is not a cluster's id"},
  };
  for (const Case& c : cases) {
    FakeRuntime runtime;
    runtime.servers[2181] = kafka("");
    c.break_it(runtime.servers[2181]);
    EXPECT_EQ(failure_of(runtime, "zk:2181"), c.text);
  }
  FakeRuntime runtime;
  EXPECT_EQ(failure_of(runtime, "no:2181"), "ZooKeeper no:2181: cannot resolve no");
  runtime.servers[2181] = kafka("/kafka");
  EXPECT_EQ(failure_of(runtime, "zk:2181/kafak"),
            "ZooKeeper zk:2181 has no /kafak/brokers/ids: no Kafka cluster is kept under that "
            "chroot");
}

TEST(Discovery, AnOffsetThatIsNoneIsAFailure) {
  for (auto [path, data] : {std::pair{"t/0", "x"},
                            {"t/0", ""},
                            {"t/0", "-1"},
                            {"t/0", "1 "},
                            {"t/x", "1"},
                            {"t/-1", "1"},
                            {"t/0", "9223372036854775808"}}) {
    FakeRuntime runtime;
    std::string node = std::string("/consumers/g/offsets/") + path;
    runtime.servers[2181].nodes[node] = data;
    Result<std::vector<OldOffset>> found = offsets(runtime, "zk:2181", "g");
    ASSERT_FALSE(found) << path << " " << data;
    EXPECT_EQ(found.error().text, "ZooKeeper zk:2181: " + node + " does not hold an offset");
  }
}

// The connection ends after each possible number of bytes: always a failure, never a hang.
TEST(Discovery, EveryEarlyEndIsAFailure) {
  std::size_t size = 1;
  for (; size < 10'000; ++size) {
    FakeRuntime runtime;
    runtime.servers[2181] = kafka("");
    runtime.servers[2181].hangs_up_after = size;
    std::string said = failure_of(runtime, "zk:2181");
    if (said == "found") break;
    ASSERT_EQ(said, "ZooKeeper zk:2181 closed the connection (one that wants SASL or TLS does so)");
  }
  EXPECT_GT(size, 300u);
  EXPECT_LT(size, 10'000u);
}

}  // namespace
}  // namespace kmirror::net
