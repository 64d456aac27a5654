#include "protocol/records/aborted_filter.h"

#include <gtest/gtest.h>

#include <vector>

#include "protocol/records/control.h"
#include "protocol/records/golden_batches.h"

namespace kmirror::protocol {
namespace {

using Verdict = AbortedFilter::Verdict;

// A batch of two records, or a marker, of this producer at this offset.
Buffer at(const Buffer& form, std::int64_t producer_id, std::int64_t offset) {
  Buffer batch = form;
  store_be(batch.data() + batch_field::kProducerId, producer_id);
  store_be(batch.data() + batch_field::kBaseOffset, offset);
  return batch;
}
Buffer data(std::int64_t producer_id, std::int64_t offset) {
  return at(golden::kTransactional, producer_id, offset);
}
Buffer plain(std::int64_t producer_id, std::int64_t offset) {
  return at(golden::kPlain, producer_id, offset);
}
Buffer abort_of(std::int64_t producer_id, std::int64_t offset) {
  return at(golden::kAbort, producer_id, offset);
}
Buffer commit_of(std::int64_t producer_id, std::int64_t offset) {
  return at(golden::kCommit, producer_id, offset);
}

TEST(ControlTest, ReadsTheType) {
  EXPECT_EQ(control_type(BatchView(golden::kAbort)), ControlType::kAbort);
  EXPECT_EQ(control_type(BatchView(golden::kCommit)), ControlType::kCommit);
}

TEST(ControlTest, UnknownTypesAndEmptyBatchesAreOfNoConcern) {
  Buffer leader_change = golden::kAbort;
  // Length, attributes, two deltas and the key's length stand before the key: version and type.
  leader_change[kBatchHeaderBytes + 5 + 3] = 2;
  EXPECT_EQ(control_type(BatchView(leader_change)), ControlType::kOther);
  Buffer empty = golden::kEmpty;
  empty[batch_field::kAttributes + 1] = 0x30;
  EXPECT_EQ(control_type(BatchView(empty)), ControlType::kOther);
}

TEST(ControlTest, RefusesWhatCannotBeRead) {
  Buffer negative_version = golden::kAbort;
  negative_version[kBatchHeaderBytes + 5] = 0x80;
  EXPECT_EQ(control_type(BatchView(negative_version)), std::nullopt);
  Buffer short_key = golden::kAbort;
  short_key[kBatchHeaderBytes + 4] = 0x01;  // a null key; the rest no longer fits
  EXPECT_EQ(control_type(BatchView(short_key)), std::nullopt);
  Buffer compressed = golden::kAbort;
  compressed[batch_field::kAttributes + 1] |= 1;
  EXPECT_EQ(control_type(BatchView(compressed)), std::nullopt);
}

struct Step {
  Buffer batch;
  Verdict verdict;
};

struct Case {
  const char* name;
  std::vector<AbortedTransaction> aborted;
  std::vector<Step> steps;
};

std::vector<Case> cases() {
  return {
      {"reading uncommitted: only markers go",
       {},
       {{data(1, 10), Verdict::kKeep},
        {abort_of(1, 12), Verdict::kDropControl},
        {plain(-1, 13), Verdict::kKeep}}},
      {"from its first offset to its marker",
       {{1, 12}},
       {{data(1, 8), Verdict::kKeep},
        {commit_of(1, 10), Verdict::kDropControl},
        {data(1, 12), Verdict::kDropAborted},
        {data(1, 14), Verdict::kDropAborted},
        {abort_of(1, 16), Verdict::kDropControl},
        {data(1, 17), Verdict::kKeep}}},
      {"interleaved producers, list out of order",
       {{2, 14}, {1, 10}},
       {{data(1, 10), Verdict::kDropAborted},
        {data(3, 12), Verdict::kKeep},
        {data(2, 14), Verdict::kDropAborted},
        {abort_of(1, 16), Verdict::kDropControl},
        {data(2, 17), Verdict::kDropAborted},
        {data(1, 19), Verdict::kKeep},
        {abort_of(2, 21), Verdict::kDropControl},
        {data(2, 22), Verdict::kKeep}}},
      {"begun before the fetch offset",
       {{1, 3}},
       {{data(1, 100), Verdict::kDropAborted},
        {abort_of(1, 102), Verdict::kDropControl},
        {data(1, 103), Verdict::kKeep}}},
      {"plain batches of the same producer stay",
       {{1, 10}},
       {{data(1, 10), Verdict::kDropAborted}, {plain(1, 12), Verdict::kKeep}}},
      {"only an abort ends it",
       {{1, 10}},
       {{data(1, 10), Verdict::kDropAborted},
        {commit_of(1, 12), Verdict::kDropControl},
        {data(1, 13), Verdict::kDropAborted}}},
      {"first offset within the batch", {{1, 11}}, {{data(1, 10), Verdict::kDropAborted}}},
      {"listed beyond the response: without effect",
       {{1, 500}},
       {{data(1, 10), Verdict::kKeep}, {commit_of(1, 12), Verdict::kDropControl}}},
      {"the same producer twice",
       {{1, 10}, {1, 20}},
       {{data(1, 10), Verdict::kDropAborted},
        {abort_of(1, 12), Verdict::kDropControl},
        {data(1, 13), Verdict::kKeep},
        {commit_of(1, 15), Verdict::kDropControl},
        {data(1, 20), Verdict::kDropAborted},
        {abort_of(1, 22), Verdict::kDropControl}}},
      {"a marker that cannot be read",
       {},
       {{[] {
           Buffer bad = abort_of(1, 10);
           bad[kBatchHeaderBytes] = 0x01;
           return bad;
         }(),
         Verdict::kMalformed}}},
  };
}

TEST(AbortedFilterTest, JudgesEachBatch) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    AbortedFilter filter(c.aborted);
    for (const auto& step : c.steps) {
      const BatchView batch(step.batch);
      EXPECT_EQ(filter.judge(batch), step.verdict) << "at offset " << batch.base_offset();
    }
  }
}

}  // namespace
}  // namespace kmirror::protocol
