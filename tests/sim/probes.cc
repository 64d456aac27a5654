#include "sim/probes.h"

#include <algorithm>

#include "base/check.h"

namespace kmirror::sim {

namespace {

constexpr ProbeName kNames[] = {
    {"mirror killed", "between any two events"},
    {"mirror asked to stop", "in the midst of its work"},
    {"mirror finished", "what was under way, and committed it"},
    {"mirror gave up at start", "no broker could be reached"},
    {"repeated", "records that came a second time"},
    {"leader moved", "to a replica that runs"},
    {"node stopped", "with all that it leads"},
    {"partition leaderless", "all its replicas were stopped"},
    {"link cut", "one way for a while, or connections were reset"},
    {"request refused", "with an error that is retriable"},
    {"malformed answer", "that ends too early"},
    {"answer lost", "with the connections of the broker"},
    {"duplicate batch", "recognized by a broker and not appended again"},
    {"batch out of order", "refused by a broker that saw a gap"},
    {"new producer epoch", "a producer began again at sequence 0"},
    {"end of a log read", "to see what of a mirror's batches stands there"},
    {"producers forgotten", "a sweep or a restart took what a broker knew of them"},
    {"not leader", "a batch went to a broker that does not lead"},
    {"topic created", "by the mirror at the destination"},
    {"topic grown", "by the mirror at the destination"},
    {"aborted data", "read and left out"},
    {"batch passed through", "unopened"},
    {"batch rebuilt", "split by key, joined, or cut where a mirror began"},
    {"batches joined", "small ones that waited for their turn"},
    {"throttled", "a broker told the mirror to wait with its batches"},
    {"range read", "of a partition that is read ahead"},
    {"copies deleted", "by retention at the destination"},
    {"start of a log asked for", "because what was to be read of its end is deleted"},
    {"deleted unread", "records that the source deleted before the mirror read them"},
    {"high watermark behind", "a commit came while followers were behind"},
    // Points of Runtime::buggify().
    {"early wakeup", "a wait ended for nothing"},
    {"another broker is asked", "than the one that is connected"},
    {"coordinator forgotten", "and looked for again"},
    {"fetch connection closed", "for nothing"},
    {"fetch of one byte", "which brings one batch"},
    {"fetch session evicted", "by the broker that had it"},
    {"fetch session given up", "though its answer came"},
    {"fetched data thrown away", "and fetched again"},
    {"partition left out of a fetch", "though it was due"},
    {"partition read ahead", "though its broker is near"},
    {"produce connection closed", "for nothing"},
    {"line taken for longer", "so that more requests are under way than it holds"},
    {"request cut short", "with fewer partitions than were ready"},
    {"acknowledgement not heard", "so that batches are sent again"},
    {"window taken for blocked", "so that lanes give back what they fetched"},
};

}  // namespace

std::span<const ProbeName> probe_names() {
  return kNames;
}

void Probes::reach(std::string_view name, std::uint64_t times) {
  KM_CHECK(std::ranges::find(kNames, name, &ProbeName::name) != std::end(kNames),
           "probes are listed");
  if (times == 0) return;
  const auto found = counts_.find(name);
  if (found == counts_.end()) {
    counts_.emplace(name, times);
  } else {
    found->second += times;
  }
}

void Probes::add(const Probes& other) {
  for (const auto& [name, times] : other.counts_) reach(name, times);
}

}  // namespace kmirror::sim
