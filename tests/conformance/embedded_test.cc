// The embedded cluster answers the stories as real brokers did: the files in expected/, which
// tests/real/test_conformance.py holds real brokers to.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "broker/cluster.h"
#include "conformance/differences.h"
#include "conformance/run_stories.h"
#include "net/sim/network.h"
#include "net/sim/process.h"

namespace kmirror::conformance {
namespace {

using Stories = std::map<std::string, std::string>;

// Each story's transcript by its name.
Stories stories_of(const std::string& text) {
  Stories stories;
  std::size_t at = text.find("== ");
  while (at < text.size()) {
    const std::size_t next = std::min(text.find("\n== ", at), text.size() - 1) + 1;
    const std::string story = text.substr(at + 3, next - at - 3);
    const std::size_t name_end = story.find('\n');
    stories[story.substr(0, name_end)] = story.substr(name_end + 1);
    at = next;
  }
  return stories;
}

Stories recorded(const std::string& release, const std::string& group) {
  std::ifstream file(std::string(KMIRROR_EXPECTED) + "/" + release + "/" + group + ".txt");
  std::ostringstream text;
  text << file.rdbuf();
  return stories_of(text.str());
}

// Both, where they part.
std::string difference(const std::string& expected, const std::string& answered) {
  std::istringstream left(expected), right(answered);
  std::string a, b, shown;
  while (true) {
    const bool has_a = static_cast<bool>(std::getline(left, a));
    const bool has_b = static_cast<bool>(std::getline(right, b));
    if (!has_a && !has_b) return shown;
    if (has_a && has_b && a == b) {
      shown += "  " + a + "\n";
      continue;
    }
    if (has_a) shown += "- " + a + "\n";
    if (has_b) shown += "+ " + b + "\n";
  }
}

bool is_known(const std::string& release, const std::string& group, const std::string& story) {
  return std::ranges::any_of(kDifferences, [&](const Difference& known) {
    const bool is_release = known.release.empty() || known.release == release;
    return is_release && known.group == group && known.story == story;
  });
}

class EmbeddedTest : public testing::TestWithParam<Release> {};

TEST_P(EmbeddedTest, AnswersAsKafkaDoes) {
  net::sim::World world(1);
  net::sim::Network network(world);
  net::sim::Process brokers(world, network, "brokers", "127.0.0.1");
  net::sim::Process client(world, network, "client", "127.0.0.2");
  broker::ClusterSettings settings;
  settings.release = {GetParam().major, GetParam().minor};
  for (int id = 1; id <= kNodes; ++id) {
    settings.nodes.push_back({.id = id, .runtime = &brokers});
  }
  broker::Cluster cluster(settings);
  ASSERT_TRUE(cluster.start());
  const net::HostPort bootstrap{"127.0.0.1", cluster.nodes().front()->port()};
  const auto told = client.run(run_stories(client, bootstrap, GetParam(), ""));
  ASSERT_TRUE(told) << told.error().text;

  const std::string release = absl::StrCat(GetParam().major, ".", GetParam().minor);
  for (const auto& [group, text] : told.value()) {
    Stories expected = recorded(release, group);
    const Stories answered = stories_of(text);
    EXPECT_EQ(expected.size(), answered.size()) << release << " " << group;
    for (const auto& [story, transcript] : answered) {
      const bool is_other = expected[story] != transcript;
      EXPECT_EQ(is_other, is_known(release, group, story))
          << release << " " << group << ": " << story << "\n"
          << (is_other ? difference(expected[story], transcript) : "is the same as Kafka's now");
    }
  }
  client.kill(net::sim::Death::kClosed);
  brokers.run(cluster.stop());
}

INSTANTIATE_TEST_SUITE_P(Releases, EmbeddedTest, testing::Values(Release{3, 9}, Release{4, 1}),
                         [](const auto& release) {
                           return absl::StrCat("Kafka", release.param.major, "_",
                                               release.param.minor);
                         });

}  // namespace
}  // namespace kmirror::conformance
