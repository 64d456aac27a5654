#include "app/console/produce_command.h"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "app/console/broker_flags.h"
#include "app/console/console_flags.h"
#include "app/console/line_reader.h"
#include "app/console/producer.h"
#include "app/console/session.h"

namespace kmirror::app {

namespace {

using net::Awaitable;
using net::Cluster;

constexpr std::size_t kReadBytes = 64 << 10;

struct ProduceFlags {
  BrokerFlags brokers;
  std::string topic, codec = "none", acks;
  std::vector<std::string> properties;
};

void add_flags(Flags& flags, ProduceFlags& given) {
  add_broker_flags(flags, given.brokers, "--bootstrap-server,--broker-list");
  flags.add("--topic", given.topic, "the topic to write to").required();
  flags
      .add("--compression-codec,--compression.codec", given.codec,
           "none, gzip (also without a value), snappy, lz4 or zstd")
      .type_name("[CODEC]")
      .value_is_optional();
  flags
      .add("--request-required-acks", given.acks,
           "accepted; all in-sync replicas acknowledge in any case")
      .one_of({"0", "1", "-1", "all"});
  flags
      .add("--property", given.properties,
           "parse.key=true, key.separator=TEXT (a tab if absent); may be repeated")
      .type_name("KEY=VALUE")
      .one_value_each();
}

struct Work {
  std::string topic;
  compression::Codec codec = compression::Codec::kNone;
  LineFormat format;
};

bool input_is_waiting() {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return ::poll(&input, 1, 0) != 0;
}

// Fills the splitter; false at the end of the input. Nothing else is under way when this blocks.
bool read_input(LineSplitter& lines) {
  static const bool prompts = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
  if (prompts) fmt::print(">");
  if (prompts) std::fflush(stdout);
  char bytes[kReadBytes];
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, bytes, sizeof(bytes));
    if (got > 0) lines.feed({bytes, static_cast<std::size_t>(got)});
    if (got >= 0) return got > 0;
    if (errno == EINTR) continue;
    print_error(fmt::format("cannot read standard input: {}", std::strerror(errno)));
    return false;
  }
}

// Sends the lines, batch by batch. False at a line that is no record.
Awaitable<bool> send_lines(Producer& producer, const LineFormat& format) {
  LineSplitter lines;
  std::int64_t number = 0;
  for (bool more = true; more;) {
    if (!input_is_waiting()) co_await producer.flush();
    more = read_input(lines);
    for (auto line = lines.next();; line = lines.next()) {
      if (!line && !more) line = lines.rest();
      if (!line) break;
      ++number;
      const auto record = format.parse(*line);
      if (!record) {
        print_error(fmt::format("No key separator found on line number {}: '{}'", number, *line));
        co_return false;
      }
      if (producer.is_full_for(line->size())) co_await producer.flush();
      producer.append(record->key, record->value);
    }
    if (producer.failed() > 0) break;
  }
  co_return true;
}

Awaitable<int> produce(Cluster& cluster, const Work& work) {
  Producer producer(cluster, work.topic, work.codec);
  const net::Result<void> started = co_await producer.start();
  if (!started) {
    print_error(started.error().text);
    co_return kExitError;
  }
  const bool all_read = co_await send_lines(producer, work.format);
  co_await producer.flush();
  co_return all_read&& producer.failed() == 0 ? kExitOk : kExitError;
}

std::optional<Work> work_of(const ProduceFlags& flags) {
  const auto properties =
      parse_pairs("--property", flags.properties, {"parse.key", "key.separator"});
  if (!properties) return std::nullopt;
  Work work{.topic = flags.topic};
  const auto codec = compression::codec_from_name(flags.codec.empty() ? "gzip" : flags.codec);
  if (!codec) {
    print_error(fmt::format("--compression-codec: `{}` is none of none, gzip, snappy, lz4, zstd",
                            flags.codec));
    return std::nullopt;
  }
  work.codec = *codec;
  if (const auto found = properties->find("parse.key"); found != properties->end()) {
    work.format.parse_key = is_true(found->second);
  }
  if (const auto found = properties->find("key.separator"); found != properties->end()) {
    work.format.key_separator = found->second;
  }
  return work;
}

}  // namespace

int run_produce_command(int argc, char** argv) {
  ProduceFlags flags;
  Flags known("Writes lines of standard input to a topic.", "kmirror produce");
  add_flags(known, flags);
  if (const Exit exit = known.parse(argc, argv)) return *exit;
  const auto settings = session_settings(flags.brokers, "kmirror-produce");
  const auto work = work_of(flags);
  if (!settings || !work) return kExitError;
  return run_session(*settings, [&](Cluster& cluster) { return produce(cluster, *work); });
}

}  // namespace kmirror::app
