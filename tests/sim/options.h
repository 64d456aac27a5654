// What a seed decides about a run: the shape of both clusters, the data, and which faults there are
// at all. Some faults are wholly absent from some runs, since one can hide another. A plain value.
#pragma once

#include <cstdint>
#include <string>

#include "base/random.h"
#include "base/time.h"
#include "net/sim/link.h"

namespace kmirror::sim {

struct Options {
  std::uint64_t seed = 1;

  // Shapes.
  std::string source_release = "4.1";
  std::string destination_release = "4.1";
  int source_nodes = 1;
  int destination_nodes = 1;
  int replication_factor = 1;  // at most as many as the smaller cluster has
  int shards = 1;
  Duration replication_delay{};
  Duration metadata_delay{};

  // Data.
  int topics = 1;
  int partitions = 1;
  bool by_key = false;          // the destination's topics have another number of partitions
  int batches = 100;            // in all
  int records_per_batch = 10;   // at most
  int value_bytes = 100;        // at most
  bool codecs = false;          // any, else none
  bool zstd = false;            // among them
  bool old_timestamps = false;  // of half of the batches: months old, so that brokers forget their
                                // producers at each sweep
  bool transactions = false;    // some are aborted
  bool topics_appear = false;
  bool topics_grow = false;

  // The mirror.
  std::int64_t memory_bytes = 32 << 20;
  bool coalesce = true;
  Duration commit_interval = std::chrono::seconds(5);
  int in_flight = 1000;
  int partition_fetch_bytes = 1 << 20;
  int request_bytes = 1 << 20;

  // Faults, as a mean time between two of their kind; none if 0.
  Duration kill_mirror{};
  Duration move_leader{};
  Duration stop_node{};
  Duration cut_link{};  // one way, or a host's connections are reset
  Duration sweep{};     // of producer ids
  Duration throttle{};
  Duration lag{};          // of replicas behind their leaders
  Duration deletion{};     // of records at the source, read or not
  Duration retention{};    // of records at the destination
  double refuse = 0;       // of requests, with an error that is retriable
  double lose_answer = 0;  // of requests: done, but the connection is closed before the answer
  double malformed = 0;    // of answers: cut short, with a length that says it is all
  double no_name = 0;      // of names that are looked up: nobody knows them
  bool buggify = false;    // processes do what is lawful but rare (Runtime::buggify)
  net::sim::LinkOptions links;

  Duration safety = std::chrono::seconds(60);    // while there are faults
  Duration liveness = std::chrono::minutes(10);  // until all has to be there without them

  std::string to_string() const;
};

Options draw_options(std::uint64_t seed);

}  // namespace kmirror::sim
