#include "protocol/error_code.h"

#include <gmock/gmock.h>

#include "golden_files.h"

namespace kmirror::protocol {
namespace {

TEST(ErrorCode, EqualsTheJavaClientsTable) {
  const std::vector<nlohmann::json> lines = golden::error_lines();
  ASSERT_THAT(lines, testing::SizeIs(135));
  for (const nlohmann::json& line : lines) {
    const auto code = static_cast<ErrorCode>(line["code"].get<std::int16_t>());
    SCOPED_TRACE(line.dump());
    EXPECT_EQ(error_name(code), line["error"].get<std::string>());
    EXPECT_EQ(is_retriable(code), line["retriable"].get<bool>());
    EXPECT_EQ(refreshes_metadata(code), line["refreshesMetadata"].get<bool>());
  }
}

}  // namespace
}  // namespace kmirror::protocol
