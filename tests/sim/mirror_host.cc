#include "sim/mirror_host.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace kmirror::sim {

using net::sim::Process;
using std::chrono::milliseconds;

namespace {

void configure(mirror::ClientConfig& client, const std::string& letter, int nodes) {
  for (int i = 1; i <= nodes; ++i) {
    client.bootstrap_servers.push_back({fmt::format("{}{}", letter, i), 9092});
  }
  client.client_id = "mirror";
  client.request_timeout = milliseconds(10'000);
  client.connect_timeout = milliseconds(3'000);
  client.metadata_max_age = milliseconds(5'000);
}

mirror::MirrorConfig make_config(const Options& options) {
  mirror::MirrorConfig config;
  configure(config.source.client, "s", options.source_nodes);
  configure(config.destination.client, "d", options.destination_nodes);
  config.source.group_id = kGroup;
  config.topics = *mirror::TopicFilter::compile(".*");
  // Else a topic that grows between its creation at the destination and the first commit would
  // be split from then on.
  if (options.topics_grow) {
    config.partitioning =
        options.by_key ? mirror::Partitioning::kKey : mirror::Partitioning::kIdentity;
  }
  config.source.max_partition_fetch_bytes = options.partition_fetch_bytes;
  config.destination.max_in_flight = options.in_flight;
  config.destination.max_request_size = options.request_bytes;
  config.memory_bytes = static_cast<std::size_t>(options.memory_bytes);
  config.coalesce = options.coalesce;
  config.lanes_together = 1;  // so that shards have work where partitions are few
  config.offset_commit_interval = std::chrono::duration_cast<milliseconds>(options.commit_interval);
  return config;
}

}  // namespace

MirrorHost::MirrorHost(const Options& options, net::sim::World& world, net::sim::Network& network)
    : options_(options), world_(world), network_(network) {}

MirrorHost::~MirrorHost() {
  kill(net::sim::Death::kClosed);
}

void MirrorHost::start() {
  clear();
  std::vector<net::Runtime*> runtimes;
  for (int i = 0; i < options_.shards; ++i) {
    processes_.push_back(
        std::make_unique<Process>(world_, network_, fmt::format("mirror/{}", i), "m"));
    runtimes.push_back(processes_.back().get());
  }
  mirror_ = std::make_unique<mirror::Mirror>(runtimes, make_config(options_));
  mirror_->on_report = [this](const mirror::MirrorReport& report) { report_ = report; };
  net::asio::co_spawn(processes_.front()->executor(), mirror_->run(),
                      [this](std::exception_ptr thrown, mirror::MirrorOutcome outcome) {
                        if (thrown) std::rethrow_exception(thrown);
                        outcome_ = std::move(outcome);
                      });
}

void MirrorHost::kill(net::sim::Death how) {
  for (const auto& process : processes_) process->kill(how);
  clear();
}

void MirrorHost::clear() {
  for (const auto& process : processes_) process->kill(net::sim::Death::kClosed);
  mirror_.reset();
  processes_.clear();
  stop_requested_ = false;
  outcome_.reset();
  report_ = {};
}

}  // namespace kmirror::sim
