// The embedded cluster answers the stories as real brokers did: the files in expected/, which
// tests/real/test_conformance.py holds real brokers to.
#include <absl/strings/str_cat.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "broker/cluster.h"
#include "conformance/differences.h"
#include "conformance/run_stories.h"
#include "net/sim/network.h"
#include "net/sim/process.h"

namespace kmirror::conformance {
namespace {

using Stories = std::map<std::string, std::string>;
using Groups = std::map<std::string, Stories>;

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

Groups recorded(const std::string& release) {
  Groups groups;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(KMIRROR_EXPECTED) / release)) {
    std::ifstream file(entry.path());
    std::ostringstream text;
    text << file.rdbuf();
    groups[entry.path().stem()] = stories_of(text.str());
  }
  return groups;
}

// "group: story" for each of them.
std::set<std::string> names_of(const Groups& groups) {
  std::set<std::string> names;
  for (const auto& [group, stories] : groups) {
    for (const auto& [story, transcript] : stories) names.insert(group + ": " + story);
  }
  return names;
}

std::set<std::string> without(std::set<std::string> names, const std::set<std::string>& others) {
  std::erase_if(names, [&others](const std::string& name) { return others.contains(name); });
  return names;
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

std::set<std::string> known_differences(const std::string& release) {
  std::set<std::string> names;
  for (const Difference& known : kDifferences) {
    const bool is_release = known.release.empty() || known.release == release;
    if (is_release) names.insert(fmt::format("{}: {}", known.group, known.story));
  }
  return names;
}

TEST(DifferencesTest, AreOfReleasesThatAreRecorded) {
  for (const Difference& known : kDifferences) {
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(KMIRROR_EXPECTED) / known.release))
        << known.release << " " << known.story;
  }
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
  Groups expected = recorded(release);
  Groups answered;
  for (const auto& [group, text] : told.value()) answered[group] = stories_of(text);
  const std::set<std::string> known = known_differences(release);
  const std::set<std::string> stories = names_of(answered);
  EXPECT_THAT(without(names_of(expected), stories), testing::IsEmpty()) << "untold " << release;
  EXPECT_THAT(without(stories, names_of(expected)), testing::IsEmpty()) << "unknown " << release;
  EXPECT_THAT(without(known, stories), testing::IsEmpty()) << "differences of no story " << release;
  for (const auto& [group, transcripts] : answered) {
    for (const auto& [story, transcript] : transcripts) {
      const std::string& kafkas = expected[group][story];
      const bool is_other = kafkas != transcript;
      const std::string name = fmt::format("{}: {}", group, story);
      EXPECT_EQ(is_other, known.contains(name))
          << release << " " << name << "\n"
          << (is_other ? difference(kafkas, transcript) : "is the same as Kafka's now");
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
