// A mirror: one source cluster, one destination cluster, the topics between them. It is one object
// over one Runtime a shard; destroying it has no effect outside.
//
// run() is a coroutine on the first Runtime's executor; request_stop() is called there too. The
// other shards are reached by posting to their executors.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mirror/config/exit_code.h"
#include "mirror/config/mirror_config.h"
#include "mirror/shard.h"
#include "mirror/topology.h"

namespace kmirror::mirror {

struct MirrorReport {
  Counters counters;
  std::size_t topics = 0;
  std::size_t lanes = 0;
  std::size_t ended_lanes = 0;
  std::int64_t lag = 0;
  std::vector<std::string> stop_reasons;
};

struct MirrorOutcome {
  ExitCode code = ExitCode::kOk;
  std::string error;  // a sentence, where the code is not kOk
  MirrorReport report;
};

class Mirror {
 public:
  // `runtimes` outlive the mirror; the config is its own copy.
  Mirror(std::vector<net::Runtime*> runtimes, MirrorConfig config);
  ~Mirror();

  // Mirrors until asked to stop, or with until_end until the ends that the source has now.
  net::Awaitable<MirrorOutcome> run();

  // Stop fetching, finish what is under way, commit, end. A start that is under way is broken off.
  void request_stop();

  // Called at start, once the source's bootstrap servers are known (ZooKeeper may have named them).
  std::function<void(const MirrorConfig&)> on_brokers_known;

  // Called about once a second while mirroring.
  std::function<void(const MirrorReport&)> on_report;

 private:
  net::Awaitable<net::Result<void>> start();
  net::Awaitable<net::Result<void>> find_brokers();
  net::Awaitable<net::Result<void>> check_clusters();
  net::Awaitable<net::Result<void>> add_lanes();
  net::Awaitable<MirrorReport> report();
  net::Awaitable<MirrorOutcome> finish();
  net::Awaitable<void> close();
  bool all_ended(const MirrorReport& report) const;
  std::size_t next_shard(const Lane::Settings& lane);

  std::vector<net::Runtime*> runtimes_;
  MirrorConfig config_;
  std::map<net::TopicPartition, std::int64_t> old_offsets_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::unique_ptr<Topology> topology_;
  net::Wakeup wakeup_;
  std::size_t opening_lanes_ = 0;
  std::size_t passing_lanes_ = 0;
  bool running_ = false;  // lanes were dealt out, which have data under way
  bool stopping_ = false;
};

}  // namespace kmirror::mirror
