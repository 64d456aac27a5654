// How long a mirror takes: writes records to a topic at the source at a steady rate, and reads them
// at both ends as they become visible. Prints percentiles, in milliseconds, as a line of JSON: of
// the source's own hop, from sending to seeing a record there, and of what the mirror adds to it.
//
// Everything happens on one thread, so that all times are of one clock. Records that are due within
// a millisecond travel together, and up to five requests are under way, as with Java's producer.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/console/broker_flags.h"
#include "app/console/console_flags.h"
#include "app/console/session.h"
#include "app/flags.h"
#include "base/bytes.h"
#include "net/cluster.h"
#include "net/retry.h"
#include "net/task_group.h"
#include "net/wakeup.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/produce.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::bench {
namespace {

using net::Awaitable;
using protocol::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int16_t kProduceByName = 12;  // the last versions that name topics by name
constexpr std::int16_t kFetchByName = 12;
constexpr int kUnderWay = 5;
constexpr auto kPatience = seconds(60);

struct Work {
  std::string topic;
  std::string copy;
  std::int64_t rate = 200;  // records a second
  std::int64_t value_bytes = 100;
  std::int64_t warm_up_s = 5;
  std::int64_t seconds = 20;
};

// One record's way. Its number stands in its value.
struct Way {
  TimePoint sent;
  std::optional<TimePoint> at_source;
  std::optional<TimePoint> at_destination;
};

class Meter {
 public:
  Meter(net::Cluster& source, net::Cluster& destination, const Work& work)
      : source_(source),
        destination_(destination),
        runtime_(source.runtime()),
        work_(work),
        readers_(runtime_),
        senders_(runtime_),
        seen_(runtime_),
        turn_(runtime_) {}

  // The reason why it failed, or nothing.
  Awaitable<std::optional<std::string>> run();
  void print() const;

 private:
  using Place = std::optional<TimePoint> Way::*;

  Awaitable<void> read(net::Cluster& cluster, std::string topic, Place place);
  void note(const protocol::RecordsView& records, Place place, std::int64_t& position);
  Awaitable<void> send(net::Cluster::ConnectionPtr connection, std::size_t first,
                       std::size_t count);
  Awaitable<void> send_at_rate(net::Cluster::ConnectionPtr connection, Duration time);
  Awaitable<void> wait_for_mirror(net::Cluster::ConnectionPtr connection);
  Awaitable<void> measure(net::Cluster::ConnectionPtr connection);
  bool arrived(std::size_t number) const { return ways_[number].at_destination.has_value(); }
  void fail(std::string problem);

