#include "conformance/run_stories.h"

#include <fmt/format.h>

#include <vector>

#include "conformance/stories.h"
#include "net/task_group.h"
#include "protocol/messages/metadata.h"

namespace kmirror::conformance {
namespace {

using net::Result;

// Stories wait most of the time: for a topic to be known, for a fetch to end.
constexpr int kTellers = 6;

struct Told {
  std::string_view group;
  const Telling* telling = nullptr;
  std::string transcript;
};

std::vector<Told> chosen(Release release, std::string_view prefix) {
  std::vector<Told> stories;
  for (const Group& group : kGroups) {
    for (const Telling& telling : group.stories()) {
      if (!group.name.starts_with(prefix) && !telling.name.starts_with(prefix)) continue;
      if (release < telling.since || telling.until < release) continue;
      stories.push_back({group.name, &telling, {}});
    }
  }
  return stories;
}

Awaitable<Result<std::map<int, net::HostPort>>> find_nodes(Stage& stage) {
  Story asking(stage, 0);
  const protocol::MetadataRequest request;
  const Reply reply = co_await asking.ask(To{}, request, 12);
  std::map<int, net::HostPort> nodes;
  for (const auto& broker : reply.as<protocol::MetadataResponse>().brokers) {
    nodes[broker.node_id] = {std::string(broker.host), static_cast<std::uint16_t>(broker.port)};
  }
  if (nodes.size() == kNodes && nodes.contains(1) && nodes.contains(kNodes)) co_return nodes;
  co_return net::Failure{.kind = net::FailureKind::kRefused,
                         .text = "the cluster does not have the brokers 1, 2 and 3"};
}

Awaitable<void> tell(Stage& stage, std::vector<Told>& stories, std::size_t& next) {
  while (next < stories.size()) {
    Told& told = stories[next++];
    Story story(stage, static_cast<int>(next));
    co_await told.telling->tell(story);
    told.transcript = story.transcript();
  }
}

}  // namespace

Awaitable<Result<Transcripts>> run_stories(net::Runtime& runtime, net::HostPort bootstrap,
                                           Release release, std::string prefix) {
  Stage stage{runtime, release, {{1, bootstrap}}, {}};
  auto nodes = co_await find_nodes(stage);
  if (!nodes) co_return nodes.error();
  stage.nodes = std::move(nodes.value());
  stage.run = fmt::format("{:x}", runtime.wall_clock_ms());

  std::vector<Told> stories = chosen(release, prefix);
  std::size_t next = 0;
  net::TaskGroup tellers(runtime);
  for (int i = 0; i < kTellers; ++i) tellers.spawn(tell(stage, stories, next));
  co_await tellers.join();

  Transcripts transcripts;
  for (const Told& told : stories) {
    transcripts[std::string(told.group)] +=
        fmt::format("== {}\n{}\n", told.telling->name, told.transcript);
  }
  co_return transcripts;
}

}  // namespace kmirror::conformance
