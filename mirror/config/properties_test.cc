#include "mirror/config/properties.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace kmirror::mirror {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs(std::string_view text) {
  ConfigResult<Properties> parsed = parse_properties(text, "f");
  if (!parsed) return {{"error", parsed.error().text}};
  Pairs out;
  for (const Property& property : *parsed) out.emplace_back(property.key, property.value);
  return out;
}

// Each expectation is what java.util.Properties.load gives for the same text.
TEST(Properties, ReadAsJavaReadsThem) {
  struct Case {
    std::string_view text;
    Pairs expected;
  };
  const Case cases[] = {
      {"", {}},
      {"a=b", {{"a", "b"}}},
      {"a = b\n", {{"a", "b"}}},
      {"a:b\r\nc d\rEND", {{"a", "b"}, {"c", "d"}, {"END", ""}}},
      {"  a \t=\f b  ", {{"a", "b  "}}},
      {"# x=1\n ! y=2\n\n\t\na=1 # not a comment", {{"a", "1 # not a comment"}}},
      {"a==b", {{"a", "=b"}}},
      {"a : = b", {{"a", "= b"}}},
      {"a=", {{"a", ""}}},
      {"=b", {{"", "b"}}},
      {"a\\=b\\:c\\ d=e", {{"a=b:c d", "e"}}},
      {"a=b\\\n   c\\\r\n\td", {{"a", "bcd"}}},
      {"a=b\\\\\nc=d", {{"a", "b\\"}, {"c", "d"}}},
      {"a=b\\\n# not a comment", {{"a", "b# not a comment"}}},
      {"a=b\\\n\nc=d", {{"a", "b"}, {"c", "d"}}},
      {"# comment \\\na=b", {{"a", "b"}}},
      {"a=b\\", {{"a", "b"}}},
      {"\\\n\\\na=b", {{"a", "b"}}},
      {"a=\\t\\n\\r\\f\\q\\\"", {{"a", "\t\n\r\fq\""}}},
      {"a=\\u0041\\u00e9\\u20AC\\ud83d\\ude00", {{"a", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"}}},
      {"gr\xc3\xbc=\xc3\xa9", {{"gr\xc3\xbc", "\xc3\xa9"}}},
      {"\xef\xbb\xbfgroup.id=g", {{"group.id", "g"}}},
      {"a=1\nb=2\na=3", {{"a", "3"}, {"b", "2"}}},
  };
  for (const Case& c : cases) EXPECT_EQ(pairs(c.text), c.expected) << c.text;
}

TEST(Properties, RememberWhereEachKeyStands) {
  ConfigResult<Properties> parsed =
      parse_properties("# head\n\na=1\\\n 2\r\nb=3\nc=4\na=5", "x.properties");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(find_property(*parsed, "a")->where(), "x.properties:7");
  EXPECT_EQ(find_property(*parsed, "b")->where(), "x.properties:5");
  EXPECT_EQ(find_property(*parsed, "c")->where(), "x.properties:6");
  EXPECT_EQ(find_property(*parsed, "d"), nullptr);
}

TEST(Properties, NameTheLineOfAMalformedEscape) {
  for (std::string_view bad :
       {"a=1\nb=\\u12", "a=1\nb=\\u12g4", "a=1\nb=\\u", "a=1\nb\\uxxxx=1", "a=1\nb=\\ud83d",
        "a=1\nb=\\ud83d\\u0041", "a=1\nb=\\ude00", "a=1\nb=\\u+123", "a=1\nb=C:\\users\\me"}) {
    ConfigResult<Properties> parsed = parse_properties(bad, "x.properties");
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().text,
              "x.properties:2: malformed \\u escape: it takes four hexadecimal digits (a backslash "
              "itself is written \\\\)");
  }
}

TEST(Properties, ComeFromAFile) {
  std::string path = testing::TempDir() + "/properties_test.properties";
  std::ofstream(path) << "a=1\n";
  ConfigResult<Properties> read = read_properties(path);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(find_property(*read, "a")->where(), path + ":1");
  std::filesystem::remove(path);
}

TEST(Properties, SayWhyAFileCannotBeRead) {
  ConfigResult<Properties> missing = read_properties("/no/such.properties");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().text, "cannot read /no/such.properties: No such file or directory");
  ConfigResult<Properties> folder = read_properties(testing::TempDir());
  ASSERT_FALSE(folder);
  EXPECT_THAT(folder.error().text, testing::HasSubstr("Is a directory"));
}

}  // namespace
}  // namespace kmirror::mirror
