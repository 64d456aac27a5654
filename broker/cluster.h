// An embedded Kafka cluster: several brokers in one process, on real sockets or in a simulation,
// for demonstrations, tests and simulations. Logs are in memory. It is one object; whoever owns it
// runs the Runtimes, all of one thread, and destroys it when nothing of it runs any more.
//
//   Cluster cluster({.nodes = {{.id = 1, .runtime = &runtime}}});
//   cluster.start();
//   cluster.create_topic("t", {.partitions = 8});
//   cluster.on<FetchRequest>([](CallContext& call, const auto& request, auto& response) {...});
//
// Left out: replication between the brokers (partition.h), internal topics (coordinators keep their
// state in memory), security, KRaft's own APIs, share groups, and the groups of KIP-848.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/call.h"
#include "broker/node.h"
#include "broker/release.h"
#include "broker/topic.h"
#include "net/task_group.h"
#include "protocol/error_code.h"

namespace kmirror::broker {

class Groups;
class Transactions;

struct ClusterSettings {
  std::vector<NodeSettings> nodes;
  Release release;  // to pose as
  std::string cluster_id = "kmirror-embedded-cluster";
  std::int32_t default_partitions = 1;
  std::int16_t default_replication_factor = 1;
  bool auto_create_topics = true;
  bool rack_aware = false;  // leaders send readers to a replica in their own rack (KIP-392)
  TopicConfig::Overrides topic_defaults;  // under the keys of topics
  Duration replication_delay{};  // of followers behind the leader; nothing: they never are behind
  Duration metadata_delay{};     // until other brokers know of a new leader
  Duration initial_rebalance_delay{};   // of a group that was empty
  Duration transaction_marker_delay{};  // from the end of a transaction to its markers
  std::int64_t producer_id_expiration_ms = 86'400'000;
  Duration producer_id_sweep_interval = std::chrono::minutes(10);
};

struct NewTopic {
  std::int32_t partitions = 1;
  std::int16_t replication_factor = 1;
  TopicConfig::Overrides config;
  // The replicas of each partition, instead of the two above.
  std::vector<std::vector<std::int32_t>> assignment;
};

// What a hook wants done with the request.
enum class HookAction : std::uint8_t {
  kPass,    // what a broker does with it
  kAnswer,  // the hook has filled the answer
  kSilence,
  kClose,
};

class Cluster {
 public:
  explicit Cluster(ClusterSettings settings);
  ~Cluster();

  const ClusterSettings& settings() const { return settings_; }
  const Release& release() const { return settings_.release; }

  // Listens on all nodes.
  net::Result<void> start();
  // Stops all nodes and waits until nothing of the cluster runs.
  net::Awaitable<void> stop();
  // "host:port,host:port"
  std::string bootstrap_servers() const;

  const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }
  Node* find_node(std::int32_t id);
  std::vector<std::int32_t> running_nodes() const;
  // The node that creates topics; the lowest that runs, or -1.
  std::int32_t controller() const;
  TimePoint now() const;
  std::int64_t wall_clock_ms() const;
  Random& random() { return random_; }

  // By name, in order.
  const std::map<std::string, std::unique_ptr<Topic>, std::less<>>& topics() const {
    return topics_;
  }
  Topic* find_topic(std::string_view name);
  Topic* find_topic(const protocol::Uuid& id);
  // Null if there is none.
  std::shared_ptr<Partition> find_partition(std::string_view topic, std::int32_t index);
  // As Kafka makes them: random, of version 4, and never with a dash in front.
  protocol::Uuid make_topic_id();
  // Arguments are checked by the API; this creates.
  Topic& create_topic(const std::string& name, const NewTopic& topic);
  void delete_topic(std::string_view name);
  // With the same name and configuration, empty, and with another id.
  void recreate_topic(const std::string& name);
  void add_partitions(Topic& topic, std::vector<std::vector<std::int32_t>> assignment);
  // Replicas for so many partitions more, spread over the nodes.
  std::vector<std::vector<std::int32_t>> assign(std::int32_t partitions, std::int16_t replicas,
                                                std::int32_t first_partition = 0);
  // Puts the topic's configuration in the place of the one that it has.
  void set_config(Topic& topic, TopicConfig::Overrides overrides);

  // What a node believes of a partition's leadership.
  Partition::Leadership leadership_at(const Node& node, const Partition& partition) const;

