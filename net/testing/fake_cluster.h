// For tests: scripted brokers that know each other and answer Metadata. Broker N listens at
// "bN:9092", or at another letter. Used on one executor; outlives the clients' connections.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/cluster.h"
#include "net/testing/scripted_broker.h"
#include "net/testing/virtual_runtime.h"
#include "protocol/messages/metadata.h"

namespace kmirror::net {

class FakeCluster {
 public:
  explicit FakeCluster(VirtualRuntime& runtime, int broker_count = 2, char letter = 'b');
  ~FakeCluster();

  // The leaders of each topic's partitions, -1 for none; tests change them. No partitions: the
  // brokers do not know them yet.
  std::map<std::string, std::vector<std::int32_t>> topics;
  std::map<std::string, protocol::Uuid> topic_ids;
  std::string cluster_id = "fake";
  std::int32_t controller = 1;

  ScriptedBroker& broker(std::int32_t id) { return *brokers_.at(id); }

  // The same script for every broker.
  template <class Request>
  void on(ScriptedBroker::Handler<Request> handler) {
    for (auto& [id, broker] : brokers_) broker->template on<Request>(handler);
  }

  static ClusterSettings settings();

 private:
  bool answer_metadata(const protocol::MetadataRequest& request, std::int16_t version,
                       protocol::MetadataResponse& answer);

  protocol::MetadataResponse::Topic topic(std::string_view name) const;

  std::map<std::int32_t, std::string> hosts_;
  std::map<std::int32_t, std::unique_ptr<ScriptedBroker>> brokers_;
};

}  // namespace kmirror::net
