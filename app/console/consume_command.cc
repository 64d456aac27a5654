#include "app/console/consume_command.h"

#include <fmt/core.h>

#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "app/console/assignment.h"
#include "app/console/broker_flags.h"
#include "app/console/console_flags.h"
#include "app/console/consumer.h"
#include "app/console/record_format.h"
#include "app/console/session.h"
#include "base/parse_number.h"

namespace kmirror::app {

namespace {

using net::Awaitable;
using net::Cluster;
using net::OffsetSpec;
using net::Result;
using std::chrono::milliseconds;

constexpr milliseconds kMaxWait{500};

struct ConsumeFlags {
  BrokerFlags brokers;
  std::string topic, offset = "latest", isolation_level = "read_uncommitted";
  bool from_beginning = false;
  std::int32_t partition = -1;
  std::int64_t max_messages = -1;
  std::int64_t timeout_ms = -1;
  std::vector<std::string> properties;
};

void add_flags(Flags& flags, ConsumeFlags& given) {
  add_broker_flags(flags, given.brokers);
  flags.add("--topic", given.topic, "the topic to read").required();
  Flag from_beginning =
      flags.add_switch("--from-beginning", given.from_beginning, "start at the earliest offset");
  Flag partition =
      flags.add("--partition", given.partition, "read this partition only").at_least(0);
  flags.add("--offset", given.offset, "where to start: a number, earliest or latest")
      .needs(partition)
      .excludes(from_beginning);
  flags.add("--max-messages", given.max_messages, "end after this many").at_least(0);
  flags.add("--timeout-ms", given.timeout_ms, "end when nothing came for so long").at_least(0);
  flags.add("--isolation-level", given.isolation_level, "of transactions")
      .one_of({"read_uncommitted", "read_committed"});
  flags
      .add("--property", given.properties,
           "print.{timestamp,partition,offset,headers,key,value}=true, "
           "{key,line,headers}.separator=TEXT, null.literal=TEXT; may be repeated")
      .type_name("KEY=VALUE")
      .one_value_each();
}

std::optional<Start> start_of(const ConsumeFlags& flags) {
  if (flags.from_beginning || flags.offset == "earliest") return OffsetSpec::kEarliest;
  if (flags.offset == "latest") return OffsetSpec::kLatest;
  const auto offset = parse_number<std::int64_t>(flags.offset);
  if (offset && *offset >= 0) return *offset;
  print_error(fmt::format("--offset: `{}` is neither a number from 0 on, nor earliest or latest",
                          flags.offset));
  return std::nullopt;
}

// Writes out what is printed, a round at a time.
struct Output {
  RecordFormat format;
  std::int64_t wanted = -1;  // -1: all there are
  std::int64_t printed = 0;
  std::string text;
  TimePoint last{};  // when a record came last

  bool take(const RecordPlace& place, const protocol::RecordView& record) {
    if (printed == wanted) return false;
    format.append(place, record, text);
    ++printed;
    if (text.size() >= 1 << 16) flush();
    return printed != wanted;
  }

  void flush() {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
    text.clear();
  }
};

// How long the next round may wait; zero once --timeout-ms has passed without a record.
Duration next_wait(const ConsumeFlags& flags, TimePoint last, TimePoint now) {
  if (flags.timeout_ms < 0) return kMaxWait;
  const Duration left = last + milliseconds(flags.timeout_ms) - now;
  return std::clamp<Duration>(left, Duration(0), kMaxWait);
}

Awaitable<Result<void>> read(Cluster& cluster, const ConsumeFlags& flags, Assignment assignment,
                             Consumer& consumer, Output& output) {
  output.last = cluster.runtime().now();
  const TimePoint deadline =
      flags.timeout_ms < 0 ? kNever : output.last + milliseconds(flags.timeout_ms);
  Result<void> done = co_await assign(cluster, std::move(assignment), deadline, consumer);
  while (done && !consumer.is_stopped() && output.printed != output.wanted) {
    const Duration max_wait = next_wait(flags, output.last, cluster.runtime().now());
    if (max_wait < milliseconds(1)) break;
    const std::int64_t before = output.printed;
    done = co_await consumer.round(max_wait);
    output.flush();
    if (output.printed != before) output.last = cluster.runtime().now();
  }
  co_return done;
}

Awaitable<int> consume(Cluster& cluster, const ConsumeFlags& flags, Start start, Output& output) {
  const bool earliest = std::holds_alternative<OffsetSpec>(start) &&
                        std::get<OffsetSpec>(start) == OffsetSpec::kEarliest;
  Consumer::Settings settings{.topic = flags.topic,
                              .read_committed = flags.isolation_level == "read_committed",
                              .reset = earliest ? OffsetSpec::kEarliest : OffsetSpec::kLatest};
  Consumer consumer(cluster, std::move(settings),
                    [&output](const RecordPlace& place, const protocol::RecordView& record) {
                      return output.take(place, record);
                    });
  boost::asio::signal_set signals(cluster.runtime().executor(), SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    consumer.stop();
    boost::system::error_code ignored;  // A second signal ends the process, as signals do.
    signals.clear(ignored);
  });
  Assignment assignment{.topic = flags.topic,
                        .partition = flags.partition,
                        .start = start,
                        .read_committed = flags.isolation_level == "read_committed"};
  const Result<void> done = co_await read(cluster, flags, std::move(assignment), consumer, output);
  signals.cancel();
  if (!done) print_error(done.error().text);
  fmt::print(stderr, "Processed a total of {} messages\n", output.printed);
  co_return done ? kExitOk : kExitError;
}

}  // namespace

int run_consume_command(int argc, char** argv) {
  ConsumeFlags flags;
  Flags known("Prints the records of a topic.", "kmirror consume");
  add_flags(known, flags);
  if (const Exit exit = known.parse(argc, argv)) return *exit;
  const auto settings = session_settings(flags.brokers, "kmirror-consume");
  const auto properties =
      parse_pairs("--property", flags.properties, RecordFormat::known_properties());
  const auto start = start_of(flags);
  if (!settings || !properties || !start) return kExitError;
  Output output{.format = RecordFormat(*properties), .wanted = flags.max_messages};
  return run_session(*settings,
                     [&](Cluster& cluster) { return consume(cluster, flags, *start, output); });
}

}  // namespace kmirror::app
