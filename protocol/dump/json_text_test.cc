#include "protocol/dump/json_text.h"

#include <gmock/gmock.h>

namespace kmirror::protocol {
namespace {

std::string json_of(std::string_view bytes) {
  std::string out;
  append_json(as_bytes(bytes), out);
  return out;
}

TEST(JsonText, TextIsAString) {
  EXPECT_EQ(json_of(""), R"("")");
  EXPECT_EQ(json_of("plain ~text"), R"("plain ~text")");
  EXPECT_EQ(json_of("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
  EXPECT_EQ(json_of("\x7f"), "\"\x7f\"");
  EXPECT_EQ(json_of(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(json_of("grün €𝄞"), "\"grün €𝄞\"");
}

TEST(JsonText, OtherBytesAreBase64) {
  EXPECT_EQ(json_of("\xff"), R"({"base64":"/w=="})");
  EXPECT_EQ(json_of("plain\xc3"), R"({"base64":"cGxhaW7D"})");
}

TEST(JsonText, NullIsNotEmpty) {
  std::string out;
  append_json(std::nullopt, out);
  append_json(std::optional<ConstBytes>(ConstBytes{}), out);
  EXPECT_EQ(out, R"(null"")");
}

// The first and last character of each length, and what stands just outside.
TEST(JsonText, Utf8IsWhatUnicodeSays) {
  for (const std::string_view good :
       {"\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(as_bytes(good))) << json_of(good);
    EXPECT_FALSE(is_utf8(as_bytes(good.substr(0, good.size() - 1)))) << json_of(good);
    EXPECT_FALSE(is_utf8(as_bytes(good.substr(1)))) << json_of(good);
  }
  for (const std::string_view bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2\x7f", "\xc2\xc0", "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xe1\x80\x7f", "\xe1\x80\xc0", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(as_bytes(bad))) << json_of(bad);
  }
}

}  // namespace
}  // namespace kmirror::protocol
