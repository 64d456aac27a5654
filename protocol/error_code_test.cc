#include "protocol/error_code.h"

#include <gtest/gtest.h>

namespace kmirror::protocol {
namespace {

// The whole table is compared with the Java client's in tests/golden.
TEST(ErrorCode, NamesAndClasses) {
  EXPECT_EQ(error_name(ErrorCode::kUnknownServerError), "UNKNOWN_SERVER_ERROR");
  EXPECT_EQ(error_name(ErrorCode::kNotLeaderOrFollower), "NOT_LEADER_OR_FOLLOWER");
  EXPECT_TRUE(refreshes_metadata(ErrorCode::kNotLeaderOrFollower));
  EXPECT_TRUE(is_retriable(ErrorCode::kNotLeaderOrFollower));
  EXPECT_TRUE(is_retriable(ErrorCode::kNotEnoughReplicas));
  EXPECT_FALSE(refreshes_metadata(ErrorCode::kNotEnoughReplicas));
  EXPECT_FALSE(is_retriable(ErrorCode::kMessageTooLarge));
  EXPECT_EQ(error_sentence(ErrorCode::kMessageTooLarge),
            "the records are larger than max.message.bytes allows");
}

TEST(ErrorCode, CodesOfNewerBrokers) {
  for (const int code : {-2, 134, 32767, -32768}) {
    EXPECT_EQ(error_name(static_cast<ErrorCode>(code)), "UNKNOWN_ERROR_CODE");
    EXPECT_FALSE(is_retriable(static_cast<ErrorCode>(code)));
  }
}

}  // namespace
}  // namespace kmirror::protocol
