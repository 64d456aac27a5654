#include "mirror/core/progress_note.h"

#include <gtest/gtest.h>

namespace kmirror::mirror {
namespace {

TEST(ProgressNote, IsReadAsItWasWritten) {
  for (const ProgressNote& note : {ProgressNote{LaneMode::kIdentity, 8, "AAAAAAAAAAAAAAAAAAAAAQ"},
                                   ProgressNote{LaneMode::kKey, 12, ""}}) {
    EXPECT_EQ(parse_progress_note(to_string(note)), note) << to_string(note);
  }
}

TEST(ProgressNote, LooksAsDocumented) {
  EXPECT_EQ(to_string({LaneMode::kKey, 12, "abc"}), "kmirror/1 mode=key partitions=12 topic=abc");
}

TEST(ProgressNote, ForeignOrBrokenTextIsNoNote) {
  for (const char* text : {"", "hello", "kmirror/1", "kmirror/1 ", "kmirror/1 mode=key",
                           "kmirror/1 mode=other partitions=1", "kmirror/1 mode=key partitions=0",
                           "kmirror/1 mode=key partitions=8x", "kmirror/2 mode=key partitions=8"}) {
    EXPECT_EQ(parse_progress_note(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace kmirror::mirror
