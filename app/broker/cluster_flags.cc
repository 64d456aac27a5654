#include "app/broker/cluster_flags.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/parse_number.h"
#include "broker/api_table.h"
#include "broker/refuse.h"
#include "broker/topic_name.h"

namespace kmirror::app {

namespace {

constexpr const char* kDescription =
    R"(An Apache Kafka cluster in one process, for tests: it speaks Kafka's protocol, keeps topics
in memory, and fails when it is told to. Stops at SIGINT or SIGTERM.

  kmirror broker --topic orders:8
  kmirror broker --nodes 3 --port 9092 --pose-as 2.8
  kmirror broker --fault Produce:NOT_ENOUGH_REPLICAS@10 --fault Fetch:close@1)";

constexpr const char* kFooter =
    R"(The first line that is printed has the bootstrap servers. Topics that clients name are
created.

--fault may be repeated. API is a name as in Kafka's protocol, ERROR the name of one of Kafka's
error codes, its number, or `close`, which ends the connection; so many percent of the requests are
answered so instead of being worked on.

Exit codes: 0 stopped, 1 wrong flags, or a port that cannot be listened on.)";

constexpr std::int32_t kPartitionsMax = 100'000;
constexpr int kPortMax = 65535;

std::optional<protocol::ErrorCode> parse_error(std::string_view text) {
  if (const auto number = parse_number<std::int16_t>(text)) {
    return static_cast<protocol::ErrorCode>(*number);
  }
  constexpr std::int16_t kFirst = -1;
  constexpr std::int16_t kLast = 200;  // behind the last one that Kafka has
  for (std::int16_t code = kFirst; code < kLast; ++code) {
    const auto error = static_cast<protocol::ErrorCode>(code);
    if (protocol::error_name(error) == text) return error;
  }
  return std::nullopt;
}

Exit wrong(std::string_view flag, std::string_view text, std::string_view form) {
  print_error(
      fmt::format("{}: `{}` is not {}\nRun with --help for more information.", flag, text, form));
  return kExitError;
}

// What was given as text, before it is looked into.
struct Texts {
  std::vector<std::string> topics;
  std::vector<std::string> faults;
  std::string release;
};

Exit take(const Texts& texts, ClusterFlags& flags) {
  for (const std::string& text : texts.topics) {
    const auto topic = parse_topic(text);
    if (!topic) return wrong("--topic", text, "of the form name:partitions");
    const bool again = std::ranges::count(flags.topics, topic->name, &TopicFlag::name) > 0;
    if (again) return wrong("--topic", text, "given once");
    flags.topics.push_back(*topic);
  }
  for (const std::string& text : texts.faults) {
    const auto fault = parse_fault(text);
    if (!fault) {
      return wrong("--fault", text,
                   "of the form api:error@percent, or not of an API that can fail");
    }
    flags.faults.push_back(*fault);
  }
  if (flags.port + flags.nodes - 1 > kPortMax) {
    return wrong("--port", std::to_string(flags.port), "low enough for all nodes");
  }
  if (texts.release.empty()) return std::nullopt;
  const auto release = broker::parse_release(texts.release);
  if (!release) return wrong("--pose-as", texts.release, "a release from 0.11 to 4.1");
  flags.release = *release;
  return std::nullopt;
}

}  // namespace

std::optional<TopicFlag> parse_topic(std::string_view text) {
  TopicFlag topic;
  const std::size_t colon = text.find(':');
  topic.name = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    const auto partitions = parse_number<std::int32_t>(text.substr(colon + 1));
    if (!partitions || *partitions < 1 || *partitions > kPartitionsMax) return std::nullopt;
    topic.partitions = *partitions;
  }
  if (!broker::is_valid_topic_name(topic.name)) return std::nullopt;
  return topic;
}

std::optional<FaultFlag> parse_fault(std::string_view text) {
  FaultFlag fault;
  const std::size_t at = text.find('@');
  if (at != std::string_view::npos) {
    const auto percent = parse_number<double>(text.substr(at + 1));
    if (!percent || *percent < 0 || *percent > 100) return std::nullopt;
    fault.percent = *percent;
    text = text.substr(0, at);
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto* const api =
      protocol::find_message(text.substr(0, colon), protocol::MessageRole::kRequest);
  if (api == nullptr || broker::find_api(api->api.key) == nullptr) return std::nullopt;
  fault.api_key = api->api.key;
  const std::string_view error = text.substr(colon + 1);
  if (error == "close") return fault;
  fault.error = parse_error(error);
  if (!fault.error || !broker::can_refuse(fault.api_key)) return std::nullopt;
  return fault;
}

Exit parse_cluster_flags(int argc, char** argv, ClusterFlags& given) {
  Flags flags(kDescription, "kmirror broker");
  Texts texts;
  flags.add("--nodes", given.nodes, "how many brokers")
      .type_name("N")
      .shows_default()
      .within(1, 100);
  flags.add("--host", given.host, "the address that they listen on and tell clients")
      .type_name("IP")
      .shows_default();
  flags.add("--port", given.port, "of the first one, the others follow; 0: any that are free")
      .type_name("N")
      .shows_default()
      .within(0, 65535);
  flags.add("--topic", texts.topics, "a topic that is there from the start")
      .type_name("NAME:PARTITIONS")
      .one_value_each();
  flags.add("--pose-as", texts.release, "the release of Kafka to behave like, 0.11 to 4.1")
      .type_name("VERSION");
  flags.add("--fault", texts.faults, "answer requests of an API with an error")
      .type_name("API:ERROR@PERCENT")
      .one_value_each();
  flags.footer(kFooter);
  if (const Exit exit = flags.parse(argc, argv)) return exit;
  return take(texts, given);
}

}  // namespace kmirror::app
