#include "app/console/line_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace kmirror::app {
namespace {

std::vector<std::string> lines_of(std::string_view text, std::size_t piece) {
  std::vector<std::string> lines;
  LineSplitter splitter;
  while (!text.empty()) {
    splitter.feed(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
    while (const auto line = splitter.next()) lines.emplace_back(*line);
  }
  if (const auto line = splitter.rest()) lines.emplace_back(*line);
  EXPECT_FALSE(splitter.rest());
  return lines;
}

TEST(LineSplitter, InputInPiecesOfEverySize) {
  struct Case {
    std::string_view text;
    std::vector<std::string> lines;
  };
  const Case cases[] = {
      {"", {}},
      {"\n", {""}},
      {"a", {"a"}},
      {"a\n", {"a"}},
      {"a\nb", {"a", "b"}},
      {"a\r\nb\r\n", {"a", "b"}},
      {"a\r", {"a"}},
      {"a\rb\n", {"a\rb"}},
      {"\n\nlonger line\n\n", {"", "", "longer line", ""}},
      {std::string_view("\0\xff\n", 3), {std::string("\0\xff", 2)}},
  };
  for (const Case& each : cases) {
    for (std::size_t piece = 1; piece <= each.text.size() + 1; ++piece) {
      EXPECT_EQ(lines_of(each.text, piece), each.lines) << each.text << " in pieces of " << piece;
    }
  }
}

TEST(LineFormat, WithoutKeysTheLineIsTheValue) {
  const auto record = LineFormat{}.parse("a\tb");
  ASSERT_TRUE(record);
  EXPECT_FALSE(record->key);
  EXPECT_EQ(record->value, "a\tb");
}

TEST(LineFormat, KeysEndAtTheFirstSeparator) {
  struct Case {
    std::string separator;
    std::string_view line, key, value;
  };
  const Case cases[] = {{"\t", "k\tv", "k", "v"},
                        {"\t", "\t", "", ""},
                        {"\t", "k\tv\tw", "k", "v\tw"},
                        {"::", "k:x::v", "k:x", "v"}};
  for (const Case& each : cases) {
    const auto record =
        LineFormat{.parse_key = true, .key_separator = each.separator}.parse(each.line);
    ASSERT_TRUE(record) << each.line;
    EXPECT_EQ(record->key, each.key);
    EXPECT_EQ(record->value, each.value);
  }
}

TEST(LineFormat, NoSeparatorNoRecord) {
  EXPECT_FALSE(LineFormat{.parse_key = true}.parse("no tab"));
}

}  // namespace
}  // namespace kmirror::app
