// A Kafka cluster as one shard sees it: its metadata, kept fresh, and connections to its brokers.
//
// Owns the connections used for short calls (one a broker) and the metadata loop; loops that need a
// connection for themselves (fetching, producing) ask for one with dial(). Used on the Runtime's
// executor; stop() must have returned before it is destroyed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "net/connection.h"
#include "net/core/back_off.h"
#include "net/core/metadata.h"
#include "net/host_port.h"
#include "net/runtime.h"
#include "net/task_group.h"
#include "net/wakeup.h"

namespace kmirror::net {

struct ClusterSettings {
  std::string name;  // "source" or "destination", for messages to people
  std::vector<HostPort> bootstrap;
  std::string client_id;
  Duration request_timeout{};
  Duration connect_timeout{};
  Duration metadata_max_age{};
  Duration back_off_first{};
  Duration back_off_longest{};
  Duration reconnect_first{};
  Duration reconnect_longest{};
};

class Cluster {
 public:
  using ConnectionPtr = std::shared_ptr<Connection>;

  Cluster(Runtime& runtime, ClusterSettings settings);

  // Reaches any bootstrap server and reads the brokers; fails when none answers before `deadline`.
  // Then keeps the metadata of tracked topics fresh until stop().
  Awaitable<Result<void>> start(TimePoint deadline);

  // Closes every connection ever dialled; calls under way fail, and later ones. stop() is still to
  // be awaited.
  void interrupt();

  // interrupt(), and awaits the connections' ends.
  Awaitable<void> stop();

  const Metadata& metadata() const { return metadata_; }

  // Topics whose metadata is wanted from the next refresh on; or all there are.
  void track(std::string_view topic);
  void track_all();

  // Reads metadata now, or those of one topic.
  Awaitable<Result<void>> refresh();
  Awaitable<Result<void>> refresh(std::string topic);

  // Asks the metadata loop to read soon; cheap, may be called for every error seen.
  void request_refresh();

  // Called after each change of the metadata; not to be changed once started.
  std::function<void()> on_metadata;

  // A connection of the caller's own. Every address of the host is tried. Broker ids that the
  // metadata does not know fail.
  Awaitable<Result<ConnectionPtr>> dial(std::int32_t broker);

  // The shared connection to a broker, opened when there is none.
  Awaitable<Result<ConnectionPtr>> control(std::int32_t broker);

  // The shared connection to any broker that answers.
  Awaitable<Result<ConnectionPtr>> any();

  // A connection to the broker was lost or refused: logged once until dial() reaches it again.
  void report_outage(std::int32_t broker, const Failure& failure);

  // Between tries to reach a broker.
  BackOff make_reconnect_back_off() const {
    return BackOff(settings_.reconnect_first, settings_.reconnect_longest);
  }

  // The name of a broker for messages: "source broker 1 (host:9092)".
  std::string broker_name(std::int32_t broker) const;

  // Whether report_outage() was called for the broker, and no connection to it was made since.
  bool is_away(std::int32_t broker) const { return outages_.contains(broker); }

  // True once it was interrupted or stopped.
  bool is_stopping() const { return stopping_; }

  TimePoint call_deadline() const { return runtime_.now() + settings_.request_timeout; }
  Runtime& runtime() { return runtime_; }
  const ClusterSettings& settings() const { return settings_; }
  SlabPool& slabs() { return slabs_; }
  BackOff make_back_off() const {
    return BackOff(settings_.back_off_first, settings_.back_off_longest);
  }

 private:
  // Bootstrap servers are numbered downwards from here among the shared connections.
  static constexpr std::int32_t kFirstBootstrap = -2;

  Awaitable<Result<ConnectionPtr>> dial_address(HostPort address, std::string peer);
  Awaitable<Result<void>> read_metadata(std::optional<std::string> topic);
  Awaitable<void> metadata_loop();
  void remember(const ConnectionPtr& connection);

  Runtime& runtime_;
  ClusterSettings settings_;
  SlabPool slabs_;
  Random random_;
  TaskGroup tasks_;
  Metadata metadata_;
  std::set<std::string, std::less<>> tracked_;
  bool track_all_ = false;
  bool stopping_ = false;
  Wakeup refresh_wakeup_;
  std::map<std::int32_t, ConnectionPtr> control_;
  std::vector<std::weak_ptr<Connection>> dialled_;
  std::set<std::int32_t> outages_;
};

}  // namespace kmirror::net