  // Replicas on these nodes stay behind, in sync or not.
  std::set<std::int32_t> paused_replicas;
  // They go on, and have everything at once.
  void resume_replicas(std::int32_t node);

  // Controls of faults. A node that stops leads nothing any more and is in sync nowhere; one that
  // starts again is in sync at once.
  void stop_node(std::int32_t id);
  net::Result<void> start_node(std::int32_t id);
  // To a replica that runs; one that is not in sync may lose records (an unclean election).
  void move_leader(Partition& partition, std::int32_t node);
  // Retention by time and size, as the log cleaner thread runs it.
  void run_retention();
  // Of all topics that are compacted, up to their last stable offsets.
  void run_compaction();
  void sweep_producer_ids();

  // To be called after something was appended: followers replicate, and who waits is told.
  void on_appended(const std::shared_ptr<Partition>& partition);
  // Wakes the clock: a deadline of groups or transactions has become earlier.
  void reschedule();

  // The node that coordinates a group or a transactional id; -1 while no node runs.
  std::int32_t coordinator_of(std::string_view key) const;
  Groups& groups() { return *groups_; }
  Transactions& transactions() { return *transactions_; }
  std::int64_t next_producer_id() { return next_producer_id_++; }

  // What an API offers here, and changes to it: "pose as something that nobody ever released".
  std::map<std::int16_t, protocol::VersionRange> versions;

  // Calls `hook` for each such request before the brokers do; the newest one that does not pass
  // decides.
  template <class Request>
  using Hook = std::function<HookAction(CallContext&, const Request&, typename Request::Response&)>;
  template <class Request>
  void on(Hook<Request> hook) {
    on_any(Request::kApi.key,
           [hook = std::move(hook)](CallContext& call, const void* request, void* response) {
             return hook(call, *static_cast<const Request*>(request),
                         *static_cast<typename Request::Response*>(response));
           });
  }
  // The same where the API is known only at run time.
  using ErasedHook =
      std::function<HookAction(CallContext& call, const void* request, void* response)>;
  void on_any(std::int16_t api_key, ErasedHook hook) {
    hooks_.emplace(api_key, std::make_shared<ErasedHook>(std::move(hook)));
  }
  void clear_hooks() { hooks_.clear(); }

  // Called with each encoded answer, from its length on: may change it, for clients that have to
  // bear anything.
  std::function<void(const CallContext&, std::int16_t api_key, Buffer& frame)> mangle;

  // Called with each request that was answered by whomever, and its answer.
  std::function<void(const CallContext& call, std::int16_t api_key, const void* request,
                     const void* response)>
      on_answered;

  HookAction run_hooks(std::int16_t api_key, CallContext& call, const void* request,
                       void* response);

 private:
  // Followers have the log up to there, at that time.
  struct Replication {
    std::weak_ptr<Partition> partition;
    std::int64_t end_offset;
    bool has_news = true;  // of records, and not only of the high watermark
  };

  // Producers without a newer record have expired.
  std::int64_t expired_ms() const;
  net::Awaitable<void> clock_loop();
  TimePoint next_deadline() const;
  void on_time(TimePoint now);
  // The first of the replicas that runs and is in sync; -1 if there is none.
  std::int32_t eligible_leader(const Partition& partition);
  void replicate(Partition& partition, std::int64_t end_offset);
  // Followers have everything, and with their next fetch know that the others have it.
  void catch_up(Partition& partition);
  template <class Visit>
  void for_each_partition(Visit visit) {
    for (const auto& [name, topic] : topics_) {
      for (const auto& partition : topic->partitions) visit(*partition);
    }
  }

  ClusterSettings settings_;
  Random random_;
  std::map<std::string, std::unique_ptr<Topic>, std::less<>> topics_;
  std::map<protocol::Uuid, Topic*> topics_by_id_;
  std::int64_t next_producer_id_ = 1000;
  std::multimap<std::int16_t, std::shared_ptr<ErasedHook>> hooks_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::multimap<TimePoint, Replication> replications_;
  std::unique_ptr<Groups> groups_;
  std::unique_ptr<Transactions> transactions_;
  TimePoint next_sweep_ = kNever;
  bool stopping_ = false;
  net::Wakeup clock_;
  net::TaskGroup tasks_;
};

}  // namespace kmirror::broker
