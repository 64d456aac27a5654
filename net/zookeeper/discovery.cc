#include "net/zookeeper/discovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "base/parse_number.h"
#include "net/task_group.h"
#include "net/zookeeper/broker_registration.h"
#include "net/zookeeper/zookeeper_client.h"

namespace kmirror::net {
namespace {

using std::chrono::milliseconds;
using Names = ZookeeperClient::Names;
using ClientRef = std::shared_ptr<ZookeeperClient>;

Failure malformed(const ClientRef& client, std::string_view path, std::string_view what) {
  return {FailureKind::kMalformed, fmt::format("{}: {} {}", client->peer(), path, what)};
}

Result<std::vector<HostPort>> addresses_of(
    const ClientRef& client, const Names& paths,
    const std::vector<std::optional<std::string>>& registrations) {
  std::vector<HostPort> brokers;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!registrations[i]) continue;  // the broker has just gone away
    auto parsed = parse_broker_registration(*registrations[i], "PLAINTEXT");
    if (auto* address = std::get_if<HostPort>(&parsed)) {
      brokers.push_back(std::move(*address));
    } else if (std::get<RegistrationError>(parsed) == RegistrationError::kMalformed) {
      return malformed(client, paths[i], "is not a broker's registration");
    }
  }
  if (brokers.empty()) {
    return Failure{
        FailureKind::kUnsupported,
        fmt::format("{}: no broker that is registered has a PLAINTEXT listener", client->peer())};
  }
  return brokers;
}

Awaitable<Result<ZookeeperCluster>> read_cluster(ClientRef client, std::string chroot) {
  const Names parents(1, "/brokers/ids");
  Result<std::vector<std::optional<Names>>> listed = co_await client->children_of(parents);
  if (!listed) co_return listed.error();
  const std::optional<Names>& ids = listed->front();
  if (!ids) {
    co_return Failure{
        FailureKind::kUnsupported,
        fmt::format("{} has no {}/brokers/ids: no Kafka cluster is kept {}", client->peer(), chroot,
                    chroot.empty() ? "at its root" : "under that chroot")};
  }
  if (ids->empty()) {
    co_return Failure{FailureKind::kClosed,
                      fmt::format("{}: no broker is registered under {}/brokers/ids, so none is "
                                  "running",
                                  client->peer(), chroot)};
  }
  Names paths;
  for (const std::string& id : *ids) paths.push_back("/brokers/ids/" + id);
  paths.push_back("/cluster/id");
  Result<std::vector<std::optional<std::string>>> data = co_await client->data_of(paths);
  if (!data) co_return data.error();
  std::optional<std::string> cluster = std::move(data->back());
  paths.pop_back();
  data->pop_back();
  Result<std::vector<HostPort>> brokers = addresses_of(client, paths, *data);
  if (!brokers) co_return brokers.error();
  ZookeeperCluster found;
  found.brokers = std::move(*brokers);
  if (cluster) {
    std::optional<std::string> id = parse_cluster_id(*cluster);
    if (!id) co_return malformed(client, "/cluster/id", "is not a cluster's id");
    found.cluster_id = std::move(*id);
  }
  co_return found;
}

// Empty unless the whole text is one number of at least 0.
template <class T>
std::optional<T> parse_count(std::string_view text) {
  const auto value = parse_number<T>(text);
  return value && *value >= 0 ? value : std::nullopt;
}

// The paths of `parents` joined with each of their children; parents that are gone have none.
Names joined(const Names& parents, const std::vector<std::optional<Names>>& children) {
  Names paths;
  for (std::size_t i = 0; i < parents.size(); ++i) {
    if (!children[i]) continue;
    for (const std::string& child : *children[i]) paths.push_back(parents[i] + "/" + child);
  }
  return paths;
}

// `path` ends with /<topic>/<partition>.
std::optional<OldOffset> parse_offset(std::string_view path, std::string_view data) {
  std::size_t slash = path.rfind('/');
  std::string_view parent = path.substr(0, slash);
  auto partition = parse_count<std::int32_t>(path.substr(slash + 1));
  auto offset = parse_count<std::int64_t>(data);
  if (!partition || !offset) return std::nullopt;
  return OldOffset{std::string(parent.substr(parent.rfind('/') + 1)), *partition, *offset};
}

Awaitable<Result<std::vector<OldOffset>>> read_offsets(ClientRef client, std::string group) {
  Names roots(1, "/consumers/" + group + "/offsets");
  Result<std::vector<std::optional<Names>>> children = co_await client->children_of(roots);
  if (!children) co_return children.error();
  Names topics = joined(roots, *children);
  children = co_await client->children_of(topics);
  if (!children) co_return children.error();
  Names paths = joined(topics, *children);
  Result<std::vector<std::optional<std::string>>> data = co_await client->data_of(paths);
  if (!data) co_return data.error();
  std::vector<OldOffset> offsets;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!(*data)[i]) continue;
    std::optional<OldOffset> offset = parse_offset(paths[i], *(*data)[i]);
    if (!offset) co_return malformed(client, paths[i], "does not hold an offset");
    offsets.push_back(std::move(*offset));
  }
  std::ranges::sort(offsets, {}, [](const OldOffset& offset) {
    return std::tie(offset.topic, offset.partition);
  });
  co_return offsets;
}

}  // namespace

Awaitable<Result<ZookeeperCluster>> find_cluster(Runtime& runtime, ZookeeperConnect servers,
                                                 milliseconds timeout) {
  TaskGroup tasks(runtime);
  Result<ClientRef> client = co_await ZookeeperClient::open(runtime, tasks, servers, timeout);
  Result<ZookeeperCluster> found = Failure{};
  if (client) {
    found = co_await read_cluster(*client, servers.chroot);
    co_await (*client)->close();
  } else {
    found = client.error();
  }
  co_await tasks.join();
  co_return found;
}

Awaitable<Result<std::vector<OldOffset>>> find_group_offsets(Runtime& runtime,
                                                             ZookeeperConnect servers,
                                                             std::string group,
                                                             milliseconds timeout) {
  TaskGroup tasks(runtime);
  Result<ClientRef> client = co_await ZookeeperClient::open(runtime, tasks, servers, timeout);
  Result<std::vector<OldOffset>> found = Failure{};
  if (client) {
    found = co_await read_offsets(*client, std::move(group));
    co_await (*client)->close();
  } else {
    found = client.error();
  }
  co_await tasks.join();
  co_return found;
}

}  // namespace kmirror::net