  net::Cluster& source_;
  net::Cluster& destination_;
  net::Runtime& runtime_;
  const Work& work_;
  net::TaskGroup readers_;
  net::TaskGroup senders_;
  net::Wakeup seen_;  // something came to the destination
  net::Wakeup turn_;  // a request ended
  std::vector<Way> ways_;
  std::size_t first_measured_ = 0;
  int under_way_ = 0;
  bool done_ = false;
  std::optional<std::string> problem_;
};

void Meter::fail(std::string problem) {
  if (!problem_) problem_ = std::move(problem);
  seen_.notify();
}

Awaitable<net::Result<net::Cluster::ConnectionPtr>> dial_leader(net::Cluster& cluster,
                                                                std::string topic) {
  cluster.track(topic);
  const auto refreshed = co_await cluster.refresh();
  if (!refreshed) co_return refreshed.error();
  auto connection = co_await cluster.dial(cluster.metadata().leader_of(topic, 0));
  co_return connection;
}

Awaitable<void> Meter::read(net::Cluster& cluster, std::string topic, Place place) {
  const auto connection = co_await dial_leader(cluster, topic);
  if (!connection) fail(connection.error().text);
  std::int64_t position = 0;
  while (!done_ && !problem_) {
    protocol::FetchRequest request;
    request.max_wait_ms = 100;
    request.min_bytes = 1;
    auto& asked = request.topics.emplace_back();
    asked.topic = topic;
    asked.partitions.push_back({.fetch_offset = position, .partition_max_bytes = 1 << 20});
    const net::CallOptions options{.deadline = cluster.call_deadline(),
                                   .version_max = kFetchByName};
    const auto reply = co_await connection.value()->call(request, options);
    if (!reply) {
      fail(reply.error().text);
      co_return;
    }
    for (const auto& answer : reply.value().message.responses) {
      const auto& partition = answer.partitions.front();
      if (partition.error_code != ErrorCode::kNone) {
        fail(net::broker_failure(topic, partition.error_code).text);
      } else if (partition.records) {
        note(*partition.records, place, position);
      }
    }
  }
}

void Meter::note(const protocol::RecordsView& records, Place place, std::int64_t& position) {
  const TimePoint now = runtime_.now();
  protocol::BatchReader batches(records.bytes());
  while (batches.next() == protocol::BatchReader::Step::kBatch) {
    const protocol::BatchView batch = batches.batch();
    position = batch.next_offset();
    protocol::RecordCursor cursor(batch.payload(), batch.record_count());
    protocol::RecordView record;
    while (cursor.next(record)) {
      if (!record.value || record.value->size() < sizeof(std::uint64_t)) continue;
      const auto number = load_be<std::uint64_t>(record.value->data());
      if (number < ways_.size() && !(ways_[number].*place)) ways_[number].*place = now;
    }
  }
  if (place == &Way::at_destination) seen_.notify();
}

Awaitable<void> Meter::send(net::Cluster::ConnectionPtr connection, std::size_t first,
                            std::size_t count) {
  protocol::BatchBuilder builder(compression::Codec::kNone);
  Buffer value(work_.value_bytes);
  for (std::size_t i = 0; i < count; ++i) {
    store_be<std::uint64_t>(value.data(), first + i);
    builder.append(runtime_.wall_clock_ms(), std::nullopt, value);
  }
  const protocol::BuiltBatch batch = builder.finish();
  protocol::RecordsView records;
  for (const ConstBytes piece : batch.pieces) records.append(piece);
  protocol::ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 30'000;
  auto& topic = request.topic_data.emplace_back();
  topic.name = work_.topic;
  topic.partition_data.push_back({.index = 0, .records = records});
  const net::CallOptions options{.deadline = source_.call_deadline(),
                                 .version_max = kProduceByName};
  const auto reply = co_await connection->call(request, options);
  if (!reply) {
    fail(reply.error().text);
  } else {
    const auto& answer = reply.value().message.responses.front().partition_responses.front();
    if (answer.error_code != ErrorCode::kNone) {
      fail(net::broker_failure(work_.topic, answer.error_code, answer.error_message).text);
    }
  }
  --under_way_;
  turn_.notify();
}

Awaitable<void> Meter::send_at_rate(net::Cluster::ConnectionPtr connection, Duration time) {
  const TimePoint start = runtime_.now();
  const Duration gap = Duration(seconds(1)) / work_.rate;
  const auto wanted = static_cast<std::size_t>(time / gap);
  const std::size_t before = ways_.size();
  std::size_t sent = before;
  while (sent - before < wanted && !problem_) {
    const TimePoint now = runtime_.now();
    const std::size_t due = std::min<std::size_t>((now - start) / gap + 1, wanted);
    ways_.resize(before + due, {.sent = now, .at_source = {}, .at_destination = {}});
    if (ways_.size() > sent && under_way_ < kUnderWay) {
      ++under_way_;
      senders_.spawn(send(connection, sent, ways_.size() - sent));
      sent = ways_.size();
    }
    const auto next_due = start + gap * static_cast<std::int64_t>(due);
    co_await turn_.wait(std::max(next_due, now + milliseconds(1)));
  }
  co_await senders_.join();
}

// A mirror may need a while to begin: until something has come through, a record now and then.
Awaitable<void> Meter::wait_for_mirror(net::Cluster::ConnectionPtr connection) {
  const TimePoint deadline = runtime_.now() + kPatience;
  while (!problem_ && (ways_.empty() || !arrived(0))) {
    if (runtime_.now() > deadline) fail("nothing came to the destination");
    ++under_way_;
    ways_.push_back({.sent = runtime_.now(), .at_source = {}, .at_destination = {}});
    co_await send(connection, ways_.size() - 1, 1);
    co_await seen_.wait(runtime_.now() + milliseconds(100));
  }
}

Awaitable<void> Meter::measure(net::Cluster::ConnectionPtr connection) {
  co_await wait_for_mirror(connection);
  co_await send_at_rate(connection, seconds(work_.warm_up_s));
  first_measured_ = ways_.size();
  co_await send_at_rate(connection, seconds(work_.seconds));
  const TimePoint deadline = runtime_.now() + kPatience;
  while (!problem_ && !arrived(ways_.size() - 1)) {
    if (runtime_.now() > deadline) fail("not everything came to the destination");
    co_await seen_.wait(deadline);
  }
}

Awaitable<std::optional<std::string>> Meter::run() {
  const auto connection = co_await dial_leader(source_, work_.topic);
  if (!connection) co_return connection.error().text;
  readers_.spawn(read(source_, work_.topic, &Way::at_source));
  readers_.spawn(read(destination_, work_.copy, &Way::at_destination));
  co_await measure(connection.value());
  done_ = true;
  co_await readers_.join();
  co_return problem_;
}

std::string percentiles(std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  return fmt::format(R"({{"p50":{:.3f},"p99":{:.3f},"p99.9":{:.3f}}})", at(0.5), at(0.99),
                     at(0.999));
}

void Meter::print() const {
  std::vector<double> hop;
  std::vector<double> added;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  for (std::size_t i = first_measured_; i < ways_.size(); ++i) {
    const Way& way = ways_[i];
    if (!way.at_source || !way.at_destination) continue;
    hop.push_back(Milliseconds(*way.at_source - way.sent).count());
    added.push_back(Milliseconds(*way.at_destination - *way.at_source).count());
  }
  fmt::print(R"({{"records":{},"missing":{},"source_ms":{},"added_ms":{}}})"
             "\n",
             hop.size(), ways_.size() - first_measured_ - hop.size(), percentiles(hop),
             percentiles(added));
}

Awaitable<int> run_between(net::Cluster& source, std::vector<net::HostPort> bootstrap, Work work) {
  net::ClusterSettings settings = source.settings();
  settings.bootstrap = std::move(bootstrap);
  net::Cluster destination(source.runtime(), settings);
  const auto started = co_await destination.start(destination.call_deadline());
  std::optional<std::string> problem;
  if (started) {
    Meter meter(source, destination, work);
    problem = co_await meter.run();
    if (!problem) meter.print();
  } else {
    problem = started.error().text;
  }
  co_await destination.stop();
  if (problem) app::print_error(*problem);
  co_return problem ? app::kExitError : app::kExitOk;
}

int run(int argc, char** argv) {
  Work work;
  app::BrokerFlags source;
  app::BrokerFlags destination;
  app::Flags flags("How long a mirror that is running takes.", "latency");
  app::add_broker_flags(flags, source);
  flags.add("--destination", destination.bootstrap_server, "its bootstrap servers").required();
  flags.add("--topic", work.topic, "a topic of one partition, mirrored and empty").required();
  flags.add("--copy", work.copy, "its name at the destination, where it is there").required();
  flags.add("--rate", work.rate, "records a second").at_least(1).shows_default();
  flags.add("--value-bytes", work.value_bytes, "of a record").at_least(8).shows_default();
  flags.add("--warm-up-seconds", work.warm_up_s, "before measuring").shows_default();
  flags.add("--seconds", work.seconds, "of measuring").at_least(1).shows_default();
  if (const app::Exit exit = flags.parse(argc, argv)) return *exit;
  const auto from = app::session_settings(source, "kmirror-bench");
  const auto to = app::session_settings(destination, "kmirror-bench");
  if (!from || !to) return app::kExitError;
  return app::run_session(
      *from, [&](net::Cluster& cluster) { return run_between(cluster, to->bootstrap, work); });
}

}  // namespace
}  // namespace kmirror::bench

int main(int argc, char** argv) {
  return kmirror::bench::run(argc, argv);
}
