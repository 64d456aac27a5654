// A client's connection to a broker: one request after the other is read, worked on and answered,
// as Kafka's brokers do (they mute a connection while they work on its request).
#pragma once

#include <memory>

#include "broker/cluster.h"
#include "broker/node.h"

namespace kmirror::broker {

// Ends when the connection does; at once if the node stopped since it was accepted, after so many
// starts. Cluster and node outlive it.
net::Awaitable<void> serve(Cluster& cluster, Node& node, std::unique_ptr<net::Stream> stream,
                           int starts);

}  // namespace kmirror::broker
