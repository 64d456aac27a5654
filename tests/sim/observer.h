// Watches what a cluster is asked and answers, for the probes and the checker. One thread.
#pragma once

#include "broker/cluster.h"
#include "sim/checker.h"
#include "sim/probes.h"

namespace kmirror::sim {

// All of them outlive the clusters.
void observe_source(broker::Cluster& source, broker::Cluster& destination, Checker& checker,
                    Probes& probes);
void observe_destination(broker::Cluster& destination, Checker& checker, Probes& probes);

}  // namespace kmirror::sim
