#include "app/demo/demo_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <thread>

#include "app/console/console_flags.h"
#include "app/console/producer.h"
#include "app/console/session.h"
#include "app/demo/embedded.h"
#include "app/demo/progress_bar.h"
#include "app/demo/sample_topic.h"
#include "app/log.h"
#include "app/progress_line.h"
#include "app/seed.h"
#include "mirror/mirror.h"
#include "net/wakeup.h"
#include "protocol/messages/produce.h"
#include "protocol/records/batch_view.h"

namespace kmirror::app {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr const char* kSame = "orders";     // as many partitions here as there
constexpr const char* kSplit = "payments";  // spread over more of them by key
constexpr std::int32_t kPartitions = 8;
constexpr std::int32_t kSplitPartitions = 12;
constexpr int kCustomers = 5000;
constexpr auto kPatience = seconds(60);

// What came to the destination; counted on its thread and read on the main one.
struct Arrived {
  std::atomic<std::int64_t> records{0};
  std::atomic<std::int64_t> bytes{0};

  void count(const protocol::ProduceRequest& request) {
    for (const auto& topic : request.topic_data) {
      for (const auto& part : topic.partition_data) {
        if (!part.records || part.records->size() < protocol::kBatchHeaderBytes) continue;
        records += protocol::BatchView(part.records->bytes()).record_count();
        bytes += static_cast<std::int64_t>(part.records->size());
      }
    }
  }
};

SessionSettings session_of(const Embedded& cluster) {
  SessionSettings settings{.bootstrap = {}, .zookeeper = {}, .client_id = "kmirror-demo"};
  std::string_view rest = cluster.bootstrap_servers();
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    settings.bootstrap.push_back(*net::parse_host_port(rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return settings;
}

// A mirror with a thread of its own.
class LiveMirror {
 public:
  LiveMirror(const Embedded& source, const Embedded& destination)
      : runtime_(random_seed(), make_log_sink()),
        mirror_({&runtime_}, config(source, destination)) {
    net::asio::co_spawn(runtime_.executor(), mirror_.run(),
                        [this](std::exception_ptr thrown, mirror::MirrorOutcome outcome) {
                          if (thrown) std::rethrow_exception(thrown);
                          outcome_ = std::move(outcome);
                        });
    thread_ = std::thread([this] { runtime_.run(); });
  }

  // Lets it finish what is under way.
  mirror::MirrorOutcome stop() {
    net::asio::post(runtime_.executor(), [this] { mirror_.request_stop(); });
    thread_.join();
    return outcome_;
  }

 private:
  static mirror::MirrorConfig config(const Embedded& source, const Embedded& destination) {
    mirror::MirrorConfig config;
    config.source.client.bootstrap_servers = session_of(source).bootstrap;
    config.source.client.client_id = "kmirror-demo";
    config.source.group_id = "kmirror-demo";
    config.destination.client.bootstrap_servers = session_of(destination).bootstrap;
    config.destination.client.client_id = "kmirror-demo";
    config.topics = *mirror::TopicFilter::compile(fmt::format("{}|{}", kSame, kSplit));
    return config;
  }

  net::AsioRuntime runtime_;
  mirror::Mirror mirror_;
  mirror::MirrorOutcome outcome_;
  std::thread thread_;
};

net::Awaitable<int> produce_all(net::Cluster& cluster, std::int64_t records, const Arrived& arrived,
                                ProgressBar& bar) {
  for (const char* const topic : {kSame, kSplit}) {
    Producer producer(cluster, topic, compression::Codec::kNone);
    const net::Result<void> started = co_await producer.start();
    if (!started) {
      print_error(started.error().text);
      co_return kExitError;
    }
    SampleOrders orders(1, kCustomers);
    for (std::int64_t i = 0; i < records; ++i) {
      const SampleOrders::Order& order = orders.next();
      if (producer.is_full_for(order.key.size() + order.value.size())) {
        co_await producer.flush();
        bar.show(arrived.records, arrived.bytes);
      }
      producer.append(order.key, order.value);
    }
    co_await producer.flush();
    if (producer.failed() > 0) co_return kExitError;
  }
  net::Wakeup pause(cluster.runtime());
  const TimePoint deadline = cluster.runtime().now() + kPatience;
  while (arrived.records < 2 * records && cluster.runtime().now() < deadline) {
    co_await pause.wait(cluster.runtime().now() + milliseconds(10));
    bar.show(arrived.records, arrived.bytes);
  }
  bar.finish(arrived.records, arrived.bytes);
  co_return kExitOk;
}

struct Prints {
  TopicPrint same;
  TopicPrint split;
};

net::Awaitable<int> read_both(net::Cluster& cluster, std::int64_t records, Prints& prints) {
  for (auto& [topic, print] : {std::pair{kSame, &prints.same}, std::pair{kSplit, &prints.split}}) {
    const TimePoint deadline = cluster.runtime().now() + kPatience;
    auto read = co_await read_topic(cluster, topic, records, deadline);
    if (!read) {
      print_error(read.error().text);
      co_return kExitError;
    }
    *print = std::move(read.value());
  }
  co_return kExitOk;
}

int compare(const Embedded& source, const Embedded& destination, std::int64_t records) {
  Prints wanted;
  Prints found;
  const auto began = Clock::now();
  for (const auto& [cluster, prints] :
       {std::pair{&source, &wanted}, std::pair{&destination, &found}}) {
    const int code = run_session(session_of(*cluster), [&](net::Cluster& client) {
      return read_both(client, records, *prints);
    });
    if (code != kExitOk) return code;
  }
  std::string problem = find_difference(wanted.same, found.same);
  if (problem.empty() && wanted.same.records == records) {
    fmt::print("  {}: {} records in {} partitions, each the same at the same offset\n", kSame,
               records, found.same.partitions.size());
  }
  if (problem.empty()) problem = find_difference_by_key(wanted.split, found.split);
  if (problem.empty() && wanted.same.records + wanted.split.records != 2 * records) {
    problem = "not all records could be read";
  }
  if (!problem.empty()) {
    print_error(fmt::format("the copy is not equal: {}", problem));
    return kExitError;
  }
  fmt::print("  {}: {} records of {} keys in {} partitions, each key's records in their order\n",
             kSplit, records, key_count(wanted.split), found.split.partitions.size());
  const std::chrono::duration<double> took = Clock::now() - began;
  fmt::print("  read and compared in {:.1f} s\n", took.count());
  return kExitOk;
}

int run_demo(std::int64_t records) {
  Arrived arrived;
  Embedded source("source", 3, [](broker::Cluster& cluster) {
    const broker::NewTopic topic{
        .partitions = kPartitions, .replication_factor = 3, .config = {}, .assignment = {}};
    cluster.create_topic(kSame, topic);
    cluster.create_topic(kSplit, topic);
  });
  Embedded destination("destination", 2, [&arrived](broker::Cluster& cluster) {
    cluster.create_topic(
        kSplit,
        {.partitions = kSplitPartitions, .replication_factor = 2, .config = {}, .assignment = {}});
    cluster.on_answered = [&arrived](const broker::CallContext&, std::int16_t api_key,
                                     const void* request, const void*) {
      if (api_key != protocol::ProduceRequest::kApi.key) return;
      arrived.count(*static_cast<const protocol::ProduceRequest*>(request));
    };
  });
  for (const Embedded* cluster : {&source, &destination}) {
    if (cluster->problem().empty()) continue;
    print_error(cluster->problem());
    return kExitError;
  }
  fmt::print("source:      3 brokers, {}\n", source.bootstrap_servers());
  fmt::print("destination: 2 brokers, {}\n", destination.bootstrap_servers());
  fmt::print(
      "mirroring `{}` ({} -> {} partitions) and `{}` ({} -> {}, by key) as they are written\n",
      kSame, kPartitions, kPartitions, kSplit, kPartitions, kSplitPartitions);
  const auto began = Clock::now();
  LiveMirror mirror(source, destination);
  ProgressBar bar(2 * records, isatty(STDOUT_FILENO) != 0);
  const int produced = run_session(session_of(source), [&](net::Cluster& client) {
    return produce_all(client, records, arrived, bar);
  });
  const mirror::MirrorOutcome outcome = mirror.stop();
  if (outcome.code != mirror::ExitCode::kOk) print_error(outcome.error);
  if (produced != kExitOk || outcome.code != mirror::ExitCode::kOk) return kExitError;
  const std::chrono::duration<double> took = Clock::now() - began;
  const auto& counters = outcome.report.counters;
  fmt::print("mirrored {} records, {}, in {:.1f} s\n", counters.records,
             human_bytes(static_cast<double>(counters.bytes)), took.count());
  fmt::print("comparing\n");
  const int compared = compare(source, destination, records);
  if (compared == kExitOk) fmt::print("Nothing is missing, nothing is doubled, all is in order.\n");
  return compared;
}

}  // namespace

int run_demo_command(int argc, char** argv) {
  Flags flags(
      "Starts two Kafka clusters in this process, writes to one, mirrors it to the other as it is\n"
      "written, and compares them record for record.",
      "kmirror demo");
  std::int64_t records = 500'000;
  flags.add("--records", records, "how many to write to each of the two topics")
      .type_name("N")
      .shows_default()
      .at_least(1);
  if (const Exit exit = flags.parse(argc, argv)) return *exit;
  return run_demo(records);
}

}  // namespace kmirror::app
