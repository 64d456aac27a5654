// Offsets that a transaction commits, and transactions of transaction.version 2, whose epoch goes
// up with each (KIP-890).
#include "conformance/stories.h"
#include "conformance/transaction_steps.h"

namespace kmirror::conformance {
namespace {

constexpr std::int64_t kNobody = 999'999'999;
constexpr ListOptions kStable{.isolation = 1};

Awaitable<void> offsets(Story& s, bool is_committed) {
  const Topic topic = co_await s.topic();
  const std::string group = s.name("g");
  const Transactional x = co_await begin(s);
  co_await add_offsets(s, x, group);
  co_await commit_in(s, x, group, topic.name, 42, {.metadata = "m"});
  co_await committed(s, group, topic.name);
  co_await committed(s, group, topic.name, true);
  co_await end(s, x, is_committed);
  co_await until_stable(s, group, topic.name);
  co_await committed(s, group, topic.name, true);
}

Awaitable<void> not_added(Story& s) {
  const Topic topic = co_await s.topic();
  const std::string group = s.name("g");
  const Transactional x = co_await begin(s);
  co_await commit_in(s, x, group, topic.name, 42);
}

Awaitable<void> refused(Story& s) {
  const Topic topic = co_await s.topic();
  const std::string group = s.name("g");
  const std::string missing = s.name("missing");
  const Transactional x = co_await begin(s);
  co_await add_offsets(s, x, group);
  co_await commit_in(s, x, group, missing, 1);
  const std::string long_text(4097, 'm');
  co_await commit_in(s, x, group, topic.name, 1, {.metadata = long_text});
  co_await commit_in(s, x, group, topic.name, 1, {.generation = 3, .member = "nobody"});
  co_await commit_in(s, x, group, topic.name, 1, {.generation = 3});
  co_await commit_in(s, x, group, topic.name, 1, {.member = "nobody"});
  co_await end(s, x, false);
}

Awaitable<void> wrong_epoch(Story& s) {
  const Topic topic = co_await s.topic();
  const std::string group = s.name("g");
  const Transactional x = co_await begin(s);
  Transactional other = x;
  other.producer.epoch += 1;
  co_await add_offsets(s, other, group);
  other.producer = {kNobody, 0};
  co_await add_offsets(s, other, group);
}

Awaitable<void> empty_group(Story& s) {
  const Transactional x = co_await begin(s);
  co_await add_offsets(s, x, "");
}

Awaitable<void> added_implicitly(Story& s, bool is_committed) {
  const Topic topic = co_await s.topic();
  Transactional x = co_await begin(s);
  co_await produce_in(s, x, topic, 0, 2, 12);
  x.producer = co_await end(s, x, is_committed, 5);
  co_await until_end(s, topic, 3, kStable);
  co_await produce_in(s, x, topic, 0, 1, 12);
  x.producer = co_await end(s, x, true, 5);
  co_await until_end(s, topic, 5, kStable);
  co_await fetch(s, topic, 0, {.isolation = 1});
}

Awaitable<void> epoch_before(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  Transactional next = x;
  co_await produce_in(s, x, topic, 0, 1, 12);
  next.producer = co_await end(s, x, true, 5);
  co_await until_end(s, topic, 2, kStable);
  co_await produce_in(s, x, topic, 1, 1, 12);
  co_await produce_in(s, next, topic, 1, 1, 12);
  co_await end(s, next, false, 5);
}

// The answer was lost: the same request comes again, with the epoch that was before.
Awaitable<void> ended_again(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await produce_in(s, x, topic, 0, 1, 12);
  co_await end(s, x, true, 5);
  co_await until_end(s, topic, 2, kStable);
  co_await end(s, x, true, 5);
  co_await end(s, x, false, 5);
}

Awaitable<void> nothing_ended(Story& s, bool is_committed) {
  Transactional x = co_await begin(s);
  x.producer = co_await end(s, x, is_committed, 5);
  co_await end(s, x, is_committed, 5);
}

Awaitable<void> offsets_implicitly(Story& s) {
  const Topic topic = co_await s.topic();
  const std::string group = s.name("g");
  const Transactional x = co_await begin(s);
  co_await commit_in(s, x, group, topic.name, 7, {.version = 5});
  co_await end(s, x, true, 5);
  co_await until_stable(s, group, topic.name);
  co_await committed(s, group, topic.name, true);
}

Awaitable<void> unknown_sequence(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await produce_in(s, x, topic, 5, 1, 12);
  co_await produce_in(s, x, topic, 0, 1, 12);
  co_await end(s, x, false, 5);
}

constexpr Telling kStories[] = {
    {"offsets are there once the transaction is committed",
     [](Story& s) { return offsets(s, true); }},
    {"offsets of an aborted transaction are not", [](Story& s) { return offsets(s, false); }},
    {"offsets of a group that was not added", not_added},
    {"offsets that are refused", refused},
    {"a group is added with a wrong epoch or id", wrong_epoch},
    {"a group without a name is added", empty_group},
    {"version 2: partitions are added by writing, and epochs go up",
     [](Story& s) { return added_implicitly(s, true); }, kSince41},
    {"version 2: an abort raises the epoch as well",
     [](Story& s) { return added_implicitly(s, false); }, kSince41},
    {"version 2: the epoch of the transaction before is refused", epoch_before, kSince41},
    {"version 2: a transaction that is ended again", ended_again, kSince41},
    {"version 2: nothing is committed", [](Story& s) { return nothing_ended(s, true); }, kSince41},
    {"version 2: nothing is aborted", [](Story& s) { return nothing_ended(s, false); }, kSince41},
    {"version 2: groups are added by committing", offsets_implicitly, kSince41},
    {"version 2: a producer that is not known begins with sequence 0", unknown_sequence, kSince41},
};

}  // namespace

std::span<const Telling> transaction_offset_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
