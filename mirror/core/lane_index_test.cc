#include "mirror/core/lane_index.h"

#include <gtest/gtest.h>

namespace kmirror::mirror {
namespace {

TEST(LaneIndexTest, FindsWhatWasAdded) {
  const protocol::Uuid id{.bytes = {1}};
  const protocol::Uuid none;
  LaneIndex index;
  index.add("orders", id, 3, 0);
  index.add("bills", none, 0, 1);
  index.add("orders", id, 1, 2);
  EXPECT_EQ(index.find("orders", 3), 0u);
  EXPECT_EQ(index.find(id, 1), 2u);
  EXPECT_EQ(index.find("bills", 0), 1u);
  for (const std::int32_t unknown : {-1, 0, 2, 4}) {
    EXPECT_EQ(index.find("orders", unknown), std::nullopt) << unknown;
    EXPECT_EQ(index.find(id, unknown), std::nullopt) << unknown;
  }
  EXPECT_EQ(index.find("order", 1), std::nullopt);
  EXPECT_EQ(index.find(none, 0), std::nullopt) << "an id that is none names no topic";
}

}  // namespace
}  // namespace kmirror::mirror
